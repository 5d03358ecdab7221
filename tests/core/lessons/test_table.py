"""The table of lessons: every row is whole, and leads to what exists."""

import dataclasses

import pytest

from tlstudio.core.help import help_entry
from tlstudio.core.lessons.lesson import CHAPTER_TITLES, Chapter
from tlstudio.core.lessons.table import LESSONS, find_lesson
from tlstudio.core.lessons.target import Target, faults

IDS = [lesson.id for lesson in LESSONS]


def test_ids_are_unique_and_found():
    assert len(set(IDS)) == len(IDS)
    assert find_lesson(IDS[0]) is LESSONS[0]
    assert find_lesson("no such lesson") is None
    assert set(CHAPTER_TITLES) == set(Chapter)


@pytest.mark.parametrize("lesson", LESSONS, ids=IDS)
def test_a_lesson_has_its_texts_and_its_terms(lesson):
    for field in dataclasses.fields(lesson):
        value = getattr(lesson, field.name)
        if isinstance(value, str):
            assert value == value.strip(), field.name
    assert lesson.title and lesson.idea and lesson.drag
    assert all(help_entry(term, "en") is not None for term in lesson.terms)


def test_what_does_not_exist_in_a_target_is_said():
    models, lessons = {"resnet18", "vgg11"}, {"pooling"}

    def told(**of):
        return " ".join(faults(Target(**of), models, lessons))

    assert told(lesson="pooling") == ""
    assert told(tab="layers", models=("resnet18", "vgg11")) == ""
    assert "'poling'" in told(lesson="poling")
    assert "'rezept'" in told(paper="rezept")
    assert "'resnet19'" in told(tab="layers", models=("resnet19",))
    assert "'race'" in told(step="model", tab="race")
    assert "several" in told(tab="choose", models=("resnet18", "vgg11"))
    assert "nowhere" in told()


def test_a_target_knows_its_page_and_its_settings():
    target = Target(tab="race", models=("resnet18",), changes=(("epochs", 3),))
    assert target.page == "train"
    assert target.settings == {"model": "resnet18", "epochs": 3}
    assert Target(tab="layers", models=("a", "b")).settings == {}
    assert Target(lesson="pooling").place == "lesson/pooling"

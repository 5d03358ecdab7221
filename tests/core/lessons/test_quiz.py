"""Questions from text: those of the studio in both languages, and a teacher's with its faults."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import normalize

import pytest

from tlstudio.core.config import make_config
from tlstudio.core.errors import ConfigError, StorageError
from tlstudio.core.lessons.papers import PAPERS
from tlstudio.core.lessons.quiz import (
    Question,
    parse_questions,
    read_questions,
    studio_questions,
    target_of,
)
from tlstudio.core.lessons.table import LESSONS
from tlstudio.core.lessons.target import Target, faults
from tlstudio.core.storage import resources_dir


def told(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_questions(text, "q.txt")
    return [str(problem) for problem in caught.value.problems]


def test_both_languages_ask_the_same() -> None:
    english, korean = studio_questions("en"), studio_questions("ko")
    assert 25 <= len(english) <= 40
    assert [(q.answer, q.target) for q in english] == [(q.answer, q.target) for q in korean]
    share = sum(question.answer for question in english) / len(english)
    assert 0.4 < share < 0.6  # nobody gets through by saying the same throughout
    for question in (*english, *korean):
        assert question.statement.endswith(".")
        assert question.why.endswith(".")
    assert studio_questions("xx") == english


def test_every_answer_leads_to_what_exists() -> None:
    from tlstudio.engine.models.catalog import list_models
    from tlstudio.gui.features.learn.screens import PAGE_KINDS

    models = {row.name for row in list_models()}
    papers = [name for kind in PAGE_KINDS if kind.kind == "paper" for name, _ in kind.entries()]
    lessons = {lesson.id for lesson in LESSONS}
    leading = [question.target for question in studio_questions("en") if question.target]
    for target in leading:
        assert list(faults(target, models, lessons, papers)) == []
        make_config(target.settings)
    assert len(leading) > 30


def test_a_teachers_own_in_either_language() -> None:
    text = """\ufeff# for week 3
Q: One line
 and another: one.
a: TRUE.

why: Because.
see: model/layers: resnet18, strategy=fine_tuning, epochs=3
문제: 하나 더.
답: X
"""
    first, second = parse_questions(text.removeprefix("\ufeff"), "q.txt")
    target = Target(
        step="model",
        tab="layers",
        models=("resnet18",),
        strategy="fine_tuning",
        changes=(("epochs", 3),),
    )
    assert first == Question("One line and another: one.", True, "Because.", target)
    assert second == Question("하나 더.", False)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", ["“q.txt” holds no questions."]),
        ("# nothing\n", ["“q.txt” holds no questions."]),
        ("PNG\0\nmore", ["“q.txt”, line 1: it belongs to no question."]),
        ("Q: x\n\nQ: y\nA: true", ["“q.txt”, line 1: the question has no answer."]),
        ("Q:\nA: true", ["“q.txt”, line 1: the question says nothing."]),
        (
            "Q: x\nA: perhaps\nQ: y\nA: no\nA: yes\nSee: lesson/knitting",
            [
                "“q.txt”, line 5: the question has this line already.",
                "“q.txt”, line 2: the answer must be true or false, not “perhaps”.",
                "“q.txt”, line 6: “lesson/knitting” leads nowhere.",
            ],
        ),
        ("Q: x\nA: true\n" * 1001, ["“q.txt” holds more than 1000 questions."]),
    ],
)
def test_faults_are_told_by_their_line(text: str, sentences: list[str]) -> None:
    assert sorted(told(text)) == sorted(sentences)


@pytest.mark.parametrize(
    "text", ["", "nowhere", "lesson", "lesson/", "lesson/x", "data/race", "../x", "paper/"]
)
def test_places_that_are_none(text: str) -> None:
    assert target_of(text) is None


def test_places_that_are_some() -> None:
    assert target_of("lesson/convolution") == Target(lesson="convolution")
    assert target_of("paper/resnet") == Target(paper="resnet")
    assert target_of("data") == Target(step="data")
    assert target_of("model/layers: vgg:64 M 128 M") == Target(
        step="model", tab="layers", models=("vgg:64 M 128 M",)
    )


@pytest.mark.parametrize(
    "where",
    [
        "model/layers: resnet18, strategy=nosuch",
        "model: epochs=-7",
        "model: nosuch=1",
        "train: learning_rate=NaN",
        f"model: epochs={'[' * 1500}",
        "train/run: resnet18, vgg16",
        "paper/nosuch",
    ],
)
def test_what_cannot_be_set_leads_nowhere(where: str) -> None:
    assert target_of(where) is None


def test_a_network_that_nobody_has_leads_nowhere() -> None:
    text = "Q: x\nA: true\nSee: model/layers: resnet_18"
    assert parse_questions(text, "q.txt")
    with pytest.raises(ConfigError, match="line 3: “model/layers: resnet_18” leads nowhere"):
        parse_questions(text, "q.txt", {"resnet18"}.__contains__)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_whatever_the_editor_writes(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "q.txt"
    path.write_bytes("문제： 하나\r\n답: 참".encode(encoding))
    assert read_questions(path) == (Question("하나", True),)


def test_a_word_of_which_a_mac_takes_the_letters_apart() -> None:
    assert parse_questions(normalize("NFD", "문제: 1\n답: 거짓"), "q.txt")[0].answer is False


def test_a_line_without_end_is_told_once() -> None:
    more = "a\n" * 400_000
    assert told(f"Q: x\nA: true\nWhy: y\n{more}") == [
        "“q.txt”, line 3: it is longer than 2000 characters."
    ]
    assert len(told("Q:\n" * 50_000)) < 200


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        read_questions(tmp_path / "gone.txt")
    with pytest.raises(StorageError, match="cannot be read"):
        read_questions(tmp_path)
    (tmp_path / "x.txt").write_bytes(bytes(range(256)) * 9)
    with pytest.raises(StorageError, match="is no text file"):
        read_questions(tmp_path / "x.txt")
    (tmp_path / "large.txt").write_bytes(b"#" * (1 << 20) + b"#")
    with pytest.raises(StorageError, match="is too large: 1 MB"):
        read_questions(tmp_path / "large.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zeros.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "zeros.txt"):
        with pytest.raises(StorageError, match="cannot be read"):
            read_questions(tmp_path / name)


def test_ten_thousand_cards_are_too_many() -> None:
    assert told("Q: x\r\nA: true\r\n" * 10_000) == ["“q.txt” holds more than 1000 questions."]
    assert len(parse_questions("Q: x\r\nA: true\r\n" * 1000, "q.txt")) == 1000


def test_what_nobody_can_read_is_not_repeated() -> None:
    assert parse_questions("Q: a\x07\x1b[31m\nA: true", "q.txt")[0].statement == "a��[31m"
    assert "not “�[31m�”" in told("Q: x\nA: \x1b[31m\u202e")[0]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_guide_s_example_is_one_and_its_names_are_all(language: str) -> None:
    chapter = (resources_dir() / "guide" / language / "12-classroom.md").read_text("utf-8")
    assert [one.answer for one in parse_questions(chapter.split("```")[1], "q.txt")] == [
        True,
        False,
    ]
    assert all(f"`{one.id}`" in chapter for one in (*LESSONS, *PAPERS))


def test_who_leads_nowhere_is_told_where_there_is_something() -> None:
    with pytest.raises(ConfigError) as told:
        parse_questions("Q: One.\nA: true\nSee: lesson/receptiv_field\n", "q.txt")
    [fault] = told.value.problems
    assert "receptive_field" in fault.hint_text

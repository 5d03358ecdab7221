"""Printed numbers are read and compared as a reader would, and every table leads somewhere."""

from __future__ import annotations

import json

import pytest

from tlstudio.core.lessons.history import ENTRIES
from tlstudio.core.lessons.paper_ids import PAPER_IDS
from tlstudio.core.lessons.papers import PAPERS, TOP_5, find_paper
from tlstudio.core.lessons.printed import PaperTable, Printed
from tlstudio.core.networks.families import family_with_id
from tlstudio.core.storage import resources_dir


@pytest.mark.parametrize(
    ("printed", "counted", "agrees", "spelled"),
    [
        ("138 M", 138_357_544, True, "138.36 M"),
        ("133 M", 138_357_544, False, "138.36 M"),
        ("60 M", 60_965_224, True, "60.97 M"),  # cut off
        ("< 25 M", 23_834_568, True, "23.83 M"),
        ("< 25 M", 27_161_264, False, "27.16 M"),
        ("5 G", 5_713_216_096, False, "5.71 G"),  # cut off by more than a tenth
        ("3.8 G", 4_089_184_256, False, "4.089 G"),
        ("60,000", 60_000, True, "60,000"),
        ("60,000", 60_850, False, "60,850"),
        ("12×", 8.711, False, "8.7×"),
        ("5×5/1", "5×5/1", True, "5×5/1"),
        ("5×5/1", "5×5/2", False, "5×5/2"),
    ],
)
def test_a_print_against_a_count(
    printed: str, counted: float | str, agrees: bool, spelled: str
) -> None:
    number = Printed(printed)
    assert number.agrees(counted) is agrees
    assert number.spelled(counted) == spelled


def test_a_paper_may_mean_1024_by_its_k() -> None:
    assert Printed("159 K", kilo=1024).agrees(163_696)
    assert not Printed("159 K").agrees(163_696)
    assert Printed("159 K", kilo=1024).spelled(163_696) == "159.9 K"


def test_it_is_known_without_the_tables_which_there_are() -> None:
    assert tuple(table.id for table in PAPERS) == PAPER_IDS


@pytest.mark.parametrize("table", PAPERS, ids=lambda table: table.id)
def test_every_table_belongs_to_a_paper(table: PaperTable) -> None:
    family = family_with_id(table.id)
    assert family is not None and family.paper is not None
    assert find_paper(table.id) is table
    assert all(line.source and line.printed.text for line in table.lines)
    for line in table.lines:  # what cannot be counted says at least what it is
        assert line.count is not None or line.reason


@pytest.mark.parametrize("name", ["AlexNet", "VGG", "GoogLeNet", "ResNet", "SENet"])
def test_history_papers_and_notes_have_the_same_errors(name: str) -> None:
    (entry,) = (entry for entry in ENTRIES if entry.name == name)
    table = find_paper(name.lower())
    assert table is not None
    error = f"{entry.error:g}%"
    assert error in {line.printed.text for line in table.lines if line.title == TOP_5}
    for language in ("en", "ko"):
        file = resources_dir() / "families" / f"notes.{language}.json"
        assert error in json.loads(file.read_text("utf-8"))[table.id]["ilsvrc"].replace(" %", "%")

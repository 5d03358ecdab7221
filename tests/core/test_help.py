"""Every setting, word and mark is explained in both languages, and is found by its synonyms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tlstudio.core.config import FIELDS
from tlstudio.core.help import LANGUAGES, HelpKind, find_help, help_entries, help_entry
from tlstudio.core.preferences import PREFERENCES
from tlstudio.core.storage import resources_dir

GUIDE = Path(__file__).parents[2] / "resources" / "guide" / "contributing.md"
HANGUL = re.compile("[가-힣]")


def _first(text: str, language: str = "en") -> str:
    found = find_help(text, language)
    return found[0].id if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_explained(language: str) -> None:
    names = [
        *(f"config.{spec.name}" for spec in FIELDS),
        *(f"preferences.{spec.name}" for spec in PREFERENCES),
    ]
    assert [name for name in names if help_entry(name, language) is None] == []


def test_entries_are_whole_in_both_languages() -> None:
    english, korean = help_entries("en"), help_entries("ko")
    assert [entry.id for entry in english] == [entry.id for entry in korean]
    assert len({entry.id for entry in english}) == len(english)
    for one, other in zip(english, korean, strict=True):
        assert one.title and one.text.endswith(".") and not HANGUL.search(one.text), one.id
        assert other.title and other.text.endswith((".", "다.")), other.id
        assert HANGUL.search(other.text), other.id


def test_no_entry_is_a_page_and_no_thing_has_two() -> None:
    where = [name for entry in help_entries("en") for name in entry.where]
    assert len(where) == len(set(where))
    for language, most in (("en", 330), ("ko", 230)):
        long = [e.id for e in help_entries(language) if len(e.text) > most]
        assert not long


def test_what_to_read_next_is_there() -> None:
    for entry in help_entries("en"):
        for name in entry.see:
            assert help_entry(name, "en") is not None, (entry.id, name)
            assert name != entry.id


def test_pictures_are_there_and_all_are_used() -> None:
    used = {entry.picture for entry in help_entries("en") if entry.picture}
    there = {path.stem for path in (resources_dir() / "help" / "pictures").glob("*.svg")}
    assert used == there


def test_every_entry_is_found_by_its_names() -> None:
    """By those of either language, whatever the language of the window is."""
    for entry in help_entries("ko"):
        for name in (*entry.synonyms[:1], *entry.foreign[:1]):
            assert entry in find_help(name, "ko")[:2], (entry.id, name)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("freeze", "freeze"),
        ("FINE TUNE", "fine-tuning"),
        ("finetuning", "fine-tuning"),
        ("linear-probe", "linear-probe"),
        ("transfer learning", "transfer-learning"),
        ("파인 튜닝", "fine-tuning"),
        ("파인튜닝", "fine-tuning"),
        ("미세조정", "fine-tuning"),
        ("동결", "freeze"),
        ("프리즈", "freeze"),
        ("수용장", "receptive-field"),
        ("수용 영역", "receptive-field"),
        ("컨볼루션", "convolution"),
        ("합성 곱", "convolution"),
        ("합성ㄱ", "convolution"),
        ("혼동행렬", "confusion-matrix"),
        ("one cycle", "one-cycle"),
        ("lr", "learning-rate"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_courses_are_found_first(typed: str, found: str, language: str) -> None:
    assert _first(typed, language) == found


def test_texts_are_searched_after_names() -> None:
    found = [entry.id for entry in find_help("batch", "en")]
    assert found[0] == "batch" and "clipping" in found  # "one odd batch"
    assert find_help("…", "en") == [] and len(find_help("", "en")) == len(help_entries("en"))
    assert find_help("xyzzy", "en") == []


def test_words_of_the_guide_are_explained() -> None:
    """Each word of its table (before a plural in brackets, an arrow or a comma) has an entry."""
    table = GUIDE.read_text(encoding="utf-8").partition("## Words\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| ")]
    words = [
        word.strip() for row in rows[1:] for word in re.split(r"[,→]", re.sub(r"\(.*?\)", "", row))
    ]
    missing = [word for word in words if not find_help(word, "en")]
    assert len(words) > 20 and not missing


def test_an_unknown_language_is_english() -> None:
    assert help_entries("de") == help_entries("en_US") == help_entries("en")


def test_marks_have_a_picture_of_themselves() -> None:
    seen = [e for e in help_entries("en") if e.kind is HelpKind.MARK and (e.icon or e.picture)]
    assert len(seen) >= 18

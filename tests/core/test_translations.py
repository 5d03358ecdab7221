"""Sentences in another language without Qt: the same as the window's."""

from __future__ import annotations

from tlstudio.core.data.dataset import SPLIT_TITLES, Split
from tlstudio.core.translations import Translations


def test_korean_comes_from_the_file_of_the_window() -> None:
    tr = Translations.of("ko")
    assert tr.language == "ko"
    assert tr(SPLIT_TITLES[Split.VAL]) == "검증"


def test_what_is_missing_stays_english() -> None:
    tr = Translations.of("ko")
    assert tr("No sentence of the studio") == "No sentence of the studio"
    unknown = Translations.of("xx")
    assert unknown.language == "en"
    assert unknown(SPLIT_TITLES[Split.VAL]) == SPLIT_TITLES[Split.VAL]


def test_values_that_are_sentences_are_translated_and_others_are_not() -> None:
    tr = Translations("ko", {"of {part}": "{part}의", "Validation": "검증"})
    title = SPLIT_TITLES[Split.VAL]
    assert tr("of {part}", part=title) == "검증의"
    assert tr("of {part}", part="Validation") == "Validation의"  # a person's own word
    assert tr("of {part}", part="{part}") == "{part}의"

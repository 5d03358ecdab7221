"""Runs beside each other: settings, verdicts, images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.runs.comparisons import answered
from tlstudio.core.runs.comparison import NONE, Change, ComparedRun, RunScore, compare
from tlstudio.core.runs.kept import KeptRun, RunEntry, RunMarks
from tlstudio.core.significance import holm, mcnemar, wilson
from tlstudio.core.texts import Sentence

#            fixed 7, broken 3, 4 never, 6 always
FIRST = "0" * 7 + "1" * 3 + "0" * 4 + "1" * 6
SECOND = "1" * 7 + "0" * 3 + "0" * 4 + "1" * 6


def test_only_settings_that_differ_are_listed_with_their_titles() -> None:
    found = compare(
        [
            answered("a", FIRST, strategy="feature_extraction", learning_rate=0.01),
            answered("b", SECOND, strategy="fine_tuning", learning_rate=0.001),
        ]
    )
    rows = {row.name: row for row in found.settings}
    assert set(rows) == {"strategy", "learning_rate"}
    assert rows["learning_rate"].values == ("0.01", "0.001")
    assert rows["strategy"].values == ("Feature extraction", "Fine-tuning")
    assert all(isinstance(row.title, Sentence) for row in found.settings)
    assert all(isinstance(value, Sentence) for value in rows["strategy"].values)


def test_a_setting_that_does_not_matter_for_a_run_says_nothing_there() -> None:
    found = compare(
        [answered("a", FIRST, optimizer="sgd"), answered("b", SECOND, optimizer="adam")]
    )
    rows = {row.name: row for row in found.settings}
    assert rows["momentum"].values == ("0.9", NONE)


def test_long_lists_of_ticks_differ_beyond_what_a_cell_names() -> None:
    paths = ("a", "b", "c")
    found = compare(
        [
            answered("a", FIRST, strategy="custom", trainable=(*paths, "d")),
            answered("b", SECOND, strategy="custom", trainable=(*paths, "e")),
        ]
    )
    (row,) = found.settings
    assert row.values == ("a, b, c, … (4)", "a, b, c, … (4)")


def test_versions_and_dataset_are_listed_where_they_differ() -> None:
    one = replace(answered("a", FIRST), environment={"torch": "2.8", "python": "3.12"})
    other = replace(answered("b", SECOND), environment={"torch": "2.9", "python": "3.12"})
    other = replace(other, record=replace(other.record, dataset="others", fingerprint="f1"))
    rows = {row.name: row.values for row in compare([one, other]).settings}
    assert rows == {
        "torch": ("2.8", "2.9"),
        "dataset": ("photos", "others"),
        "fingerprint": ("f0", "f1"),
    }


def test_the_words_of_the_verdict() -> None:
    found = compare([answered("old", FIRST), answered("new", SECOND)])
    (pair,) = found.pairs
    assert (pair.fixed, pair.broken, pair.images) == (7, 3, 20)
    assert pair.p_value == pair.adjusted == mcnemar(7, 3)
    assert not pair.is_significant
    words = " ".join(map(str, found.verdict(pair)))
    assert "7 fixed, 3 broken from “old” to “new”: a coin would do that 34 times in 100." in words
    assert "neither is shown to be better" in words
    back = " ".join(map(str, found.verdict(found.pair(1, 0))))
    assert "3 fixed, 7 broken from “new” to “old”: a coin would do that 34 times in 100." in back


@pytest.mark.parametrize(
    ("fixed", "broken", "coin", "better"),
    [
        (5, 5, "a coin could not fall more evenly", ""),
        (5, 0, "6 times in 100", ""),  # p = 0.0625: just not enough
        (6, 0, "31 times in 1,000", "“b” is better"),  # p = 0.03125: just enough
        (0, 6, "31 times in 1,000", "“a” is better"),
        (10, 0, "2 times in 1,000", "“b” is better"),
        (11, 0, "at most once in 1,000", "“b” is better"),
        (0, 0, "they are level", ""),
    ],
)
def test_the_verdict_on_both_sides_of_each_limit(
    fixed: int, broken: int, coin: str, better: str
) -> None:
    one = "0" * fixed + "1" * broken + "1" * 9
    other = "1" * fixed + "0" * broken + "1" * 9
    found = compare([answered("a", one), answered("b", other)])
    words = " ".join(map(str, found.verdict(found.pairs[0])))
    assert coin in words
    assert ("is better" in words) is bool(better)
    assert better in words


def test_what_chance_does_among_several_comparisons_is_no_verdict() -> None:
    one, other = "0" * 6 + "1" * 14, "1" * 20
    runs = [answered("a", one), answered("b", other), answered("c", "1" * 13 + "0" * 7)]
    found = compare(runs)
    pair = found.pair(0, 1)
    assert pair.p_value < 0.05
    assert pair.adjusted == holm([p.p_value for p in found.pairs])[0]
    assert not pair.is_significant
    assert "Among 3 comparisons" in " ".join(map(str, found.verdict(pair)))


def test_no_verdict_and_the_reason() -> None:
    keys = [f"leaf/{n}.jpg" for n in range(20)]
    runs = [
        answered("a", FIRST),
        answered("other images", FIRST, keys=keys, fingerprint="f1"),
        answered("fewer", FIRST[:9], fingerprint="f2"),
        answered("silent", ""),
    ]
    found = compare(runs)
    assert not found.judged
    reasons = [str(found.verdict(pair)[0]) for pair in found.pairs]
    assert "they share none" in reasons[0]
    assert "they share 9" in reasons[1]
    assert all("“silent”" in reasons[number] for number in (2, 4, 5))


def test_the_same_images_elsewhere_and_one_that_could_not_be_read() -> None:
    moved = answered("b", "-" + SECOND[1:], folder=Path("elsewhere"))
    (pair,) = compare([answered("a", FIRST), moved]).pairs
    assert pair.problem is None
    assert (pair.images, pair.fixed, pair.broken) == (19, 6, 3)


def test_images_by_what_became_of_them() -> None:
    found = compare([answered("a", FIRST), answered("b", SECOND)])
    counts = {change: len(found.select(change, 0, 1)) for change in Change}
    assert counts == {Change.FIXED: 7, Change.BROKEN: 3, Change.NEVER: 4, Change.ALWAYS: 6}
    assert len(found.select(None, 0, 1)) == 20
    assert found.select(Change.FIXED, 1, 0) == found.select(Change.BROKEN, 0, 1)


def test_those_that_all_call_the_same_come_first() -> None:
    sure, unsure = answered("a", "000", confidence=0.99), answered("b", "00-", confidence=0.6)
    found = compare([sure, unsure, answered("c", "010", confidence=0.7)])
    never = found.select(Change.NEVER, 0, 1)
    assert [image.key for image in never] == ["leaf/000.png"]
    assert never[0].agreement == (3, pytest.approx((0.99 + 0.6 + 0.7) / 3))


def test_classes_and_scores_have_intervals() -> None:
    found = compare([answered("a", "1100"), answered("b", "1111")])
    assert [row.name for row in found.classes] == ["leaf", "stone"]
    assert found.classes[0].scores == (RunScore(0.5, 1, 2), RunScore(1.0, 2, 2))
    assert found.runs[1].score.interval == wilson(4, 4)


def test_a_score_without_answers_is_what_the_list_of_runs_says() -> None:
    run = replace(answered("a", "11").record, best_predictions=None)
    entry = RunEntry("id", Path("id"), RunMarks("mine"), right=42, images=47)
    kept = ComparedRun.of(KeptRun(entry, run, {}))
    assert (kept.name, kept.score) == ("mine", RunScore(42 / 47, 42, 47))
    assert ComparedRun("x", run).score == RunScore(1.0, 2, 2)
    assert ComparedRun("x", replace(run, started=None)).score.interval is None


def test_two_to_six_runs_and_their_names() -> None:
    one = answered("a", "10")
    with pytest.raises(ValueError, match="2 to 6"):
        compare([one])
    with pytest.raises(ValueError, match="2 to 6"):
        compare([one] * 7)
    assert compare([one, answered("b", "10"), one]).names == ("a (1)", "b", "a (2)")


@pytest.mark.parametrize(
    ("fixed", "broken", "words"),
    [
        (7, 3, "7 fixed, 3 broken: a coin would do that 34 times in 100"),
        (5, 5, "level: 5 fixed, 5 broken"),
        (0, 0, "level: the same images are right"),
        (20, 0, "20 fixed, 0 broken: a coin would do that at most once in 1,000"),
    ],
)
def test_the_words_of_a_row(fixed: int, broken: int, words: str) -> None:
    one, other = "0" * fixed + "1" * broken + "1", "1" * fixed + "0" * broken + "1"
    found = compare([answered("a", one), answered("b", other)])
    assert str(found.words(found.pairs[0])) == words


def test_the_headline_of_several_runs() -> None:
    def headline(*rights: str) -> str:
        runs = [answered(name, right) for name, right in zip("abcdef", rights, strict=False)]
        return " ".join(map(str, compare(runs).headline))

    clear = headline("0" * 20, "1" * 20, "1" * 19 + "0")
    assert clear.startswith(
        "“b” has the highest accuracy. It is better by more than chance than 1 "
    )
    assert "of the 2 it was compared with" in clear
    tie = headline("1100", "0011", "0000")
    assert "“a” has the highest accuracy, and is level with 1 more." in tie
    assert "not shown to be better than any of the 2" in tie
    assert headline("", "", "").startswith("No verdict")
    assert headline("1" * 20, "0" * 20).startswith("0 fixed, 20 broken from “a” to “b”")


def test_nothing_on_either_side_is_no_difference() -> None:
    runs = [answered("a", "10", strategy="partial"), answered("b", "10")]
    assert {row.name for row in compare(runs).settings} == {"strategy"}


def test_nearly_even_is_called_even() -> None:
    found = compare([answered("a", "0" * 8 + "1" * 7), answered("b", "1" * 8 + "0" * 7)])
    assert "could not fall more evenly" in str(found.words(found.pairs[0]))

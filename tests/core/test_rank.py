"""The leaderboard's values: order, ties, and the way to a file and back."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.rank import FORMAT, Candidate, LeaderboardRecord, RankEnded, RankRow
from tlstudio.core.storage import read_record, write_record


def row(model: str, answers: str, *, logme: float = 0.0, parameters: int = 10) -> RankRow:
    return RankRow(
        candidate=Candidate(model),
        title=model,
        network="00",
        answers=answers,
        knn_accuracy=0.5,
        logme=logme,
        features=8,
        parameters=parameters,
        weights_bytes=1,
        image_px=32,
        images_per_s=1.0,
        memory_bytes=None,
        elapsed_s=1.0,
    )


def record(*rows: RankRow) -> LeaderboardRecord:
    images = len(rows[0].answers)
    return LeaderboardRecord("ab", "Food", images, images, 3, 5, rows=rows)


def test_rows_come_by_accuracy_then_logme_then_size() -> None:
    worse, better = row("worse", "1000"), row("better", "1110")
    likely, small = row("likely", "1100", logme=0.5), row("small", "1010", parameters=5)
    large = row("large", "0110")
    found = record(worse, large, small, likely, better)
    assert [r.title for r in found.ordered] == ["better", "likely", "small", "large", "worse"]
    assert found.best is better


def test_an_accuracy_counts_only_images_that_were_read() -> None:
    some = row("some", "11-0-0")
    assert (some.images, some.right, some.accuracy) == (4, 2, 0.5)
    low, accuracy, high = some.interval
    assert low < accuracy < high


def test_ties_are_told_by_the_images_and_not_by_the_intervals() -> None:
    """Of 100 images 90 and 82 right: the intervals overlap, and yet each of eight tells the same.

    A third network with the same accuracy as the second, but other mistakes, is not told apart.
    """
    best = row("best", "1" * 90 + "0" * 10)
    below = row("below", "1" * 82 + "0" * 18)
    other = row("other", "0" * 18 + "1" * 82)
    found = record(best, below, other)
    assert below.interval[2] > best.interval[0]
    assert found.p_values[below.candidate] == pytest.approx(2 * 2 / 2**8)  # of two comparisons
    assert found.tied == {best.candidate, other.candidate}


def test_unread_images_do_not_count_in_a_comparison() -> None:
    found = record(row("one", "1-11"), row("two", "10-0"))
    assert found.rows[0].discordant(found.rows[1]) == (1, 0)


def test_a_new_row_takes_the_place_of_the_old_one() -> None:
    found = record(row("one", "1000"), row("two", "1100"))
    newer = found.with_row(row("one", "1111"))
    assert [r.title for r in newer.ordered] == ["one", "two"]
    assert newer.made_on


def test_to_a_file_and_back(tmp_path: Path) -> None:
    found = replace(record(row("one", "10-0"), row("two", "1100")), lonely=("größte", "떡"))
    write_record(tmp_path / "found.json", found, FORMAT)
    assert read_record(tmp_path / "found.json", LeaderboardRecord, FORMAT) == found
    assert pickle.loads(pickle.dumps(RankEnded(found))).record == found


def test_rows_of_other_images_are_no_leaderboard() -> None:
    with pytest.raises(ValueError, match="other images"):
        replace(record(row("one", "1000")), images=5)


def test_notes_tell_of_what_was_left_out() -> None:
    found = replace(record(row("one", "1000")), of_images=9, lonely=("rare",))
    assert [str(note) for note in found.notes] == [
        "Of 9 training images 4 were looked at, in proportion by class.",
        "Classes with a single training image always count as wrong: rare.",
    ]
    assert not record(row("one", "1000")).notes


def test_a_candidate_becomes_the_network_of_a_configuration() -> None:
    config = RunConfig(epochs=3, weights="old")
    chosen = Candidate("resnet18", initialisation="random").applied_to(config)
    assert (chosen.model, chosen.weights, chosen.initialisation) == ("resnet18", "", "random")
    assert chosen.epochs == 3

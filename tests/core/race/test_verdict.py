"""What a race says: winners, equals, the cheaper one, and what cannot be told."""

from __future__ import annotations

import random

import pytest

from tests.core.race.test_race import record_of, result
from tlstudio.core.race.verdict import race_verdict
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.significance import wilson


def answers(right: int, images: int, seed: int = 0) -> str:
    row = ["1"] * right + ["0"] * (images - right)
    random.Random(seed).shuffle(row)
    return "".join(row)


def test_a_clear_winner_is_called_the_best() -> None:
    verdict = race_verdict(record_of(result(0, answers(60, 148)), result(1, answers(140, 148, 1))))
    assert verdict.winner == verdict.cheapest == 1
    assert verdict.equals == ()
    (pair,) = verdict.pairs
    assert (pair.first, pair.second) == (1, 0)
    assert pair.is_significant
    assert pair.difference.mean == pytest.approx(80 / 148)
    assert str(verdict.headline[0]).startswith("“Partial fine-tuning” is the best: 94.6% (from ")
    expected = (
        "“Partial fine-tuning” is better than “Feature extraction” by 54.1 points (p < 0.001)."
    )
    assert str(verdict.comparisons[0]) == expected


def test_a_small_lead_is_not_a_win() -> None:
    record = record_of(
        result(0, answers(134, 148), elapsed_s=10.0),
        result(1, answers(137, 148, 1), elapsed_s=100.0),
    )
    verdict = race_verdict(record)
    assert (verdict.winner, verdict.equals, verdict.cheapest) == (1, (0,), 0)
    (pair,) = verdict.pairs
    assert not pair.is_significant
    assert pair.difference.mean < pair.difference.least_told < 0.1
    ahead, cheaper = map(str, verdict.headline)
    assert "is ahead with 92.6%" in ahead
    assert "not significantly better than “Feature extraction”" in ahead
    assert cheaper == "“Feature extraction” cannot be told from it, in 10% of the time."
    words = str(verdict.comparisons[0])
    assert words.startswith("No significant difference between")
    assert f"a difference below {100 * pair.difference.least_told:.1f} points" in words


def test_an_equal_that_is_hardly_cheaper_is_not_praised() -> None:
    record = record_of(
        result(0, answers(134, 148), elapsed_s=9.0), result(1, answers(136, 148), elapsed_s=10.0)
    )
    assert race_verdict(record).cheapest == 1


def test_of_equally_accurate_ones_the_quicker_wins() -> None:
    record = record_of(
        result(0, answers(130, 148), elapsed_s=9.0), result(1, answers(130, 148), elapsed_s=4.0)
    )
    assert race_verdict(record).winner == 1


def test_four_entries_are_six_comparisons() -> None:
    rows = [result(place, answers(20 + 40 * place, 148, place)) for place in range(4)]
    verdict = race_verdict(record_of(*rows, count=4))
    assert len(verdict.pairs) == len(verdict.comparisons) == 6
    assert all(pair.p_value >= pair.difference.p_value for pair in verdict.pairs)
    assert verdict.pair(3, 0) is verdict.pair(0, 3) is not None
    assert verdict.winner == 3


def test_the_score_is_of_the_last_epoch_and_the_best_stands_beside_it() -> None:
    first = result(0, answers(100, 148))
    verdict = race_verdict(record_of(first, result(1, answers(90, 148))))
    score = verdict.scores[0]
    interval = wilson(100, 148)
    assert score.accuracy == pytest.approx(100 / 148)
    assert score.interval == interval
    assert score.best_epochs == (2,)
    assert (score.seeds, score.images) == (1, 148)


def test_images_that_one_could_not_read_are_left_out_of_the_pair() -> None:
    verdict = race_verdict(record_of(result(0, "1111-"), result(1, "00001")))
    (pair,) = verdict.pairs
    assert pair.images == 4
    assert pair.difference.mean == 1
    assert [score.images for score in verdict.scores] == [4, 5]


def test_seeds_are_compared_with_the_same_seeds() -> None:
    rows = [
        result(place, answers(100 + 20 * place, 148, 10 * seed + place), seed)
        for seed in (0, 1, 2)
        for place in (0, 1)
    ]
    verdict = race_verdict(record_of(*rows[:-1], seeds=(0, 1, 2)))  # the last one did not run
    assert [score.seeds for score in verdict.scores] == [3, 2]
    assert verdict.pairs[0].seeds == 2
    whole = race_verdict(record_of(*rows, seeds=(0, 1, 2)))
    assert whole.pairs[0].is_significant
    assert whole.scores[1].accuracy == pytest.approx(120 / 148)


def test_without_whole_runs_there_is_nothing_to_say() -> None:
    cut = result(0, answers(100, 148), reason=RunEndReason.STOPPED)
    verdict = race_verdict(record_of(cut))
    assert verdict.winner is None
    assert verdict.headline == verdict.comparisons == ()
    alone = race_verdict(record_of(result(0, answers(100, 148))))
    assert alone.winner == 0
    assert alone.headline == ()


def test_time_is_that_of_runs_that_found_nothing_ready() -> None:
    rows = [
        result(0, "1110", seed, elapsed_s=seconds, kept_share=kept)
        for seed, seconds, kept in ((0, 30.0, 0.0), (1, 2.0, 1.0), (2, 3.0, 1.0))
    ]
    score = race_verdict(record_of(*rows, seeds=(0, 1, 2))).scores[0]
    assert (score.elapsed_s, score.kept_share) == (30.0, 0.0)


def test_a_tie_is_a_tie() -> None:
    rows = [result(place, answers(4, 12, place), elapsed_s=9.0 - place) for place in range(3)]
    verdict = race_verdict(record_of(*rows, count=3))
    assert verdict.winner == 2  # the quickest; nothing is said of a lead
    assert sorted(verdict.level) == [0, 1]
    words = [str(note) for note in (*verdict.headline, *verdict.comparisons)]
    assert not any("ahead" in line or "better" in line for line in words)
    assert "and 1 more are level with 33.3% (from" in words[0]
    assert all("are level on 12 images" in line for line in words[-3:])


def test_a_tie_of_two_before_a_third() -> None:
    rows = [result(place, answers(right, 148)) for place, right in enumerate((140, 140, 20))]
    verdict = race_verdict(record_of(*rows, count=3))
    assert (len(verdict.level), len(verdict.equals)) == (1, 1)
    assert "” and “" in str(verdict.headline[0])
    assert "more" not in str(verdict.headline[0])


def test_a_cheaper_one_beside_a_tie_names_both() -> None:
    rows = [
        result(0, answers(137, 148), elapsed_s=100.0),
        result(1, answers(137, 148), elapsed_s=99.0),
        result(2, answers(135, 148), elapsed_s=5.0),
    ]
    verdict = race_verdict(record_of(*rows, count=3))
    assert (verdict.level, verdict.cheapest) == ((0,), 2)
    assert "cannot be told from “" in str(verdict.headline[1])


def test_one_image_more_is_a_lead_and_no_tie() -> None:
    verdict = race_verdict(record_of(result(0, answers(70, 148)), result(1, answers(71, 148))))
    assert verdict.level == ()
    assert "is ahead with" in str(verdict.headline[0])


def test_runs_that_scatter_say_how_much_they_hide() -> None:
    rows = [result(0, answers(120, 148, seed), seed=seed) for seed in range(3)]
    rows += [result(1, answers(118, 148, 9 + seed), seed=seed) for seed in range(3)]
    rows += [result(2, answers((30, 60, 100)[seed], 148, seed), seed=seed) for seed in range(3)]
    verdict = race_verdict(record_of(*rows, count=3, seeds=(0, 1, 2)))
    pair = verdict.pair(0, 2)
    assert pair is not None and not pair.is_significant
    assert pair.difference.mean > 0.3
    widest = f"to {100 * pair.difference.least_told:.1f} points"
    assert widest in str(verdict.headline[0])

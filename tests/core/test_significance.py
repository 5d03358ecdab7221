"""Intervals and tests: as scipy has them, and right as often as they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from tlstudio.core.significance import (
    accuracy_interval,
    difference,
    holm,
    mcnemar,
    student_quantile,
    student_share,
    wilson,
)


@pytest.mark.parametrize(("right", "total"), [(0, 5), (5, 5), (7, 10), (136, 148), (500, 1000)])
def test_the_score_interval_is_that_of_scipy(right: int, total: int) -> None:
    expected = stats.binomtest(right, total).proportion_ci(method="wilson")
    found = wilson(right, total)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_150_images_at_92_percent_mean_4_points() -> None:
    assert wilson(0.92 * 150, 150).half_width == pytest.approx(0.044, abs=0.003)
    nothing = wilson(0, 0)
    assert (nothing.low, nothing.high) == (0, 1)


def test_mcnemar_is_the_binomial_test() -> None:
    for one in range(12):
        for other in range(12):
            expected = stats.binomtest(one, one + other).pvalue if one + other else 1.0
            assert mcnemar(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("freedom", [0.7, 1.0, 2.5, 30.0, 400.0])
def test_students_distribution_is_that_of_scipy(freedom: float) -> None:
    for t in (-4.0, -0.3, 0.0, 0.8, 3.0, 40.0):
        assert student_share(t, freedom) == pytest.approx(stats.t.cdf(t, freedom), abs=1e-10)
    for share in (0.6, 0.9, 0.975, 0.996):
        expected = stats.t.ppf(share, freedom)
        assert student_quantile(share, freedom) == pytest.approx(expected, rel=1e-6)


def test_many_comparisons_ask_for_smaller_p_values() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.9]) == (0.9,)
    assert holm([]) == ()


def test_the_least_difference_is_just_significant() -> None:
    """As many answers that differ, shared out one more to one side, would have been told."""
    for only_first, only_second in ((0, 0), (3, 2), (10, 10), (30, 28)):
        images = 200
        rest = [True] * (images - only_first - only_second)
        first = [True] * only_first + [False] * only_second + rest
        second = [False] * only_first + [True] * only_second + rest
        found = difference([first], [second])
        assert found.discordant == only_first + only_second
        assert found.p_value > 0.05
        by = round(found.least_told * images)
        total = max(found.discordant, by)
        more = (total + by) // 2
        assert mcnemar(more, total - more) <= 0.05
        assert by <= 6 or mcnemar(more - 1, total - more + 1) > 0.05


def test_more_images_tell_smaller_differences() -> None:
    rng = np.random.default_rng(0)
    least = []
    for images in (50, 200, 800, 3200):
        answers = rng.random((2, images)) < 0.85
        least.append(difference([answers[0].tolist()], [answers[1].tolist()]).least_told)
    assert all(fewer > more for fewer, more in pairwise(least))


def test_equal_answers_do_not_differ() -> None:
    rows = [[True, False, True]] * 2
    for answers in (rows, rows[:1]):
        found = difference(answers, answers)
        assert (found.mean, found.p_value, found.discordant) == (0, 1, 0)


def test_seeds_that_answer_alike_tell_no_more_than_one() -> None:
    row = [number % 5 > 0 for number in range(150)]
    one, five = wilson(sum(row), 150), accuracy_interval([row] * 5)
    assert (five.low, five.high) == pytest.approx((one.low, one.high), abs=0.003)


def test_seeds_that_differ_widen_the_interval() -> None:
    steady = [[number % 5 > 0 for number in range(150)]] * 3
    shaky = [[number % 10 >= most for number in range(150)] for most in (1, 2, 3)]
    assert accuracy_interval(shaky).half_width > 2 * accuracy_interval(steady).half_width


def test_unequal_rows_are_refused() -> None:
    with pytest.raises(ValueError):
        difference([[True]], [[True, False]])
    with pytest.raises(ValueError):
        accuracy_interval([[True], [True, False]])


@pytest.mark.parametrize(
    ("images", "accuracy", "seed_points", "seeds"),
    [(148, 0.92, 0.0, 1), (148, 0.85, 0.01, 3), (148, 0.8, 0.04, 3), (60, 0.9, 0.02, 5)],
)
def test_the_intervals_hold_what_they_promise(
    images: int, accuracy: float, seed_points: float, seeds: int
) -> None:
    """Images of unequal difficulty and seeds of unequal luck; networks that are equally good."""
    rng = np.random.default_rng([images, seeds])
    slope = stats.norm.pdf(stats.norm.ppf(accuracy)) / np.sqrt(2)  # of accuracy, by luck
    luck = seed_points / slope
    bar = stats.norm.ppf(accuracy) * np.sqrt(2 + luck**2)
    repeats = 120
    covered = told = 0
    for _ in range(repeats):
        difficulty = rng.normal(size=images)
        shape = (seeds, images)
        one, other = (
            bar + difficulty + rng.normal(size=shape) + luck * rng.normal(size=(seeds, 1)) > 0
            for _ in range(2)
        )
        found = accuracy_interval(one.tolist())
        covered += found.low <= accuracy <= found.high
        told += difference(one.tolist(), other.tolist()).p_value <= 0.05
    assert covered / repeats >= 0.9
    assert told / repeats <= 0.08

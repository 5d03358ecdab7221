"""What range tests say, on curves whose answer is known."""

from __future__ import annotations

import csv
import math
import random

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.rate_finder import (
    HIGHEST_RATE,
    LOWEST_RATE,
    STEPS,
    RangeCurve,
    RangeEnd,
    RatePoint,
    RateRange,
    changed_settings,
    rate_of_step,
    rate_range,
    rate_text,
)


def curve(falls_at: float = 1e-2, breaks_at: float = 0.5, noise: float = 0.0) -> RangeCurve:
    """A loss of 2 that falls to 0.5 around `falls_at` and grows without bounds at `breaks_at`."""
    dice = random.Random(1)
    result = RangeCurve()
    while result.end is None:
        rate = result.next_rate
        fall = 1.5 / (1 + (falls_at / rate) ** 1.5)
        result.add(2 - fall + (rate / breaks_at) ** 3 + dice.gauss(0, noise))
    return result


def result_of(curve: RangeCurve) -> RateRange:
    assert curve.end is not None
    return rate_range(curve.points, curve.end)


def straight(loss: float, noise: float = 0.0) -> RateRange:
    """A loss that no rate changes."""
    dice, result = random.Random(2), RangeCurve()
    while result.end is None:
        result.add(loss + dice.gauss(0, noise))
    return result_of(result)


def test_rates_grow_by_the_same_multiple() -> None:
    rates = [rate_of_step(step) for step in range(1, STEPS + 1)]
    assert rates[0] == pytest.approx(LOWEST_RATE) and rates[-1] == pytest.approx(HIGHEST_RATE)
    assert rates[51] / rates[50] == pytest.approx(rates[1] / rates[0])
    assert RangeCurve().next_rate == rates[0]


def test_the_smoothed_loss_has_no_bias_to_zero() -> None:
    points = [RangeCurve().add(3.0)]
    assert points[0].smoothed == pytest.approx(3.0)
    assert [p.smoothed for p in straight(3.0).points] == pytest.approx([3.0] * STEPS)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_the_suggestion_lies_where_the_loss_falls(noise: float) -> None:
    result = result_of(curve(noise=noise))
    assert result.end is RangeEnd.DIVERGED
    assert result.suggestion is not None and result.steepest is not None
    assert 3e-3 < result.suggestion < 4e-2
    assert result.lowest is not None
    assert result.steepest.learning_rate < result.lowest.learning_rate < 1
    assert rate_text(result.suggestion) in str(result.reason)


@pytest.mark.parametrize("multiple", [0.01, 0.1, 10.0])
def test_it_follows_the_curve(multiple: float) -> None:
    plain = result_of(curve(falls_at=1e-2, breaks_at=0.1)).suggestion
    moved = result_of(curve(falls_at=1e-2 * multiple, breaks_at=0.1 * multiple)).suggestion
    assert plain and moved and moved / plain == pytest.approx(multiple, rel=0.2)


def test_it_ends_soon_after_the_loss_breaks() -> None:
    points = curve(breaks_at=0.5).points
    assert len(points) < STEPS
    assert 0.5 < points[-1].learning_rate < 3


def test_a_loss_close_to_zero_does_not_count_as_broken() -> None:
    dice, result = random.Random(3), RangeCurve()
    while result.end is None:
        rate = result.next_rate
        result.add(abs(dice.gauss(0, 0.01)) if rate > 1e-3 else 2.0)
    assert result.end is RangeEnd.COMPLETE


def test_a_curve_that_never_falls_suggests_nothing() -> None:
    for result in (straight(1.4), straight(1.4, noise=0.2)):
        assert result.suggestion is None and result.steepest is None
        assert "never fell" in str(result.reason) and "1." in str(result.reason)


def test_a_curve_that_only_rises_suggests_nothing() -> None:
    result = RangeCurve()
    while result.end is None:
        result.add(1 + result.next_rate)
    assert result_of(result).suggestion is None


def test_one_that_still_falls_at_the_end_says_so() -> None:
    result = result_of(curve(falls_at=2.0, breaks_at=1e6))
    assert result.end is RangeEnd.COMPLETE
    assert result.suggestion is not None and 0.5 < result.suggestion < 5
    assert "still falling" in str(result.reason)


def test_without_enough_steps_there_is_nothing_to_say() -> None:
    for points in ((), (RatePoint(1, 1e-6, 2.0, 2.0),)):
        result = rate_range(points, RangeEnd.DIVERGED)
        assert result.suggestion is None and result.lowest is None
        assert "not finite" in str(result.reason)


def test_as_csv() -> None:
    result = straight(1.0)
    rows = list(csv.DictReader(result.to_csv().splitlines()))
    assert len(rows) == STEPS
    assert list(rows[0]) == ["step", "learning_rate", "loss", "smoothed"]
    assert float(rows[-1]["learning_rate"]) == pytest.approx(HIGHEST_RATE)


def test_rates_have_two_digits() -> None:
    assert [rate_text(rate) for rate in (0.00417, 4.17e-5, 0.11, 1.0, 0.0010)] == [
        *("0.0042", "4.2e-5", "0.11", "1", "0.001")
    ]
    assert math.isclose(float(rate_text(1.25e-6)), 1.2e-6, rel_tol=0.1)


def test_settings_that_make_it_another_test() -> None:
    config = RunConfig()
    assert changed_settings(config, config.changed(learning_rate=0.1, schedule="cosine")) == ()
    assert changed_settings(config, config.changed(batch_size=8, model="resnet18")) == (
        *("Model", "Batch size"),
    )
    adam = config.changed(optimizer="adam")
    assert changed_settings(adam, adam.changed(momentum=0.5)) == ()

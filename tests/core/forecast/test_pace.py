"""What a run tells of the next one."""

from __future__ import annotations

import pytest

from tests.core.forecast.test_forecast import costs, plan, tree
from tlstudio.core.config import RunConfig
from tlstudio.core.forecast.forecast import PhaseForecast, VariationForecast, forecast
from tlstudio.core.forecast.pace import MOST, Pace, Paces, pace_of

TOLD = PhaseForecast(epochs=6, first_epochs=2, first_epoch_s=11.0, later_epoch_s=1.0)


def test_once_and_every_are_told_apart() -> None:
    pace = pace_of(TOLD, [24.0, 22.0, 2.0, 2.0, 9.0, 2.0], 3.0)
    assert pace == Pace(once=pytest.approx(42 / 20), every=2.0, setup_s=3.0)  # 9 s was a hiccup


def test_without_later_epochs_there_is_one_multiple() -> None:
    assert pace_of(TOLD, [22.0, 22.0]) == Pace(once=2.0, every=2.0)


def test_nothing_is_learned_from_nothing() -> None:
    assert pace_of(TOLD, []) == Pace()
    assert not Pace().is_known and not Pace(setup_s=1.0).is_known
    kept = PhaseForecast(epochs=6, first_epochs=2, first_epoch_s=1.0, later_epoch_s=1.0)
    assert pace_of(kept, [1.5] * 6) == Pace(once=None, every=1.5)


def test_reading_alone_drowns_in_epochs_that_differ() -> None:
    whole = PhaseForecast(epochs=2, first_epochs=1, first_epoch_s=98.0, later_epoch_s=96.0)
    assert pace_of(whole, [225.0, 96.0]) == Pace(once=None, every=1.0)


def test_a_multiple_has_bounds() -> None:
    assert pace_of(TOLD, [500.0] * 6).every == MOST
    assert pace_of(TOLD, [1.0, 1.0, 1.0, 1.0]).once == 0.1


def test_the_forecast_of_the_same_run_is_what_the_run_took() -> None:
    config, head = RunConfig(epochs=6), plan("head")

    def told(paces: tuple[Pace, ...] = ()) -> VariationForecast:
        return forecast(costs(), tree(), head, config, 4, 2, None, (), paces).of(config)

    paces, took_s = Paces(), [900.0, 800.0, 850.0, 820.0, 300.0, 310.0]
    paces.learn(head, told(), took_s, 4000.0)
    assert told(paces.of(head)).total_s == pytest.approx(4000, rel=0.02)


def test_a_phase_that_never_ran_is_corrected_by_others() -> None:
    paces, head = Paces(), plan("head")
    assert paces.of(head) == (Pace(),)
    paces.learn(head, VariationForecast((TOLD,)), [24.0, 22.0, 2.0, 2.0, 2.0, 2.0], 57.0)
    (pace,) = paces.of(plan("block.conv", "head"))
    assert pace == Pace(once=2.1, every=2.0, setup_s=3.0)


def test_epochs_of_next_to_nothing_tell_nothing_of_others() -> None:
    told = PhaseForecast(epochs=6, first_epochs=2, first_epoch_s=11.0, later_epoch_s=0.01)
    paces, head = Paces(), plan("head")
    paces.learn(head, VariationForecast((told,)), [11.1, 11.1, 0.1, 0.1, 0.1, 0.1], 25.0)
    assert paces.of(head)[0].every == pytest.approx(10)
    assert paces.of(plan("block.conv", "head"))[0].every is None


def test_what_a_run_does_not_tell_stays_known() -> None:
    paces, head = Paces(), plan("head")
    paces.learn(head, VariationForecast((TOLD,)), [24.0, 22.0, 2.0, 2.0, 2.0, 2.0], 57.0)
    kept = PhaseForecast(epochs=6, first_epochs=2, first_epoch_s=1.0, later_epoch_s=1.0)
    paces.learn(head, VariationForecast((kept,)), [1.5] * 6, 10.0)
    assert paces.of(head) == (Pace(once=2.1, every=1.5, setup_s=1.0),)

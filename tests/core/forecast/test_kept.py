"""What is in the cache leaves the forecast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.forecast.test_forecast import costs, plan, tree
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.forecast.forecast import UNSURE, RunForecast, forecast
from tlstudio.core.forecast.kept import NOTHING_KEPT, KeptFeatures
from tlstudio.core.forecast.pace import Pace
from tlstudio.core.strategies import PlanOptions, freeze_plan

ALL_KEPT = KeptFeatures(val=1.0, plain=1.0, varied=(1.0,) * 4)
EPOCHS, TRAIN, VAL = 10, 4, 2


def told(
    kept: KeptFeatures = NOTHING_KEPT, pace: Pace | None = None, **values: object
) -> RunForecast:
    config = RunConfig(epochs=EPOCHS).changed(**values)
    paces = (pace,) if pace else ()
    return forecast(costs(), tree(), plan("head"), config, TRAIN, VAL, None, (kept,), paces)


def once_s(found: RunForecast, variation: Variation = Variation.CACHED) -> float:
    """What a run takes more than its later epochs, all of them."""
    phase = found.by_variation[variation].phases[0]
    return phase.total_s - phase.epochs * phase.later_epoch_s


def test_what_is_in_the_cache_costs_nothing() -> None:
    assert once_s(told()) == pytest.approx(4 * TRAIN * 503 + TRAIN * 8 + VAL * (16 + 501))
    for variation in (Variation.CACHED, Variation.NONE):
        assert once_s(told(ALL_KEPT), variation) == pytest.approx(0)
        assert told(ALL_KEPT).reused[variation] == 1
        assert told().reused[variation] == 0


def test_every_epoch_takes_what_it_took() -> None:
    for variation in (Variation.CACHED, Variation.NONE):
        before, after = (found.by_variation[variation] for found in (told(), told(ALL_KEPT)))
        assert after.usual_epoch_s == before.usual_epoch_s
        assert not after.has_slow_start


def test_new_views_in_every_epoch_are_computed_all_the_same() -> None:
    live = told(ALL_KEPT).by_variation[Variation.LIVE]
    nothing = told().by_variation[Variation.LIVE]
    assert live.usual_epoch_s == nothing.usual_epoch_s
    assert nothing.total_s - live.total_s == pytest.approx(VAL * (16 + 501))
    assert told(ALL_KEPT).reused[Variation.LIVE] == 1  # only validation is kept


def test_more_views_than_there_are_count_by_their_share() -> None:
    found = told(ALL_KEPT, cached_views=8)
    assert once_s(found) == pytest.approx(4 * TRAIN * 503 + TRAIN * 8)
    assert found.reused[Variation.CACHED] == pytest.approx((4 * TRAIN + VAL) / (8 * TRAIN + VAL))


def test_fewer_views_than_there_are_need_nothing() -> None:
    assert once_s(told(ALL_KEPT, cached_views=2)) == pytest.approx(0)


def test_images_that_came_since_count_by_their_share() -> None:
    found = told(KeptFeatures(val=0.5, varied=(0.75,) * 4))
    half_of_val = VAL * (16 + 501) / 2
    assert once_s(found) == pytest.approx(4 * TRAIN * 503 / 4 + TRAIN * 8 / 4 + half_of_val)


def test_other_augmentation_finds_only_validation() -> None:
    found = told(replace(ALL_KEPT, varied=()))
    assert once_s(found) == pytest.approx(4 * TRAIN * 503 + TRAIN * 8)


def test_what_one_phase_has_not_read_the_next_one_does() -> None:
    config = RunConfig(epochs=EPOCHS, strategy="head_first", head_epochs=5)
    two = freeze_plan(tree(), PlanOptions("head_first", head_epochs=5))
    assert len(two.phases) == 2

    def total(kept: KeptFeatures) -> float:
        found = forecast(costs(), tree(), two, config, TRAIN, VAL, None, (kept, NOTHING_KEPT))
        return found.of(config).total_s

    features = 4 * TRAIN * 503 + VAL * 501
    assert total(NOTHING_KEPT) - total(ALL_KEPT) == pytest.approx(features)  # not the reading


def test_a_pace_corrects_each_part() -> None:
    plain, slow = told(), told(pace=Pace(once=2.0, every=3.0, setup_s=7.0))
    variation = Variation.CACHED
    assert once_s(slow) - 7 == pytest.approx(2 * once_s(plain))
    before, after = (found.by_variation[variation].phases[0] for found in (plain, slow))
    assert after.later_epoch_s == pytest.approx(3 * before.later_epoch_s)
    assert after.setup_s == 7


def test_a_busy_machine_is_unsure_until_a_run_has_told() -> None:
    busy, config = replace(costs(), is_steady=False), RunConfig(epochs=EPOCHS)

    def unsure(*paces: Pace) -> float:
        found = forecast(busy, tree(), plan("head"), config, TRAIN, VAL, None, (), paces)
        return found.of(config).unsure

    assert unsure() == UNSURE
    assert unsure(Pace(every=1.2)) == 1
    assert told().of(config).unsure == 1

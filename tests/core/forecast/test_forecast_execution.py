"""A forecast is the sum of what the execution plan says will be computed."""

from __future__ import annotations

import pytest

from tests.core.forecast.test_forecast import tree
from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.forecast.costs import ImageCosts, LayerCost, RunCosts
from tlstudio.core.forecast.forecast import KeepObstacle, forecast
from tlstudio.core.forecast.phase_costs import PhaseParts
from tlstudio.core.runs.execution import FeatureUse
from tlstudio.core.runs.execution_plan import FeatureRow, Limits
from tlstudio.core.strategies import freeze_plan

TRAIN, VAL, ROW = 10, 4, FeatureRow(25)  # 100 bytes
IMAGES = ImageCosts(
    3.0, 5.0, {"crop_flip": 2.0, "rotate_flip": 2.5}, 1.0, picture_bytes=200, view_bytes=100
)
CONFIGS = {
    "head": RunConfig(epochs=6, cached_views=3, batch_size=5),
    "gradual": RunConfig(strategy="gradual", epochs=8, unfreeze_every=3, batch_size=5),
    "mixed": RunConfig(epochs=6, mixing="mixup", batch_size=5),
}
DISK = (10**6, 100 * (VAL + 3 * TRAIN) - 1, 100 * (VAL + TRAIN) - 1, 100 * VAL - 1)


def costs(limits: Limits) -> RunCosts:
    paths = ("stem", "relu", "block.conv", "block.norm", "block", "head")
    layers = tuple(LayerCost(path, 7.0, 11.0, 13.0, 23.0, 17.0) for path in paths)
    return RunCosts(
        "float32",
        layers,
        IMAGES,
        byte_s=0.01,
        disk_byte_s=0.05,
        keep_byte_s=0.02,
        prediction_s=0.5,
        cut_s=100.0,
        limits=limits,
    )


@pytest.mark.parametrize("name", list(CONFIGS))
@pytest.mark.parametrize("disk_bytes", DISK)
@pytest.mark.parametrize("memory_bytes", [10**6, 100])
def test_it_charges_what_is_computed(name: str, disk_bytes: int, memory_bytes: int) -> None:
    config = CONFIGS[name]
    plan = freeze_plan(tree(), config.plan_options)
    rows = [ROW if phase.first_epoch < 7 else FeatureRow() for phase in plan.phases]
    limits = Limits(disk_bytes, memory_bytes, 0)
    run = costs(limits)
    told = forecast(run, tree(), plan, config, TRAIN, VAL, rows)
    for variation, row in told.by_variation.items():
        seconds = 0.0
        planned = told.executions[variation].phases
        for number, (phase, execution) in enumerate(zip(plan.phases, planned, strict=True)):
            parts = PhaseParts.of(run, tree(), phase)
            frozen_s = parts.frozen_s if execution.is_cut else parts.frozen_eval_s
            vary_s = 0.0 if variation is Variation.NONE else 2.0
            # frozen layers, for the views that the plan counts
            seconds += execution.train_passes * (vary_s + 1.0 + frozen_s)
            seconds += execution.val_passes * (1.0 + frozen_s)
            # the others, in every epoch
            seconds += execution.epochs * (TRAIN * parts.train_s + VAL * (parts.eval_s + 0.5))
            # features: written once, read in every epoch
            seconds += execution.kept_bytes * 0.02
            read = VAL * execution.is_cut + TRAIN * (execution.views > 0)
            seconds += execution.epochs * read * 100 * (0.01 if execution.in_memory else 0.05)
            seconds += 100.0 * (execution.row.elements > 0)
            # images: decoded once, and again where the store has no room
            is_plain = variation is Variation.NONE
            image_s, size = (5.0, 100) if is_plain else (3.0, 200)
            outside = max(0, TRAIN * size - memory_bytes) / size
            val_outside = min(VAL, max(0, TRAIN * size + VAL * 100 - memory_bytes) / 100)
            rounds = execution.views or execution.epochs
            val_rounds = 1 if execution.is_cut else execution.epochs
            if number == 0:
                seconds += image_s * (TRAIN + (rounds - 1) * outside)
                seconds += 5.0 * (VAL + (val_rounds - 1) * val_outside)
            else:
                seconds += image_s * rounds * outside + 5.0 * val_rounds * val_outside
        assert row.total_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("disk_bytes", "use", "obstacle"),
    [
        (DISK[0], FeatureUse.CACHED, None),
        (DISK[1], FeatureUse.LIVE, KeepObstacle.TOO_LARGE),
        (DISK[3], FeatureUse.NONE, KeepObstacle.TOO_LARGE),
    ],
)
def test_what_is_too_large_to_keep_costs_what_live_views_do(
    disk_bytes: int, use: FeatureUse, obstacle: KeepObstacle | None
) -> None:
    config = CONFIGS["head"]
    plan = freeze_plan(tree(), config.plan_options)
    told = forecast(costs(Limits(disk_bytes)), tree(), plan, config, TRAIN, VAL, [ROW])
    assert told.executions[Variation.CACHED].phases[0].use is use
    assert told.obstacle is obstacle and told.can_keep is (obstacle is None)
    assert told.keeps(Variation.NONE) is (use is not FeatureUse.NONE)
    by = told.by_variation
    assert (by[Variation.CACHED] == by[Variation.LIVE]) is (obstacle is not None)


def test_a_network_that_cannot_be_cut_runs_whole() -> None:
    config = CONFIGS["head"]
    plan = freeze_plan(tree(), config.plan_options)
    told = forecast(costs(Limits()), tree(), plan, config, TRAIN, VAL, [FeatureRow()])
    assert told.obstacle is KeepObstacle.NOTHING_FIXED
    whole = told.by_variation[Variation.CACHED].total_s
    cut = forecast(costs(Limits()), tree(), plan, config, TRAIN, VAL, [ROW])
    assert whole > cut.by_variation[Variation.LIVE].total_s

"""What a run keeps: on both sides of every limit."""

from __future__ import annotations

import pytest

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.runs.execution import FeatureUse
from tlstudio.core.runs.execution_plan import (
    FeatureRow,
    Limits,
    execution_plan,
    wanted_views,
)
from tlstudio.core.strategies import FreezePlan, PlanPhase

SAMPLES = (10, 3)
ROW = FeatureRow(25)  # 100 bytes


def plan_of(*first_epochs: int) -> FreezePlan:
    phases = (PlanPhase(first, {"head": 1.0}, frozenset(), 1) for first in first_epochs)
    return FreezePlan("custom", tuple(phases), 10)


def test_a_row_is_as_large_as_its_numbers() -> None:
    assert (ROW.bytes, FeatureRow(25, "bfloat16").bytes, FeatureRow().bytes) == (100, 50, 0)


@pytest.mark.parametrize(
    ("disk_bytes", "use", "views", "kept_bytes"),
    [
        (4300, FeatureUse.CACHED, 4, 4300),  # 3 of validation, 4 views of 10 images
        (4299, FeatureUse.LIVE, 0, 300),
        (300, FeatureUse.LIVE, 0, 300),
        (299, FeatureUse.NONE, 0, 0),
    ],
)
def test_what_does_not_fit_on_disk_is_not_kept(
    disk_bytes: int, use: FeatureUse, views: int, kept_bytes: int
) -> None:
    plan = execution_plan(RunConfig(epochs=9), plan_of(1), [ROW], SAMPLES, Limits(disk_bytes))
    (phase,) = plan.phases
    assert (phase.use, phase.views, phase.kept_bytes) == (use, views, kept_bytes)
    assert plan.live_epochs == (() if views else tuple(range(1, 10)))
    assert plan.live_from == (10 if views else 1)
    assert phase.train_passes == (40 if views else 90)
    assert phase.val_passes == (27 if use is FeatureUse.NONE else 3)


@pytest.mark.parametrize(("memory_bytes", "in_memory"), [(4300, True), (4299, False)])
def test_what_does_not_fit_in_memory_is_read_from_disk(memory_bytes: int, in_memory: bool) -> None:
    limits = Limits(memory_bytes=memory_bytes)
    (phase,) = execution_plan(RunConfig(epochs=9), plan_of(1), [ROW], SAMPLES, limits).phases
    assert (phase.views, phase.in_memory) == (4, in_memory)


def test_half_as_precise_is_half_as_large() -> None:
    short = FeatureRow(25, "bfloat16")
    for row, use in ((ROW, FeatureUse.LIVE), (short, FeatureUse.CACHED)):
        plan = execution_plan(RunConfig(epochs=9), plan_of(1), [row], SAMPLES, Limits(2150))
        assert plan.phases[0].use is use


def test_views_that_take_turns() -> None:
    assert wanted_views(RunConfig(epochs=9, cached_views=3)) == 3
    assert wanted_views(RunConfig(epochs=2, cached_views=3)) == 2
    assert wanted_views(RunConfig(epochs=9, views="live")) == 0
    assert wanted_views(RunConfig(epochs=9, views="live", augmentation="none")) == 1
    assert wanted_views(RunConfig(epochs=9, mixing="mixup", augmentation="none")) == 0
    for variation, views in ((Variation.CACHED, 4), (Variation.LIVE, 0), (Variation.NONE, 1)):
        assert wanted_views(RunConfig(epochs=9, views="live"), variation) == views


def test_a_phase_keeps_no_more_views_than_it_has_epochs() -> None:
    plan = execution_plan(RunConfig(epochs=9), plan_of(1, 3), [ROW, ROW], SAMPLES, Limits())
    assert [phase.views for phase in plan.phases] == [2, 4] and plan.views == 4
    assert [phase.kept_rows for phase in plan.phases] == [23, 43]
    tight = execution_plan(RunConfig(epochs=9), plan_of(1, 3), [ROW, ROW], SAMPLES, Limits(2300))
    assert [phase.views for phase in tight.phases] == [2, 0]
    assert tight.live_epochs == tuple(range(3, 10)) and tight.live_from == 3


def test_later_features_may_be_the_smaller_ones() -> None:
    """A cut that moves towards the input can pass less: kept views come again."""
    rows = [FeatureRow(25), FeatureRow(250), FeatureRow(25), FeatureRow()]
    plan = execution_plan(RunConfig(epochs=10), plan_of(1, 3, 5, 9), rows, SAMPLES, Limits(10_000))
    uses = [phase.use for phase in plan.phases]
    cached, live = FeatureUse.CACHED, FeatureUse.LIVE
    assert uses == [cached, live, cached, FeatureUse.NONE]
    assert plan.live_epochs == (3, 4, 9, 10)
    assert [plan.at(epoch).first_epoch for epoch in (1, 2, 3, 8, 10)] == [1, 1, 3, 5, 9]


def test_phases_that_would_begin_after_the_end_are_left_out() -> None:
    plan = execution_plan(RunConfig(epochs=2), plan_of(1, 3), [ROW, ROW], SAMPLES, Limits())
    assert len(plan.phases) == 1 and plan.epochs == 2

"""Estimates the work of a run's parts before it starts, for its progress."""

from __future__ import annotations

from tlstudio.core.runs.events import EpochPart
from tlstudio.core.runs.execution_plan import ExecutionPlan, PhaseExecution
from tlstudio.core.strategies import FreezePlan

SMALLEST = 0.01  # of the network: a head's own work is not nothing


def image_work(above: float, phase: PhaseExecution) -> dict[EpochPart, float]:
    """Work of one image in each part of a phase; 1 is a pass through the network.

    Args:
        above: share of the network from the first layer that trains on, by its parameters.
        phase: what is kept in it.
    """
    if not phase.is_cut:
        above = 1.0
    train = 3 * above + (1 - above) * (not phase.views)
    return {EpochPart.FEATURES: 1 - above, EpochPart.TRAIN: train, EpochPart.VAL: above}


def work_after(plan: FreezePlan, execution: ExecutionPlan, epoch: int) -> float:
    """Work of the phases that begin after `epoch`."""
    work = 0.0
    for phase, later in zip(plan.phases, execution.phases, strict=False):  # no epoch, no work
        if later.first_epoch <= epoch:
            continue
        above = max(SMALLEST, phase.trainable_parameters / max(1, plan.total_parameters))
        of = image_work(above, later)
        work += later.epochs * later.train_samples * of[EpochPart.TRAIN]
        work += later.epochs * later.val_samples * of[EpochPart.VAL]
        work += later.kept_rows * of[EpochPart.FEATURES]
    return work

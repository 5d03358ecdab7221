"""How much work the parts of a run are, guessed from what is known before it: for progress."""

from __future__ import annotations

from tlstudio.core.config import RunConfig
from tlstudio.core.runs.events import Phase
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.features.views import PLAIN

SMALLEST = 0.01  # of the network: a head's own work is not nothing


def wanted_views(config: RunConfig) -> int:
    """How many views of each training image are to be kept; 0 for new ones in every epoch."""
    if config.mixing != "none":
        return 0  # every epoch mixes others
    if config.augmentation == PLAIN:
        return 1
    return 0 if config.views == "live" else min(config.cached_views, config.epochs)


def image_work(above: float, *, is_live: bool) -> dict[Phase, float]:
    """Work of one image in each phase; 1 is a pass through the network.

    Args:
        above: share of the network from the first layer that trains on, by its parameters.
        is_live: whether frozen layers run for every training image.
    """
    train = 3 * above + (1 - above) * is_live
    return {Phase.FEATURES: 1 - above, Phase.TRAIN: train, Phase.VAL: above}


def work_after(plan: FreezePlan, epoch: int, config: RunConfig, train: int, val: int) -> float:
    """Work of the plan's phases that begin after `epoch`, with so many images."""
    work = 0.0
    for phase in plan.phases:
        if phase.first_epoch <= epoch:
            continue
        epochs = plan.epochs_of(phase, config.epochs)
        above = max(SMALLEST, phase.trainable_parameters / max(1, plan.total_parameters))
        views = min(wanted_views(config), epochs)
        of = image_work(above, is_live=above < 1 and not views)
        work += epochs * (train * of[Phase.TRAIN] + val * of[Phase.VAL])
        work += (val + views * train) * of[Phase.FEATURES]
    return work

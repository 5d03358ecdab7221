"""How long a run will take, for each way to vary its training images; pure arithmetic.

The engine measures once what one image costs on this machine (`RunCosts`); from then on a forecast
is instant, so that it can follow every tick in the layer tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import DEFAULT_AUGMENTATION, Variation
from tlstudio.core.forecast.costs import ImageCosts, RunCosts
from tlstudio.core.forecast.phase_costs import PhaseParts, has_fixed_start, step_memory
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import FreezePlan, PlanPhase

SLOW = 1.3  # first epochs that take this many later ones are told of
NEAR = 1.25  # phases whose epochs differ by less are told as one


class KeepObstacle(StrEnum):
    """Why the outputs of frozen layers cannot be kept."""

    NOTHING_FIXED = "nothing_fixed"  # the first layer changes
    MIXING = "mixing"  # every epoch mixes other images


@dataclass(frozen=True, slots=True)
class PhaseForecast:
    """Seconds of one phase under one choice.

    Attributes:
        epochs: of the phase.
        first_epochs: how many at its start read images and compute what is kept.
        first_epoch_s: mean of those.
        later_epoch_s: each of the others.
        setup_s: before its first epoch.
        first_epoch: its number in the run.
        memory_bytes: of the network while a batch is trained (`phase_costs.step_memory`).
    """

    epochs: int
    first_epochs: int
    first_epoch_s: float
    later_epoch_s: float
    setup_s: float = 0.0
    first_epoch: int = 1
    memory_bytes: int = 0

    @property
    def total_s(self) -> float:
        """The whole phase."""
        later = self.epochs - self.first_epochs
        return self.setup_s + self.first_epochs * self.first_epoch_s + later * self.later_epoch_s

    @property
    def usual_epoch_s(self) -> float:
        """One of the later epochs, where there are any."""
        return self.later_epoch_s if self.epochs > self.first_epochs else self.first_epoch_s

    @property
    def has_slow_start(self) -> bool:
        """Whether the first epochs are worth telling apart."""
        return self.first_epoch_s > SLOW * self.usual_epoch_s


@dataclass(frozen=True, slots=True)
class VariationForecast:
    """Seconds of a run under one choice, phase by phase."""

    phases: tuple[PhaseForecast, ...]

    @property
    def epochs(self) -> int:
        return sum(phase.epochs for phase in self.phases)

    @property
    def total_s(self) -> float:
        """The whole run."""
        return sum(phase.total_s for phase in self.phases)

    @property
    def memory_bytes(self) -> int:
        """Of the phase that takes most."""
        return max(phase.memory_bytes for phase in self.phases)

    @property
    def usual_epoch_s(self) -> float:
        """An epoch, on the average of the phases."""
        return sum(phase.epochs * phase.usual_epoch_s for phase in self.phases) / self.epochs

    @property
    def quickest_epoch_s(self) -> float:
        return min(phase.usual_epoch_s for phase in self.phases)

    @property
    def slowest_epoch_s(self) -> float:
        return max(phase.usual_epoch_s for phase in self.phases)

    @property
    def is_even(self) -> bool:
        """Whether all phases take about the same for an epoch."""
        return self.slowest_epoch_s <= NEAR * self.quickest_epoch_s

    @property
    def has_slow_start(self) -> bool:
        """Whether the first epochs are worth telling apart; phases are told apart before them."""
        return len(self.phases) == 1 and self.phases[0].has_slow_start


@dataclass(frozen=True, slots=True)
class RunForecast:
    """What each choice would take.

    Attributes:
        by_variation: for each of the three.
        can_keep: whether keeping views changes anything; else cached is the same as live.
        precision: of what is multiplied.
    """

    by_variation: Mapping[Variation, VariationForecast]
    can_keep: bool
    precision: str

    def of(self, config: RunConfig) -> VariationForecast:
        """What a run with `config` takes."""
        return self.by_variation[Variation.of(config)]


def keep_obstacle(tree: LayerTree, plan: FreezePlan, config: RunConfig) -> KeepObstacle | None:
    """Why views cannot be kept in any phase; None where they can in one at least."""
    if not any(has_fixed_start(tree, phase) for phase in plan.phases):
        return KeepObstacle.NOTHING_FIXED
    return KeepObstacle.MIXING if config.mixing != "none" else None


def forecast(
    costs: RunCosts,
    tree: LayerTree,
    plan: FreezePlan,
    config: RunConfig,
    train_samples: int,
    val_samples: int,
) -> RunForecast:
    """Add up a run with `config` on so many images, for each choice of variation.

    Everything that runs before the first layer that changes is computed once per image and view
    where views are kept, else once per image and epoch; of validation images always once. When a
    phase begins to train more, that part becomes shorter and is computed anew.
    """
    samples = (train_samples, val_samples)
    phases: dict[Variation, list[PhaseForecast]] = {variation: [] for variation in Variation}
    probe_s = _probe_s(costs, train_samples) if plan.probes_head else 0.0
    for number, phase in enumerate(plan.phases):
        epochs = plan.epochs_of(phase, config.epochs)
        if epochs < 1:
            break
        found = _phase_forecasts(costs, tree, phase, config, epochs, samples)
        memory = step_memory(tree, phase, config, costs.precision)
        for variation, row in found.items():
            setup_s = row.setup_s + (0.0 if number else probe_s)
            row = replace(row, first_epoch=phase.first_epoch, memory_bytes=memory, setup_s=setup_s)
            phases[variation].append(row)
    return RunForecast(
        {variation: VariationForecast(tuple(rows)) for variation, rows in phases.items()},
        can_keep=keep_obstacle(tree, plan, config) is None,
        precision=costs.precision,
    )


def _phase_forecasts(
    costs: RunCosts,
    tree: LayerTree,
    phase: PlanPhase,
    config: RunConfig,
    epochs: int,
    samples: tuple[int, int],
) -> dict[Variation, PhaseForecast]:
    """One phase as if it were a run by itself."""
    train_samples, val_samples = samples
    parts, images = PhaseParts.of(costs, tree, phase), costs.images
    batches = -(-train_samples // config.batch_size)
    augmentation = DEFAULT_AUGMENTATION if config.augmentation == "none" else config.augmentation
    load_s = parts.feature_bytes * costs.byte_s
    parameters = phase.trainable_parameters

    updates = -(-batches // config.accumulation) * (2 if config.ema_decay else 1)
    learn_s = (
        train_samples * (load_s + parts.train_s)
        + batches * costs.step_s
        + updates * parameters * costs.update_s
        + parameters * costs.epoch_s
    )
    check_s = val_samples * (load_s + parts.eval_s + costs.prediction_s)
    see_s = images.stack_s + parts.frozen_s
    start_s = val_samples * images.view_s
    if parts.has_prefix:
        start_s += val_samples * see_s
    else:
        check_s += val_samples * images.stack_s
    every_s = learn_s + check_s
    setup_s = costs.cut_s if parts.has_prefix else 0.0

    vary_s = train_samples * (images.vary_s[augmentation] + see_s)
    again_s = train_samples * images.decode_s * _share_not_kept(images, train_samples)
    decode_s = train_samples * images.decode_s - again_s
    can_keep = parts.has_prefix and config.mixing == "none"
    live = _add_up(epochs, 1, setup_s, start_s + decode_s, 0.0, every_s + vary_s + again_s)
    cached = live
    if can_keep:
        views = min(config.cached_views, epochs)
        cached = _add_up(epochs, views, setup_s, start_s + decode_s, vary_s + again_s, every_s)
    plain_s = train_samples * see_s
    start_s += train_samples * images.view_s
    none = (
        _add_up(epochs, 1, setup_s, start_s, plain_s, every_s)
        if can_keep
        else _add_up(epochs, 1, setup_s, start_s, 0.0, every_s + plain_s)
    )
    return {Variation.CACHED: cached, Variation.LIVE: live, Variation.NONE: none}


def _probe_s(costs: RunCosts, train_samples: int) -> float:
    """The features of every training image, once; the probe itself is quick beside them."""
    whole_s = sum(layer.forward_s for layer in costs.layers if layer.path)
    return train_samples * (costs.images.view_s + costs.images.stack_s + whole_s)


def _add_up(
    epochs: int,
    first_epochs: int,
    setup_s: float,
    once_s: float,
    first_s: float,
    every_s: float,
) -> PhaseForecast:
    """`once_s` in all, `first_s` more in each of the first epochs, `every_s` in each epoch."""
    first_epoch_s = once_s / first_epochs + first_s + every_s
    return PhaseForecast(epochs, first_epochs, first_epoch_s, every_s, setup_s)


def _share_not_kept(images: ImageCosts, samples: int) -> float:
    """Of the decoded pictures, those that the store has no room for."""
    wanted = images.picture_bytes * samples
    return max(0.0, 1 - images.store_bytes / wanted) if wanted else 0.0

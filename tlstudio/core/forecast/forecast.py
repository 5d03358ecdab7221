"""The forecast of a run for each variation of its training images; pure arithmetic.

The engine measures once what one image costs on this machine (`RunCosts`); from then on a forecast
is instant, so that it can follow every tick in the layer tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation, varied_options
from tlstudio.core.forecast.costs import RunCosts
from tlstudio.core.forecast.kept import NOTHING_KEPT, KeptFeatures, Missing, reused
from tlstudio.core.forecast.pace import UNKNOWN_PACE, Pace
from tlstudio.core.forecast.phase_costs import (
    PhaseParts,
    has_fixed_start,
    step_memory,
    tree_rows,
)
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.runs.execution_plan import (
    ExecutionPlan,
    FeatureRow,
    Limits,
    PhaseExecution,
    execution_plan,
)
from tlstudio.core.strategies import FreezePlan, PlanPhase

SLOW = 1.3  # first epochs that take this many later ones are told of
NEAR = 1.25  # phases whose epochs differ by less are told as one
UNSURE = 1.6  # times as long as foretold, or as short, where the machine was busy when measured
SPILL_SHARE = 0.1  # of decoding an image: reading it back from the disk that memory spills to


class KeepObstacle(StrEnum):
    """Why the outputs of frozen layers cannot be kept."""

    NOTHING_FIXED = "nothing_fixed"  # the first layer changes, or the network cannot be cut
    TOO_LARGE = "too_large"  # those of all views do not fit on disk
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
        """Seconds of the whole phase."""
        later = self.epochs - self.first_epochs
        return self.setup_s + self.first_epochs * self.first_epoch_s + later * self.later_epoch_s

    @property
    def usual_epoch_s(self) -> float:
        """Seconds of a later epoch, or of the first ones where there are no later ones."""
        return self.later_epoch_s if self.epochs > self.first_epochs else self.first_epoch_s

    @property
    def has_slow_start(self) -> bool:
        """Whether the first epochs are worth telling apart."""
        return self.first_epoch_s > SLOW * self.usual_epoch_s


@dataclass(frozen=True, slots=True)
class VariationForecast:
    """Seconds of a run under one choice, phase by phase.

    Attributes:
        phases: of the freeze plan.
        unsure: how many times as long the run may take, or as short; 1 where it is sure.
    """

    phases: tuple[PhaseForecast, ...]
    unsure: float = 1.0

    @property
    def epochs(self) -> int:
        return sum(phase.epochs for phase in self.phases)

    @property
    def total_s(self) -> float:
        """Seconds of the whole run."""
        return sum(phase.total_s for phase in self.phases)

    @property
    def memory_bytes(self) -> int:
        """The memory of the phase that takes most."""
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
    """The forecasts of all choices of variation.

    Attributes:
        by_variation: for each of the three.
        can_keep: whether keeping views changes anything; else cached is the same as live.
        precision: of what is multiplied.
        obstacle: why no features of training images can be kept; None where they can.
        executions: what is computed and kept under each choice.
        reused: the share of what is kept that earlier runs left in the cache, under each choice.
    """

    by_variation: Mapping[Variation, VariationForecast]
    can_keep: bool
    precision: str
    obstacle: KeepObstacle | None = None
    executions: Mapping[Variation, ExecutionPlan] = field(default_factory=dict)
    reused: Mapping[Variation, float] = field(default_factory=dict)

    def keeps(self, variation: Variation) -> bool:
        """Whether features of training images are kept in any phase under a choice."""
        if variation not in self.executions:
            return self.can_keep and variation is not Variation.LIVE
        return any(phase.views for phase in self.executions[variation].phases)

    def of(self, config: RunConfig) -> VariationForecast:
        """Return the forecast of a run with `config`."""
        return self.by_variation[Variation.of(config)]


FREE_SETTINGS = frozenset(
    {
        "learning_rate",
        "weight_decay",
        "schedule",
        "step_size",
        "gamma",
        "warmup_epochs",
        "label_smoothing",
        "mixing_alpha",
        "patience",
        "seed",
    }
)


def cost_settings(config: RunConfig) -> tuple[object, ...]:
    """The values of all settings that a forecast may depend on: all but `FREE_SETTINGS`."""
    return tuple(value for name, value in config if name not in FREE_SETTINGS)


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
    rows: Sequence[FeatureRow] | None = None,
    kept: Sequence[KeptFeatures] = (),
    paces: Sequence[Pace] = (),
) -> RunForecast:
    """Add up a run with `config` on so many images, for each choice of variation.

    What is computed how often is what the run's `ExecutionPlan` says.

    Args:
        costs: what the pieces take on this machine.
        tree: of the network.
        plan: which layers train when.
        config: the settings.
        train_samples: number of training images.
        val_samples: number of validation images.
        rows: the features at the cut of each phase; None guesses them from the tree.
        kept: those of each phase that are in the cache; empty for none.
        paces: of each phase, as far as runs have told; empty for none.
    """
    kept = kept or [NOTHING_KEPT] * len(plan.phases)
    paces = paces or [UNKNOWN_PACE] * len(plan.phases)
    is_sure = costs.is_steady or all(pace.is_known for pace in paces)
    if rows is None:
        rows = tree_rows(tree, plan, costs.precision)
    samples = (train_samples, val_samples)
    probe_s = _probe_s(costs, train_samples) if plan.probes_head else 0.0
    executions, by_variation, found = {}, {}, {}
    for variation in Variation:
        executions[variation] = execution_plan(config, plan, rows, samples, costs.limits, variation)
        found[variation] = reused(executions[variation], variation, kept)
        phases: list[PhaseForecast] = []
        read = Missing(0.0, 0.0, 0.0)  # what has been read before, in shares
        for phase, execution, there, pace in zip(
            plan.phases, executions[variation].phases, kept, paces, strict=False
        ):
            views = executions[variation].views if execution.views else 0
            missing = Missing.of(there, variation, views) if execution.is_cut else Missing()
            phases.append(
                _phase_forecast(
                    costs, tree, phase, config, execution, variation, missing, read, pace
                )
            )
            read = Missing(0.0, max(read.pictures, missing.pictures), max(read.val, missing.val))
        phases[0] = replace(phases[0], setup_s=phases[0].setup_s + probe_s)
        by_variation[variation] = VariationForecast(tuple(phases), 1.0 if is_sure else UNSURE)
    obstacle = keep_obstacle(tree, plan, config)
    cached = executions[Variation.CACHED].phases
    if obstacle is None and not any(execution.views for execution in cached):
        is_cut = any(execution.row.elements for execution in cached)
        obstacle = KeepObstacle.TOO_LARGE if is_cut else KeepObstacle.NOTHING_FIXED
    return RunForecast(by_variation, obstacle is None, costs.precision, obstacle, executions, found)


def _phase_forecast(
    costs: RunCosts,
    tree: LayerTree,
    phase: PlanPhase,
    config: RunConfig,
    execution: PhaseExecution,
    variation: Variation,
    missing: Missing,
    read: Missing,
    pace: Pace,
) -> PhaseForecast:
    """Forecast a phase as `execution` carries it out.

    Args:
        missing: the shares of views that it has to compute.
        read: the shares of images that earlier phases have read.
        pace: as runs have told.
    """
    images, train, val = costs.images, execution.train_samples, execution.val_samples
    parts = PhaseParts.of(costs, tree, phase)
    batches = -(-train // config.batch_size)
    updates = -(-batches // config.accumulation) * (2 if config.ema_decay else 1)
    parameters = phase.trainable_parameters
    row_bytes = execution.row.bytes
    load_s = row_bytes * (costs.byte_s if execution.in_memory else costs.disk_byte_s)
    keep_s = row_bytes * costs.keep_byte_s
    frozen_s = images.stack_s + (parts.frozen_s if execution.is_cut else parts.frozen_eval_s)
    reading = _Reading.of(costs, config, variation, train, val)

    every_s = (
        train * parts.train_s
        + batches * costs.step_s
        + updates * parameters * costs.update_s
        + parameters * costs.epoch_s
        + val * (parts.eval_s + costs.prediction_s)
    )
    view_s = reading.vary_s + frozen_s  # of one training view, once its picture is there
    # Pictures that the store has room for are decoded once in a run
    once_s = max(0.0, missing.pictures - read.pictures) * (reading.train_s - reading.train_again_s)
    once_s += max(0.0, missing.val - read.val) * (reading.val_s - reading.val_again_s)
    if execution.is_cut:
        every_s += val * load_s
        once_s += missing.val * (val * (frozen_s + keep_s) + reading.val_again_s)
    else:
        every_s += val * frozen_s + reading.val_again_s
    if execution.views:
        every_s += train * load_s
        first_s = missing.views * (train * (view_s + keep_s) + reading.train_again_s)
    else:
        every_s += train * view_s + reading.train_again_s
        first_s = 0.0

    first_epochs = execution.views or 1
    once_s = (once_s / first_epochs + first_s) * (1.0 if pace.once is None else pace.once)
    every_s *= 1.0 if pace.every is None else pace.every
    setup_s = costs.cut_s if row_bytes else 0.0
    return PhaseForecast(
        epochs=execution.epochs,
        first_epochs=first_epochs,
        first_epoch_s=once_s + every_s,
        later_epoch_s=every_s,
        setup_s=setup_s if pace.setup_s is None else pace.setup_s,
        first_epoch=execution.first_epoch,
        memory_bytes=step_memory(tree, phase, config, costs.precision),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Seconds that it takes to bring all images of an epoch before the network.

    Attributes:
        train_s: decoding the training images for the first time.
        train_again_s: the same in another epoch, when most may be in memory.
        val_s: decoding the validation images for the first time.
        val_again_s: the same in another epoch.
        vary_s: varying one training image.
    """

    train_s: float
    train_again_s: float
    val_s: float
    val_again_s: float
    vary_s: float

    @classmethod
    def of(
        cls, costs: RunCosts, config: RunConfig, variation: Variation, train: int, val: int
    ) -> _Reading:
        images = costs.images
        train_bytes, train_s = train * images.picture_bytes, train * images.decode_s
        vary_s = images.view_varied_s(varied_options(config))
        if variation is Variation.NONE:
            train_bytes, train_s, vary_s = train * images.view_bytes, train * images.view_s, 0.0
        val_bytes, val_s = val * images.view_bytes, val * images.view_s
        return cls(
            train_s,
            train_s * _share_read_again(costs.limits, 0, train_bytes),
            val_s,
            val_s * _share_read_again(costs.limits, train_bytes, val_bytes),
            vary_s,
        )


def _probe_s(costs: RunCosts, train_samples: int) -> float:
    """The features of every training image, once; the probe itself is quick beside them."""
    whole_s = sum(layer.forward_s for layer in costs.layers if layer.path)
    return train_samples * (costs.images.view_s + costs.images.stack_s + whole_s)


def _share_read_again(limits: Limits, taken: int, size: int) -> float:
    """Return the time of reading images again, as a share of decoding them all.

    The store holds `taken` bytes before them; when memory is full, it writes to disk, and what
    finds no room there is decoded again.
    """
    if not size:
        return 0.0
    room = limits.memory_bytes + limits.image_disk_bytes
    outside = min(size, max(0, taken + size - limits.memory_bytes))
    lost = min(size, max(0, taken + size - room))
    return (lost + SPILL_SHARE * (outside - lost)) / size

"""A freeze plan over the epochs: which stage learns when, and how fast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from tlstudio.core.config import RunConfig
from tlstudio.core.config.schedules import epoch_factor
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.strategies import (
    STRATEGIES,
    FreezePlan,
    PlanOptions,
    PlanPhase,
    backbone_steps,
    freeze_plan,
)


class Start(StrEnum):
    """The origins of a stage's values."""

    PRETRAINED = "pretrained"
    RANDOM = "random"
    PROBE = "probe"


class Statistics(StrEnum):
    """The behaviour of a stage's running statistics."""

    NONE = "none"  # there are none
    FIXED = "fixed"
    SOME_MOVE = "some_move"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A row of the timeline: layers that begin to train together, usually a stage or the head.

    Attributes:
        paths: of its layers that hold parameters.
        stages: paths of the stages it is made of, from the input on; of layers, where a stage
            belongs to two rows.
        parameters: elements.
        start: where its values come from.
        is_head: whether it is the head.
    """

    paths: frozenset[str]
    stages: tuple[str, ...]
    parameters: int
    start: Start
    is_head: bool = False

    @property
    def title(self) -> str:
        """The stages: ``layer4``, ``conv1 – layer1``, or ``features.conv0 – denseblock1``."""
        first, last = self.stages[0], self.stages[-1]
        if first == last:
            return first
        around = first.rpartition(".")[0]
        is_beside = bool(around) and last.startswith(around + ".")
        return f"{first} – {last.removeprefix(around + '.') if is_beside else last}"


@dataclass(frozen=True, slots=True)
class TimelineCell:
    """A stage in a phase of the plan.

    Attributes:
        rate: multiple of the learning rate, of its fastest layer; None while all of it is frozen.
        trainable: elements of its parameters that train.
        statistics: what its running statistics do.
    """

    rate: float | None
    trainable: int
    statistics: Statistics


@dataclass(frozen=True)
class PlanTimeline:
    """Rows from input to head, columns from epoch 1 on.

    Attributes:
        rows: stages, and the head as the last.
        cells: ``[phase][row]``.
        first_epochs: of the phases.
        factors: of the learning rate, for each epoch.
        learning_rate: that of the settings.
    """

    rows: tuple[TimelineRow, ...]
    cells: tuple[tuple[TimelineCell, ...], ...]
    first_epochs: tuple[int, ...]
    factors: tuple[float, ...]
    learning_rate: float

    @classmethod
    def of(cls, tree: LayerTree, plan: FreezePlan, config: RunConfig) -> PlanTimeline:
        """Combine `plan` with the schedule of `config`."""
        rows = timeline_rows(tree, plan, config.initialisation != "random")
        return cls(
            rows,
            tuple(tuple(_cell(tree, row, phase) for row in rows) for phase in plan.phases),
            tuple(phase.first_epoch for phase in plan.phases),
            tuple(epoch_factor(config, epoch) for epoch in range(1, config.epochs + 1)),
            config.learning_rate,
        )

    @property
    def epochs(self) -> int:
        return len(self.factors)

    @cached_property
    def fastest(self) -> float:
        """The highest learning rate of all."""
        rates = [self.rate(row, e) or 0.0 for row in range(len(self.rows)) for e in self._all]
        return max(rates, default=0.0)

    @cached_property
    def slowest(self) -> float:
        """The lowest learning rate of all that is above zero."""
        rates = [self.rate(row, e) or 0.0 for row in range(len(self.rows)) for e in self._all]
        return min((rate for rate in rates if rate > 0), default=0.0)

    def phase_at(self, epoch: int) -> int:
        """Number of the phase of an epoch."""
        return sum(first <= epoch for first in self.first_epochs) - 1

    def cell(self, row: int, epoch: int) -> TimelineCell:
        return self.cells[self.phase_at(epoch)][row]

    def rate(self, row: int, epoch: int) -> float | None:
        """Learning rate of a stage in an epoch; None while it is frozen."""
        multiple = self.cell(row, epoch).rate
        if multiple is None:
            return None
        return self.learning_rate * multiple * self.factors[epoch - 1]

    def joining(self, phase: int) -> tuple[int, ...]:
        """Rows of which something begins to train with a phase."""
        before = self.cells[phase - 1] if phase else None
        return tuple(
            row
            for row, cell in enumerate(self.cells[phase])
            if cell.trainable > (before[row].trainable if before else 0)
        )

    @property
    def _all(self) -> range:
        return range(1, self.epochs + 1)


def timeline_rows(
    tree: LayerTree, plan: FreezePlan, is_pretrained: bool = True
) -> tuple[TimelineRow, ...]:
    """The steps of unfreezing from input to head: every layer is in exactly one."""
    backbone = Start.PRETRAINED if is_pretrained else Start.RANDOM
    head = frozenset(layer.path for layer in tree.layers if layer.is_head)
    rows = [_row(tree, step, backbone) for step in reversed(backbone_steps(tree))]
    start = Start.PROBE if plan.probes_head else Start.RANDOM
    rows.append(replace(_row(tree, head, start), is_head=True))
    return tuple(row for row in rows if row.paths)


def sketch(strategy: str, options: PlanOptions) -> PlanTimeline:
    """Sketch the idea of a strategy on a network of five stages in six epochs.

    Of `options` only the rule for the backbone's learning rates counts.
    """
    small = replace(
        options,
        strategy=strategy,
        train_from="stage4",
        trainable=("stage2", "stage5", "head"),
        epochs=6,
        head_epochs=2,
        unfreeze_every=1,
        stage_decay=0.5,
        backbone_rate=0.1,
    )
    start = STRATEGIES[strategy].initialisation
    config = RunConfig(
        strategy=strategy,
        epochs=6,
        schedule="none",
        initialisation="random" if start == "random" else "pretrained",
    )
    return PlanTimeline.of(_SKETCH, freeze_plan(_SKETCH, small), config)


def _sketch_tree() -> LayerTree:
    stages = [LayerNode(f"stage{n}", "Conv2d", (8, 8, 8), 9, 9, n - 1) for n in range(1, 6)]
    head = LayerNode("head", "Linear", (9,), 9, 9, 5, is_head=True)
    return LayerTree("", 9, LayerNode("", "Net", (9,), 0, 54, 0, children=(*stages, head)), "head")


_SKETCH = _sketch_tree()


def _row(tree: LayerTree, paths: frozenset[str], start: Start) -> TimelineRow:
    stages: list[str] = []
    for stage in sorted(tree.stages, key=lambda stage: stage.order):
        below = [layer.path for layer in tree.layers_below(stage.path)]
        own = [path for path in below if path in paths]
        # a stage may hold the head and a norm before it, which belong to two rows
        stages += [stage.path] if own == below else own
    total = sum(tree.nodes[path].own_parameters for path in paths)
    return TimelineRow(paths, tuple(stages) or tuple(sorted(paths)), total, start)


def _cell(tree: LayerTree, row: TimelineRow, phase: PlanPhase) -> TimelineCell:
    training = row.paths & phase.trainable
    return TimelineCell(
        max((phase.rates[path] for path in training), default=None),
        sum(tree.nodes[path].own_parameters for path in training),
        _statistics(_norms_in(tree, row.stages), phase.statistics),
    )


def _norms_in(tree: LayerTree, stages: Iterable[str]) -> frozenset[str]:
    """Paths of the normalisation layers below these modules."""
    return frozenset(
        node.path for stage in stages for node in tree.nodes[stage].walk() if node.is_norm
    )


def _statistics(norms: frozenset[str], moving: frozenset[str]) -> Statistics:
    if not norms:
        return Statistics.NONE
    if not norms & moving:
        return Statistics.FIXED
    return Statistics.MOVE if norms <= moving else Statistics.SOME_MOVE

"""The freeze plan: which layers train from which epoch on, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RateRule = Literal["same", "backbone", "stages"]
NormPolicy = Literal["with_layer", "fixed", "adapt"]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """The part of a configuration that decides the plan.

    Attributes:
        strategy: a name of `STRATEGIES`.
        train_from: for ``partial``, the module path at which training begins; empty chooses one.
        trainable: for ``custom``, the paths of the layers that train.
        epochs: of the run; phases that would begin later are left out.
        head_epochs: for ``head_first``, epochs in which the head trains alone.
        unfreeze_every: for ``gradual``, epochs between two stages.
        rate_rule: learning rates below the head: the same, or ``backbone_rate`` for all of the
            backbone, or ``stage_decay`` for each stage further from the head.
        backbone_rate: multiple of the learning rate, 0..1.
        stage_decay: multiple from one stage to the one before it, 0..1.
        norms: whose running statistics move: of normalisation layers that train, of none, of all.
    """

    strategy: str = "feature_extraction"
    train_from: str = ""
    trainable: tuple[str, ...] = ()
    epochs: int = 25
    head_epochs: int = 5
    unfreeze_every: int = 2
    rate_rule: RateRule = "backbone"
    backbone_rate: float = 0.1
    stage_decay: float = 0.5
    norms: NormPolicy = "with_layer"


@dataclass(frozen=True, slots=True)
class PlanPhase:
    """A phase of the plan: what trains from one epoch on, until the next phase begins.

    Attributes:
        first_epoch: counts from 1.
        rates: for the path of each module whose own parameters train the multiple of the
            learning rate with which they do; all other parameters are frozen.
        statistics: paths of the normalisation layers whose running statistics move; all others
            stay as they are.
        trainable_parameters: elements of the parameters that train.
    """

    first_epoch: int
    rates: Mapping[str, float]
    statistics: frozenset[str]
    trainable_parameters: int

    @property
    def trainable(self) -> frozenset[str]:
        """Paths of the modules whose own parameters train."""
        return frozenset(self.rates)


@dataclass(frozen=True, slots=True)
class FreezePlan:
    """The layers that train, when they do, and with which learning rate.

    What trains once trains to the end, always at the same multiple of the learning rate; so the
    last phase holds everything that ever trains.

    Attributes:
        strategy: name of the strategy that made it.
        phases: in order; the first begins with epoch 1.
        total_parameters: elements of all parameters.
        probes_head: whether the head starts from a linear probe of the frozen features.
    """

    strategy: str
    phases: tuple[PlanPhase, ...]
    total_parameters: int
    probes_head: bool = False

    @property
    def last(self) -> PlanPhase:
        return self.phases[-1]

    @property
    def trainable(self) -> frozenset[str]:
        """Paths of the modules whose own parameters ever train."""
        return self.last.trainable

    @property
    def statistics(self) -> frozenset[str]:
        """Paths of the normalisation layers whose running statistics ever move."""
        return self.last.statistics

    @property
    def trainable_parameters(self) -> int:
        """Elements of the parameters that ever train."""
        return self.last.trainable_parameters

    def at(self, epoch: int) -> PlanPhase:
        """The phase of an epoch, which counts from 1."""
        return next(phase for phase in reversed(self.phases) if phase.first_epoch <= epoch)

    def last_epoch_of(self, phase: PlanPhase, epochs: int) -> int:
        """The last epoch of one of its phases in a run of so many epochs."""
        later = (other.first_epoch for other in self.phases)
        return min((first - 1 for first in later if first > phase.first_epoch), default=epochs)

    def epochs_of(self, phase: PlanPhase, epochs: int) -> int:
        """Count the epochs that `phase` lasts in a run of `epochs`."""
        return self.last_epoch_of(phase, epochs) - phase.first_epoch + 1

    def first_epoch_of(self, path: str) -> int | None:
        """The epoch from which on a layer trains; None if it never does."""
        return next((phase.first_epoch for phase in self.phases if path in phase.rates), None)

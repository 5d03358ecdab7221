"""The execution plan: what a run computes once and keeps, and what in every epoch.

The engine, its progress, the forecast and the code export all read the `ExecutionPlan` that
`execution_plan` works out. It is pure arithmetic: how large features are, how many images there
are and how much room the machine has are told to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.core.config import RunConfig
from tlstudio.core.config.variation import Variation
from tlstudio.core.runs.execution import FeatureUse
from tlstudio.core.strategies import FreezePlan

VALUE_BYTES = {"float32": 4, "bfloat16": 2}

FEATURE_DISK_BYTES = 8_000_000_000
MEMORY_BYTES = 1 << 30
IMAGE_DISK_BYTES = 8_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run's memory and disk; the defaults are the most that is given of itself.

    Attributes:
        feature_disk_bytes: of features in the cache folder.
        memory_bytes: of features, and as much again of decoded images.
        image_disk_bytes: of decoded images that memory has no room for.
    """

    feature_disk_bytes: int = FEATURE_DISK_BYTES
    memory_bytes: int = MEMORY_BYTES
    image_disk_bytes: int = IMAGE_DISK_BYTES


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """The features of one view of one image, where the network is cut.

    Attributes:
        elements: numbers in all tensors at the cut; 0 where the network cannot be cut.
        precision: ``float32`` or ``bfloat16``, in which they are stored.
    """

    elements: int = 0
    precision: str = "float32"

    @property
    def bytes(self) -> int:
        return self.elements * VALUE_BYTES[self.precision]


@dataclass(frozen=True, slots=True)
class PhaseExecution:
    """The execution of one phase of a freeze plan.

    Attributes:
        first_epoch: of the phase in the run; counts from 1.
        epochs: how many it lasts.
        train_samples: training images of an epoch.
        val_samples: validation images.
        row: features of one view.
        is_cut: whether the frozen layers run apart from the others. Then the features of the
            validation images are kept. Else the whole network runs for every image.
        views: of each training image whose features are kept while the phase lasts; 0 where they
            are computed anew in every epoch.
        in_memory: whether kept features stay in memory; else they are read from disk.
    """

    first_epoch: int
    epochs: int
    train_samples: int
    val_samples: int
    row: FeatureRow
    is_cut: bool
    views: int
    in_memory: bool

    @property
    def use(self) -> FeatureUse:
        """The use of the features of training images."""
        if not self.is_cut:
            return FeatureUse.NONE
        return FeatureUse.CACHED if self.views else FeatureUse.LIVE

    @property
    def kept_rows(self) -> int:
        """Views whose features are kept, those of validation included."""
        return self.val_samples + self.views * self.train_samples if self.is_cut else 0

    @property
    def kept_bytes(self) -> int:
        """Size of what is kept."""
        return self.kept_rows * self.row.bytes

    @property
    def train_passes(self) -> int:
        """The passes of the frozen layers for each training view in this phase."""
        return (self.views or self.epochs) * self.train_samples

    @property
    def val_passes(self) -> int:
        """The passes of the frozen layers for each validation view in this phase."""
        return self.val_samples * (1 if self.is_cut else self.epochs)


@dataclass(frozen=True, slots=True)
class ExecutionPlan:
    """The execution of a run, phase by phase.

    Attributes:
        views: how many views of a training image take turns over the epochs where features are
            kept; 0 where every epoch makes new ones.
        phases: one for each phase of the freeze plan.
    """

    views: int
    phases: tuple[PhaseExecution, ...]

    def at(self, epoch: int) -> PhaseExecution:
        """The phase of an epoch, which counts from 1."""
        return next(phase for phase in reversed(self.phases) if phase.first_epoch <= epoch)

    @property
    def epochs(self) -> int:
        return sum(phase.epochs for phase in self.phases)

    @property
    def live_epochs(self) -> tuple[int, ...]:
        """Epochs in which no features of training images are kept."""
        return tuple(epoch for epoch in range(1, self.epochs + 1) if not self.at(epoch).views)

    @property
    def live_from(self) -> int:
        """The first of the live epochs; one past the last epoch where there are none."""
        return min(self.live_epochs, default=self.epochs + 1)


def wanted_views(config: RunConfig, variation: Variation | None = None) -> int:
    """Return the number of views that take turns; 0 for new ones in every epoch.

    Args:
        config: the settings.
        variation: instead of the one that `config` chooses.
    """
    if config.mixing != "none":
        return 0  # every epoch mixes others
    match variation or Variation.of(config):
        case Variation.NONE:
            return 1
        case Variation.LIVE:
            return 0
        case Variation.CACHED:
            return min(config.cached_views, config.epochs)


def execution_plan(
    config: RunConfig,
    plan: FreezePlan,
    rows: Sequence[FeatureRow],
    samples: tuple[int, int],
    limits: Limits,
    variation: Variation | None = None,
) -> ExecutionPlan:
    """Decide what each phase keeps.

    A phase keeps the views that its epochs come to. Where those of training do not fit on disk,
    they are computed in every epoch; where not even those of validation fit, the network is not
    cut at all.

    Args:
        config: the settings.
        plan: which layers train when.
        rows: the features at the cut of each phase of `plan`.
        samples: numbers of training and of validation images.
        limits: how much room there is.
        variation: instead of the one that `config` chooses.
    """
    views = wanted_views(config, variation)
    train, val = samples
    phases = []
    for phase, row in zip(plan.phases, rows, strict=True):
        epochs = plan.epochs_of(phase, config.epochs)
        if epochs < 1:
            break
        is_cut = row.bytes > 0 and val * row.bytes <= limits.feature_disk_bytes
        needed = min(views, epochs) if is_cut else 0
        if (val + needed * train) * row.bytes > limits.feature_disk_bytes:
            needed = 0
        in_memory = (val + needed * train) * row.bytes <= limits.memory_bytes
        phases.append(
            PhaseExecution(
                phase.first_epoch, epochs, train, val, row, is_cut, needed, in_memory or not is_cut
            )
        )
    return ExecutionPlan(views, tuple(phases))

"""What earlier runs have left in the cache of features, as shares of a dataset's images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlstudio.core.config.variation import Variation
from tlstudio.core.runs.execution_plan import ExecutionPlan


@dataclass(frozen=True, slots=True)
class KeptFeatures:
    """The shares of images whose features at the cut of a phase are in the cache.

    Attributes:
        val: of the validation images.
        plain: of the training images as they are.
        varied: of the training images, for each varied view by its number.
    """

    val: float = 0.0
    plain: float = 0.0
    varied: tuple[float, ...] = ()

    def of_views(self, variation: Variation, views: int) -> tuple[float, ...]:
        """The share for each of the `views` that take turns in training."""
        shares = (self.plain,) if variation is Variation.NONE else self.varied
        return (*shares, *(0.0 for _ in range(views)))[:views]


NOTHING_KEPT = KeptFeatures()


@dataclass(frozen=True, slots=True)
class Missing:
    """The shares that a phase has still to compute.

    Attributes:
        views: of the training views.
        pictures: of the training images that must be read for them: at least those of the view of
            which fewest are there.
        val: of the validation images.
    """

    views: float = 1.0
    pictures: float = 1.0
    val: float = 1.0

    @classmethod
    def of(cls, kept: KeptFeatures, variation: Variation, views: int) -> Missing:
        """Of a phase that is cut; `views` take turns, or 0 where all are new in every epoch."""
        shares = kept.of_views(variation, views)
        if not shares:
            return cls(val=1 - kept.val)
        return cls(1 - sum(shares) / len(shares), 1 - min(shares), 1 - kept.val)


def reused(plan: ExecutionPlan, variation: Variation, kept: Sequence[KeptFeatures]) -> float:
    """The share of all features that the run keeps which are in the cache already, 0..1."""
    wanted = found = 0.0
    for phase, there in zip(plan.phases, kept, strict=False):
        if not phase.is_cut:
            continue
        missing = Missing.of(there, variation, plan.views if phase.views else 0)
        wanted += phase.kept_rows
        found += phase.val_samples * (1 - missing.val)
        found += phase.views * phase.train_samples * (1 - missing.views)
    return found / wanted if wanted else 0.0

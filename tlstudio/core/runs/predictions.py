"""Predictions for images, and their order in a gallery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROUNDING = 1e-9  # 0.05 * 20 is a little less than 1


@dataclass(frozen=True, slots=True)
class Novelty:
    """How new one image is to a network.

    Attributes:
        distance: mean cosine distance to the nearest training images, 0 to 2.
        share: the image's conformal level: about this share of known images is as far away.
        level: at which it is refused.
    """

    distance: float
    share: float
    level: float

    @property
    def is_known(self) -> bool:
        return self.share > self.level + ROUNDING


@dataclass(frozen=True, slots=True)
class PredictionRecord:
    """The answer for one image.

    Attributes:
        image: that was asked about.
        probabilities: of every class, in class order; they sum to 1.
        target: the true class index; None where it is not known.
        novelty: how new the image is to the network; None where that is not asked.
        predicted: index of the most probable class, the first of equals.
        confidence: probability of the predicted class.
    """

    image: ImageRef
    probabilities: tuple[float, ...]
    target: int | None = None
    novelty: Novelty | None = None
    # found once, on the thread that the answer comes from: there may be thousands of classes
    predicted: int = field(init=False, repr=False, compare=False)
    confidence: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        confidence = max(self.probabilities)
        object.__setattr__(self, "confidence", confidence)
        object.__setattr__(self, "predicted", self.probabilities.index(confidence))

    @property
    def path(self) -> Path | None:
        """The image's own file; None where it lies in something else."""
        return self.image.path

    @property
    def is_known(self) -> bool:
        """False where the answer is "none of these"."""
        return self.novelty is None or self.novelty.is_known

    @property
    def is_right(self) -> bool | None:
        """Whether the prediction is the true class; None where that is not known."""
        return None if self.target is None else self.predicted == self.target

    def top(self, count: int) -> tuple[tuple[int, float], ...]:
        """The `count` most probable classes as (class index, probability), most probable first."""
        ranked = sorted(enumerate(self.probabilities), key=lambda pair: -pair[1])
        return tuple(ranked[:count])


class GalleryOrder(StrEnum):
    """The orders and filters of the gallery."""

    DATASET = "dataset"
    MOST_SURE_WRONG = "most_sure_wrong"
    MOST_SURE_RIGHT = "most_sure_right"
    LEAST_SURE = "least_sure"
    HIGHEST_LOSS = "highest_loss"
    WRONG = "wrong"
    RIGHT = "right"
    MOST_SURE = "most_sure"
    NONE_OF_THESE = "none_of_these"


NEED_TRUTH = frozenset(
    {
        GalleryOrder.MOST_SURE_WRONG,
        GalleryOrder.MOST_SURE_RIGHT,
        GalleryOrder.HIGHEST_LOSS,
        GalleryOrder.WRONG,
        GalleryOrder.RIGHT,
    }
)

GALLERY_ORDER_TITLES = {
    GalleryOrder.DATASET: QT_TRANSLATE_NOOP("core", "All, as in the folder"),
    GalleryOrder.MOST_SURE_WRONG: QT_TRANSLATE_NOOP("core", "Most sure and wrong"),
    GalleryOrder.MOST_SURE_RIGHT: QT_TRANSLATE_NOOP("core", "Most sure and right"),
    GalleryOrder.LEAST_SURE: QT_TRANSLATE_NOOP("core", "Least sure"),
    GalleryOrder.HIGHEST_LOSS: QT_TRANSLATE_NOOP("core", "Highest loss"),
    GalleryOrder.WRONG: QT_TRANSLATE_NOOP("core", "Wrong"),
    GalleryOrder.RIGHT: QT_TRANSLATE_NOOP("core", "Right"),
    GalleryOrder.MOST_SURE: QT_TRANSLATE_NOOP("core", "Most sure"),
    GalleryOrder.NONE_OF_THESE: QT_TRANSLATE_NOOP("core", "None of these"),
}


_SUREST_FIRST = frozenset(
    {GalleryOrder.MOST_SURE, GalleryOrder.MOST_SURE_WRONG, GalleryOrder.MOST_SURE_RIGHT}
)


def arrange(
    predictions: Iterable[PredictionRecord],
    order: GalleryOrder = GalleryOrder.DATASET,
    *,
    true_class: int | None = None,
    predicted_class: int | None = None,
    name: str = "",
) -> tuple[PredictionRecord, ...]:
    """Filter and sort predictions for a gallery.

    Args:
        predictions: in dataset order.
        order: what to show, in which order; sorting is stable.
        true_class: keep only this true class.
        predicted_class: keep only this prediction.
        name: keep only images whose file name has this in it, in letters of any size.
    """
    sought = name.casefold()
    wanted = {
        GalleryOrder.MOST_SURE_WRONG: False,
        GalleryOrder.WRONG: False,
        GalleryOrder.MOST_SURE_RIGHT: True,
        GalleryOrder.RIGHT: True,
    }.get(order)
    kept = [
        p
        for p in predictions
        if (wanted is None or p.is_right is wanted)
        and (order is not GalleryOrder.NONE_OF_THESE or not p.is_known)
        and (true_class is None or p.target == true_class)
        and (predicted_class is None or p.predicted == predicted_class)
        and (not sought or sought in p.image.name.casefold())
    ]
    if order in _SUREST_FIRST:
        kept.sort(key=lambda p: -p.confidence)
    elif order is GalleryOrder.LEAST_SURE:
        kept.sort(key=lambda p: p.confidence)
    elif order is GalleryOrder.HIGHEST_LOSS:
        kept.sort(key=lambda p: 1.0 if p.target is None else p.probabilities[p.target])
    return tuple(kept)


def accuracy(predictions: Iterable[PredictionRecord]) -> float | None:
    """Share of right predictions among those whose true class is known; None if there are none."""
    known = [p.is_right for p in predictions if p.is_right is not None]
    return sum(known) / len(known) if known else None

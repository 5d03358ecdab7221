"""What predictions are worth in numbers: accuracy, per class, by probability; as values.

A number that cannot be told is None, never 0 or NaN; `ClassScores.undefined` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tlstudio.core.data.dataset import Split
from tlstudio.core.notes import Note
from tlstudio.core.significance import Interval, wilson
from tlstudio.core.texts import QT_TRANSLATE_NOOP

NEVER_PREDICTED = QT_TRANSLATE_NOOP("core", "No image was taken for this class.")
NO_IMAGE = QT_TRANSLATE_NOOP("core", "There is no image of this class.")
NO_OTHER = QT_TRANSLATE_NOOP("core", "There is no image of another class.")
NEITHER = QT_TRANSLATE_NOOP("core", "No image is of this class, and none was taken for it.")

_HEADLINES = {
    Split.VAL: QT_TRANSLATE_NOOP(
        "core", "Validation accuracy {percent} % ({low}–{high}), {right} of {images}"
    ),
    Split.TEST: QT_TRANSLATE_NOOP(
        "core", "Test accuracy {percent} % ({low}–{high}), {right} of {images}"
    ),
    None: QT_TRANSLATE_NOOP(
        "core", "Accuracy on “{name}” {percent} % ({low}–{high}), {right} of {images}"
    ),
}
_NOTHING = QT_TRANSLATE_NOOP("core", "No image with a known class: there is no accuracy")
_APART = QT_TRANSLATE_NOOP(
    "core",
    "{percent} % ({low}–{high}), {right} of {images}, without the {count} images that are also in "
    "training",
)
_APART_ONE = QT_TRANSLATE_NOOP(
    "core",
    "{percent} % ({low}–{high}), {right} of {images}, without the one image that is also in "
    "training",
)
_APART_NONE = QT_TRANSLATE_NOOP("core", "Every one of these images is also in training")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of images among others, e.g. those told rightly."""

    right: int
    images: int

    @property
    def value(self) -> float | None:
        return self.right / self.images if self.images else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval."""
        return wilson(self.right, self.images) if self.images else None

    def to_values(self) -> dict[str, object]:
        """The share as JSON has it."""
        return {
            "value": self.value,
            "interval": _ends(self.interval),
            "right": self.right,
            "images": self.images,
        }


@dataclass(frozen=True, slots=True)
class TopShare:
    """The share of images whose class is among the `k` most probable ones."""

    k: int
    share: Share


@dataclass(frozen=True, slots=True)
class ClassScores:
    """The scores of one class against the rest.

    Attributes:
        name: of the class.
        right: its images that were told rightly.
        support: its images.
        predicted: images that were taken for it.
        roc_auc: area under the ROC curve of its probability.
        average_precision: likewise under the precision-recall curve, in steps.
        images: all images with a known class.
    """

    name: str
    right: int
    support: int
    predicted: int
    images: int
    roc_auc: float | None = None
    average_precision: float | None = None

    @property
    def precision(self) -> Share:
        """Of the images that were taken for this class, those that are of it."""
        return Share(self.right, self.predicted)

    @property
    def recall(self) -> Share:
        """Of the images of this class, those that were told rightly: its accuracy."""
        return Share(self.right, self.support)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        total = self.support + self.predicted
        return 2 * self.right / total if total else None

    @property
    def f1_interval(self) -> Interval | None:
        """The 95 % interval of F1.

        Of the images that are of this class or were taken for it, both holds for a share J, which
        has Wilson's interval; F1 is 2 J / (1 + J), and grows with it.
        """
        either = self.support + self.predicted - self.right
        if not either:
            return None
        share = wilson(self.right, either)
        return Interval(*(2 * end / (1 + end) for end in (share.low, share.high)))

    @property
    def undefined(self) -> dict[str, str]:
        """Why a number of this class is None, by its name."""
        found: dict[str, str] = {}
        if not self.predicted:
            found["precision"] = NEVER_PREDICTED
        if not self.support:
            found |= dict.fromkeys(("recall", "roc_auc", "average_precision"), NO_IMAGE)
        elif self.support == self.images:
            found["roc_auc"] = NO_OTHER
        if self.f1 is None:
            found["f1"] = NEITHER
        return found

    def to_values(self) -> dict[str, object]:
        """The class as JSON has it, with what follows from its counts."""
        return {
            "name": self.name,
            "right": self.right,
            "support": self.support,
            "predicted": self.predicted,
            "images": self.images,
            "precision": self.precision.value,
            "precision_interval": _ends(self.precision.interval),
            "recall": self.recall.value,
            "recall_interval": _ends(self.recall.interval),
            "f1": self.f1,
            "f1_interval": _ends(self.f1_interval),
            "roc_auc": self.roc_auc,
            "average_precision": self.average_precision,
            "undefined": {name: str(reason) for name, reason in self.undefined.items()},
        }


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Images whose prediction has a probability above `low` and up to `high`.

    Attributes:
        share: how many of them were told rightly.
        confidence: the mean probability of their predictions; None without images.
    """

    low: float
    high: float
    share: Share
    confidence: float | None

    def to_values(self) -> dict[str, object]:
        """The bin as JSON has it."""
        return {
            "low": self.low,
            "high": self.high,
            "confidence": self.confidence,
            "accuracy": self.share.value,
            "share": self.share.to_values(),
        }


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of predictions for images of known classes; equal to scikit-learn's.

    Attributes:
        accuracy: images told rightly.
        top: the same for the k most probable classes, where there are more than k.
        classes: each class, in class order.
        balanced_accuracy: mean recall of the classes that have images.
        macro_f1: mean F1 of the classes that have images or were predicted.
        roc_auc: mean of the classes for which it is defined.
        average_precision: likewise.
        log_loss: mean -log of the probability of the true class, which is taken to be at least the
            precision of floats (2.2e-16).
        ece: expected calibration error: the mean distance between probability and accuracy in
            `bins`, weighted by images (Naeini, Cooper and Hauskrecht, AAAI 2015).
        confidence: mean probability of the predictions.
        bins: the reliability diagram.
        apart: the accuracy without images that are also among those of training; None where
            nothing was said about that.
        unlabelled: further images, whose class is not known.
    """

    accuracy: Share
    classes: tuple[ClassScores, ...]
    top: tuple[TopShare, ...] = ()
    balanced_accuracy: float | None = None
    macro_f1: float | None = None
    roc_auc: float | None = None
    average_precision: float | None = None
    log_loss: float | None = None
    ece: float | None = None
    confidence: float | None = None
    bins: tuple[ReliabilityBin, ...] = ()
    apart: Share | None = None
    unlabelled: int = 0

    @property
    def lookalikes(self) -> int:
        """Images that are also among those of training."""
        return 0 if self.apart is None else self.accuracy.images - self.apart.images

    def headline(self, split: Split | None, name: str = "") -> Note:
        """The accuracy in a sentence that says what it was measured on.

        Args:
            split: of the dataset; None for a folder.
            name: of the folder.
        """
        if not self.accuracy.images:
            return Note(_NOTHING)
        return Note(_HEADLINES.get(split, _HEADLINES[None]), _told(self.accuracy, name=name))

    def headline_apart(self) -> Note | None:
        """The accuracy without look-alikes of training images; None where there are none."""
        if self.apart is None or not self.lookalikes:
            return None
        if not self.apart.images:
            return Note(_APART_NONE)
        sentence = _APART_ONE if self.lookalikes == 1 else _APART
        return Note(sentence, _told(self.apart, count=self.lookalikes))

    def to_values(self) -> dict[str, object]:
        """The scores as JSON has them; `from_values` reads them."""
        return {
            "accuracy": self.accuracy.value,
            "interval": _ends(self.accuracy.interval),
            "right": self.accuracy.right,
            "images": self.accuracy.images,
            "unlabelled": self.unlabelled,
            "top_k": [{"k": top.k, **top.share.to_values()} for top in self.top],
            "balanced_accuracy": self.balanced_accuracy,
            "macro_f1": self.macro_f1,
            "roc_auc": self.roc_auc,
            "average_precision": self.average_precision,
            "log_loss": self.log_loss,
            "ece": self.ece,
            "confidence": self.confidence,
            "reliability": [one.to_values() for one in self.bins],
            "without_training_images": None if self.apart is None else self.apart.to_values(),
            "per_class": [one.to_values() for one in self.classes],
        }

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Scores:
        """Read what `to_values` returned.

        Raises:
            ValueError: it is something else.
        """
        try:
            apart = values["without_training_images"]
            return cls(
                accuracy=_share(values),
                classes=tuple(_class(row) for row in values["per_class"]),
                top=tuple(TopShare(row["k"], _share(row)) for row in values["top_k"]),
                bins=tuple(
                    ReliabilityBin(row["low"], row["high"], _share(row["share"]), row["confidence"])
                    for row in values["reliability"]
                ),
                apart=None if apart is None else _share(apart),
                **{name: values[name] for name in _PLAIN},
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not the scores of the studio") from error


_PLAIN = (
    *("balanced_accuracy", "macro_f1", "roc_auc", "average_precision", "log_loss", "ece"),
    *("confidence", "unlabelled"),
)
_OF_CLASS = ("name", "right", "support", "predicted", "images", "roc_auc", "average_precision")


@dataclass(frozen=True, slots=True)
class ClassCurves:
    """The curves of one class against the rest, over all thresholds of its probability.

    Attributes:
        roc: (false positive rate, true positive rate), from (0, 0) to (1, 1); empty where
            undefined.
        precision_recall: (recall, precision), from recall 0 on; empty where undefined.
    """

    roc: tuple[tuple[float, float], ...] = ()
    precision_recall: tuple[tuple[float, float], ...] = ()


def _share(values: Mapping[str, Any]) -> Share:
    return Share(int(values["right"]), int(values["images"]))


def _class(values: Mapping[str, Any]) -> ClassScores:
    return ClassScores(**{name: values[name] for name in _OF_CLASS})


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _told(share: Share, **more: object) -> dict[str, object]:
    """The values of the sentences above, of a share of at least one image."""
    interval = wilson(share.right, share.images)
    return {
        "percent": f"{100 * share.right / share.images:.1f}",
        "low": f"{100 * interval.low:.0f}",
        "high": f"{100 * interval.high:.0f}",
        "right": share.right,
        "images": share.images,
        **more,
    }

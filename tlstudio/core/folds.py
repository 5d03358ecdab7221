"""Cross-validation: one configuration trained once for each fold, which then validates it.

Its events are frozen and picklable. Accuracies are those after the last epoch: the best one was
chosen by the very images that it is measured on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from statistics import mean, stdev

from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import RunEndReason, RunEvent
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.significance import CONFIDENCE, Interval, student_quantile
from tlstudio.core.texts import QT_TRANSLATE_NOOP

USUAL_FOLDS = 5


@dataclass(frozen=True)
class FoldResult:
    """The run that a fold validated.

    Attributes:
        fold: counts from 1.
        run: all that it told.
        predictions: for the images of the fold, after the last epoch; empty where none ended.
    """

    fold: int
    run: RunRecord
    predictions: tuple[PredictionRecord, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it ran to its end: only such runs count."""
        end = self.run.end
        reasons = (RunEndReason.FINISHED, RunEndReason.EARLY)
        return end is not None and end.reason in reasons and bool(self.predictions)

    @property
    def right(self) -> int:
        return sum(prediction.is_right is True for prediction in self.predictions)

    @property
    def accuracy(self) -> float | None:
        return self.right / len(self.predictions) if self.is_whole else None


@dataclass(frozen=True)
class FoldsRecord:
    """A cross-validation so far.

    Attributes:
        folds: how many there are.
        classes: their names.
        images: that are predicted once each, by a network that has not learned from them.
        put_aside: images of the test split, which no fold touches.
        results: of the folds that are over, in their order.
    """

    folds: int
    classes: tuple[str, ...]
    images: int
    put_aside: int = 0
    results: tuple[FoldResult, ...] = ()

    def with_result(self, result: FoldResult) -> FoldsRecord:
        return replace(self, results=(*self.results, result))

    @property
    def whole(self) -> tuple[FoldResult, ...]:
        """The results that count."""
        return tuple(result for result in self.results if result.is_whole)

    @property
    def accuracies(self) -> tuple[float, ...]:
        """One for each fold that counts."""
        return tuple(r.accuracy for r in self.whole if r.accuracy is not None)

    @property
    def accuracy(self) -> float | None:
        """Mean over the folds."""
        return mean(self.accuracies) if self.accuracies else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the mean by Student's t over the folds; None below two of them.

        Folds share most of their training images, so it is rather too narrow than too wide
        (Bengio and Grandvalet, JMLR 2004: no estimate of it is unbiased).
        """
        values = self.accuracies
        if len(values) < 2:
            return None
        half = student_quantile((1 + CONFIDENCE) / 2, len(values) - 1)
        half *= stdev(values) / sqrt(len(values))
        return Interval(max(0.0, mean(values) - half), min(1.0, mean(values) + half))

    @property
    def confusion(self) -> ConfusionMatrix:
        """Every image by the network that has not learned from it."""
        told = (prediction for result in self.whole for prediction in result.predictions)
        return ConfusionMatrix.of(told, self.classes)

    @property
    def headline(self) -> tuple[Note, ...]:
        """The result, and what it is measured on."""
        accuracy, interval = self.accuracy, self.interval
        if accuracy is None:
            return ()
        values: dict[str, object] = {
            "accuracy": f"{100 * accuracy:.1f}",
            "folds": len(self.whole),
            "images": sum(len(result.predictions) for result in self.whole),
        }
        measured = Note(
            QT_TRANSLATE_NOOP(
                "core",
                "Measured on {images} images, each of them once, by a network that has not learned "
                "from it; after the last epoch.",
            ),
            values,
        )
        if interval is None:
            sentence = QT_TRANSLATE_NOOP("core", "Accuracy {accuracy}% in one fold.")
            return Note(sentence, values), measured
        values |= {"low": f"{100 * interval.low:.1f}", "high": f"{100 * interval.high:.1f}"}
        return (
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Accuracy {accuracy}% (from {low} to {high}%): mean and 95% interval over "
                    "{folds} folds.",
                ),
                values,
            ),
            measured,
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The folds share most of their training images, so the interval is rather too "
                    "narrow.",
                )
            ),
        )


@dataclass(frozen=True, slots=True)
class FoldsStarted:
    """The first event; nobody has trained yet."""

    record: FoldsRecord


@dataclass(frozen=True, slots=True)
class FoldStarted:
    """The run that a fold validates begins."""

    fold: int
    train_images: int
    val_images: int


@dataclass(frozen=True, slots=True)
class FoldSaid:
    """What the run of a fold tells."""

    fold: int
    event: RunEvent


@dataclass(frozen=True, slots=True)
class FoldEnded:
    """A fold is over, however it went; its result is the last one of the record."""

    record: FoldsRecord


@dataclass(frozen=True, slots=True)
class FoldsEnded:
    """The last event."""

    record: FoldsRecord
    is_stopped: bool


FoldsEvent = FoldsStarted | FoldStarted | FoldSaid | FoldEnded | FoldsEnded

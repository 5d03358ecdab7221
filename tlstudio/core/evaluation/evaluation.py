"""An evaluation as values: what a classifier was asked about, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tlstudio.core.data.dataset import ExcludedFile, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.evaluation.confusion import ConfusionMatrix
from tlstudio.core.evaluation.scores import Scores
from tlstudio.core.notes import Note
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_LOOKED_ONCE = QT_TRANSLATE_NOOP(
    "core",
    "The test split was looked at for the first time. Choose nothing by its accuracy, or it is one "
    "more validation split.",
)
_LOOKED_OFTEN = QT_TRANSLATE_NOOP(
    "core",
    "The test split was looked at {count} times: what was chosen by its accuracy makes that too "
    "good.",
)


class TargetKind(StrEnum):
    """What a classifier may be evaluated on."""

    VALIDATION = "validation"
    TEST = "test"
    FOLDER = "folder"
    IMAGES = "images"


TARGET_TITLES = {
    TargetKind.VALIDATION: QT_TRANSLATE_NOOP("core", "Validation images"),
    TargetKind.TEST: QT_TRANSLATE_NOOP("core", "Test images"),
    TargetKind.FOLDER: QT_TRANSLATE_NOOP("core", "Folder with class folders"),
    TargetKind.IMAGES: QT_TRANSLATE_NOOP("core", "Images without classes"),
}
_SPLITS = {TargetKind.VALIDATION: Split.VAL, TargetKind.TEST: Split.TEST}


@dataclass(frozen=True, slots=True)
class EvaluationTarget:
    """The images of an evaluation.

    Attributes:
        kind: a split of the open dataset, a folder with class folders, or single images.
        folder: of `TargetKind.FOLDER`.
        images: of `TargetKind.IMAGES`; their classes are not known.
    """

    kind: TargetKind
    folder: Path | None = None
    images: tuple[ImageRef, ...] = ()

    @property
    def split(self) -> Split | None:
        """The split of the dataset; None where it is no split."""
        return _SPLITS.get(self.kind)


@dataclass(frozen=True, slots=True)
class EvaluationProgressed:
    """So many images of so many are done."""

    done: int
    total: int


@dataclass(frozen=True)
class Evaluation:
    """The end of an evaluation.

    Attributes:
        target: what it was about.
        name: of the dataset or folder.
        classes: those of the classifier, which predictions and scores count in.
        predictions: of every image that could be read.
        scores: of those whose class is known.
        temperature: that the logits were divided by.
        excluded: files that could not be read.
        notes: e.g. that classes are unknown or without images.
        test_looks: how often the test split was looked at, this time included; None for others.
        is_whole: False where it was stopped.
    """

    target: EvaluationTarget
    name: str
    classes: tuple[str, ...]
    predictions: tuple[PredictionRecord, ...]
    scores: Scores
    temperature: float = 1.0
    excluded: tuple[ExcludedFile, ...] = ()
    notes: tuple[Note, ...] = field(default=())
    test_looks: int | None = None
    is_whole: bool = True

    @property
    def headline(self) -> Note:
        """The accuracy, and what it was measured on."""
        return self.scores.headline(self.target.split, self.name)

    @property
    def confusion(self) -> ConfusionMatrix:
        return ConfusionMatrix.of(self.predictions, self.classes)

    @property
    def looks(self) -> Note | None:
        """How often the test split was looked at; None for other images."""
        if self.test_looks is None:
            return None
        sentence = _LOOKED_ONCE if self.test_looks <= 1 else _LOOKED_OFTEN
        return Note(sentence, {"count": self.test_looks})

    def to_values(self) -> dict[str, object]:
        """The evaluation as JSON has it, without the single predictions."""
        matrix = self.confusion
        return {
            "target": self.target.kind.value,
            "dataset": self.name,
            "is_whole": self.is_whole,
            "temperature": self.temperature,
            **self.scores.to_values(),
            "confusion_matrix": {
                "classes": list(self.classes),
                "counts": matrix.counts.tolist(),
            },
            "most_confused": [
                {
                    "true": self.classes[pair.true],
                    "predicted": self.classes[pair.predicted],
                    "count": pair.count,
                }
                for pair in matrix.most_confused(10)
            ],
            "test_looks": self.test_looks,
            "excluded": [{"path": str(f.image), "reason": f.reason} for f in self.excluded],
            "notes": [str(note) for note in self.notes],
        }

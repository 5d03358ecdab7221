"""What a classifier says of a photo that came as bytes, and what goes out of it as JSON."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO

from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.errors import ImageError, TLStudioError
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.images import image_details
from tlstudio.engine.inference import Predictor
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.serving.limits import ServingLimits


class RefusedError(Exception):
    """A request that is not answered as asked.

    Attributes:
        status: of HTTP.
        error: the sentence.
    """

    def __init__(self, status: HTTPStatus, sentence: str, hint: str = "", **values: object) -> None:
        super().__init__(sentence)
        self.status = status
        self.error = TLStudioError(sentence, hint, **values)


@dataclass(frozen=True, slots=True)
class _Upload:
    """The bytes of one photo as a container of images; no name from outside reaches a disk."""

    content: bytes
    id: str = "upload"

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.content)

    def stat(self, key: str) -> ImageStat:
        return ImageStat(len(self.content), 0, 0)

    def path_of(self, key: str) -> Path | None:
        return None


class Answerer:
    """Answers for photos, one after another, as the classifier was when this began.

    Args:
        name: that people know it by.
    """

    def __init__(self, classifier: Classifier, name: str, limits: ServingLimits) -> None:
        self._classifier = classifier
        self._predictor = Predictor(classifier)
        self._name, self._limits = name, limits
        self._turn = threading.Lock()

    def about(self) -> dict[str, Any]:
        """What is served, as JSON has it."""
        classifier = self._classifier
        best = classifier.history.best
        novelty = classifier.novelty
        return {
            "name": self._name,
            "model": classifier.model,
            "classes": list(classifier.classes),
            "validation_accuracy": best.val_accuracy if best else None,
            "says_none_of_these": novelty is not None and novelty.is_on,
            "limits": {
                "body_bytes": self._limits.body_bytes,
                "pixels": self._limits.pixels,
                "requests_per_second": self._limits.per_second,
            },
        }

    def answer(self, photo: bytes) -> dict[str, Any]:
        """What the classifier says of a photo, with the same names as ``predict --json``.

        Raises:
            RefusedError: it is no photo, too large, or the others before it take too long.
        """
        image = ImageRef(_Upload(photo), "upload")
        try:
            details = image_details(image)
        except ImageError as error:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, error.sentence) from error
        if details.width_px * details.height_px > self._limits.pixels:
            raise RefusedError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                QT_TRANSLATE_NOOP("core", "The photo has more than {most} megapixels."),
                QT_TRANSLATE_NOOP("core", "Make it smaller first."),
                most=self._limits.pixels // 1_000_000,
            )
        try:
            view = self._predictor.read(image)
        except ImageError as error:
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, error.sentence) from error
        if not self._turn.acquire(timeout=self._limits.request_s):
            raise busy()
        try:
            (record,) = self._predictor.answers([image], [view])
        finally:
            self._turn.release()
        return _values(record, self._classifier.classes)


def busy() -> RefusedError:
    """There is more to do than can be done."""
    return RefusedError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        QT_TRANSLATE_NOOP("core", "Too much is asked at once."),
        QT_TRANSLATE_NOOP("core", "Try again in a moment."),
    )


def _values(record: PredictionRecord, classes: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "predicted": classes[record.predicted],
        "probability": record.confidence,
        "probabilities": {classes[i]: p for i, p in record.top(len(classes))},
        "known": record.is_known,
    }
    if record.novelty is not None:
        values |= {"level": record.novelty.share, "distance": record.novelty.distance}
    return values

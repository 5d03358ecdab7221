"""What the classifier in hand says of a camera's pictures, as fast as it can and no faster."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.features.use import jobs
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state.session import FeatureState, Session

if TYPE_CHECKING:
    from tlstudio.gui.features.use.jobs import Predictor

LEAST_S = 0.1  # from one answer to the next: nobody reads faster, and others want the processor


class LiveState(FeatureState):
    """One picture at a time: those that come meanwhile are let go, the newest is soon there.

    Attributes:
        answer: the last one; None before there is one.
        error: why there is none.

    Signals:
        changed(): another answer, or an error.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.answer: PredictionRecord | None = None
        self.error: TLStudioError | None = None
        self._pool = TaskPool(1, self)
        self._predictor: Predictor | None = None
        self._is_busy = False
        self._asked_at_s = 0.0
        session.classifier.changed.connect(self._begin_anew)
        session.classifier.novelty_changed.connect(self._begin_anew)

    def offer(self, image: QImage) -> bool:
        """Ask about a picture if there is time for it; returns whether it is asked about."""
        classifier = self._session.classifier.classifier
        now_s = time.monotonic()
        if classifier is None or self._is_busy or now_s - self._asked_at_s < LEAST_S:
            return False
        self._is_busy, self._asked_at_s = True, now_s
        if self._predictor is None:
            self._pool.submit(
                jobs.Predictor, classifier, done=self._on_opened, failed=self._on_failed
            )
            return False
        pixels = image.convertToFormat(QImage.Format.Format_RGB888)
        self._pool.submit(
            jobs.look,
            self._predictor,
            bytes(pixels.constBits()),
            (pixels.width(), pixels.height()),
            pixels.bytesPerLine(),
            done=partial(self._on_answered, self._predictor),
            failed=self._on_failed,
        )
        return True

    def close(self) -> None:
        self._pool.close()

    def _begin_anew(self) -> None:
        self._predictor = self.answer = self.error = None
        self.changed.emit()

    def _on_opened(self, predictor: Predictor) -> None:
        self._predictor, self._is_busy, self._asked_at_s = predictor, False, 0.0

    def _on_answered(self, predictor: Predictor, answer: PredictionRecord) -> None:
        self._is_busy = False
        if predictor is self._predictor:  # not of the classifier before
            self.answer, self.error = answer, None
            self.changed.emit()

    def _on_failed(self, error: TLStudioError) -> None:
        self._is_busy, self.error = False, error
        self.changed.emit()

""" "None of these" of the classifier in hand: measured, changed, and kept with its run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.novelty import NoveltyDetector, NoveltyReport
from tlstudio.gui.state import novelty_jobs
from tlstudio.gui.state.neighbours import NeighboursState
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.gui.state.novelty_jobs import MeasuredNovelty, PoolingProgressed

REST_MS = 600  # a setting that moves is written when it rests


class NoveltyState(StudyState):
    """Measured on request, kept with the run and in saved weights.

    Attributes:
        report: of the last measurement in this session; None for a detector that was loaded.
        foreign: folder of images of no class; None without one.
        progress: images done and images in all, while it is measured.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.report: NoveltyReport | None = None
        self.foreign: Path | None = None
        self.progress: tuple[int, int] | None = None
        self._unwritten: tuple[str, NoveltyDetector, int] | None = None
        self._rest_timer = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest_timer.timeout.connect(self._write)
        session.run.status_changed.connect(self._write)
        session.classifier.changed.connect(self._forget)
        session.classifier.novelty_changed.connect(self.changed)
        session.datasets.changed.connect(self._forget)

    @property
    def detector(self) -> NoveltyDetector | None:
        return self._session.classifier.novelty

    @property
    def fits_dataset(self) -> bool:
        """Whether the open dataset has the classes in hand, with images for both purposes."""
        index, info = self._session.datasets.index, self._session.classifier.info
        if index is None or info is None or index.classes != info.classes:
            return False
        return bool(index.by_split[Split.TRAIN] and index.by_split[Split.VAL])

    @property
    def can_measure(self) -> bool:
        return self.fits_dataset and not self._session.is_busy

    def measure(self) -> None:
        """Look at the training, validation and foreign images."""
        classifier, index = self._session.classifier.classifier, self._session.datasets.index
        if classifier is None or index is None or not self.can_measure:
            return
        self.error, self.progress = None, None
        self._start(partial(novelty_jobs.measure_novelty, classifier, index, self.foreign))

    def set_foreign(self, folder: Path | None) -> None:
        """Take other foreign images, and measure with them."""
        self.foreign = folder
        self.measure()

    def set_level(self, level: float) -> None:
        if self.detector is not None and level != self.detector.level:
            self._take(self.detector.changed(level=level))

    def set_on(self, is_on: bool) -> None:
        if self.detector is not None and is_on != self.detector.is_on:
            self._take(self.detector.changed(is_on=is_on))
            if is_on:
                self._session.classifier.answer_again()

    def close(self) -> None:
        """Write what still moved."""
        self._write()

    def _take(self, detector: NoveltyDetector) -> None:
        """Use it at once, and keep it with the run in hand when it rests."""
        session = self._session
        session.classifier.set_novelty(detector)
        current, classifier = session.runs.current, session.classifier.classifier
        unkept = {entry.id for entry in session.runs.unkept}
        if current is not None and classifier is not None and current.id not in unkept:
            self._unwritten = (current.id, detector, len(classifier.history.epochs))
            self._rest_timer.start()

    def _write(self) -> None:
        self._rest_timer.stop()
        if self._unwritten is None:
            return
        task = self._session.disk_pool.submit(
            novelty_jobs.keep_novelty, *self._unwritten, failed=self._on_not_kept
        )
        task.must_end = True
        self._unwritten = None

    def _on_not_kept(self, error: TLStudioError) -> None:
        self._session.notifications.error(error)

    def _on_event(self, event: PoolingProgressed | MeasuredNovelty) -> None:
        if self._worker.stop.stopped:
            return
        detector = getattr(event, "detector", None)
        if detector is None:
            self.progress = (event.done, event.total)  # type: ignore[union-attr]
            self.changed.emit()
            return
        self.report = event.report  # type: ignore[union-attr]
        self._session.feature(NeighboursState).take(event.training)  # type: ignore[union-attr]
        self._take(detector)
        self._session.classifier.answer_again()

    def _on_ended(self) -> None:
        self.progress = None
        if self.error is not None:
            self._session.notifications.error(self.error)

    def _forget(self) -> None:
        """What was measured is of another network or of other images."""
        self._write()
        self.cancel()
        self.report = None
        self.changed.emit()

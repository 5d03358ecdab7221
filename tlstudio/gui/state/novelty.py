""" "None of these" of the classifier in hand, and the training images nearest to an image."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.evaluation.novelty import Neighbour, NoveltyDetector, NoveltyReport
from tlstudio.gui.state import novelty_jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.gui.state.novelty_jobs import (
        MeasuredNovelty,
        PoolingProgressed,
        TrainingFeatures,
    )


class NoveltyState(StudyState):
    """Measured on request, kept with the run and in saved weights.

    Attributes:
        report: of the last measurement in this session; None for a detector that was loaded.
        foreign: folder of images of no class; None without one.
        progress: images done and images in all, while it is measured.

    Signals:
        nearest_found(ImageRef, tuple): the nearest training images of the image asked for last.
    """

    nearest_found = Signal(object, object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.report: NoveltyReport | None = None
        self.foreign: Path | None = None
        self.progress: tuple[int, int] | None = None
        self._training: TrainingFeatures | None = None
        self._wanted: ImageRef | None = None
        self._is_asking = False
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

    @property
    def knows_neighbours(self) -> bool:
        """Whether `request_nearest` is answered."""
        return self._training is not None

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

    def request_nearest(self, image: ImageRef) -> None:
        """Ask for the neighbours of one image; only the last one asked for matters."""
        self._wanted = image
        self._ask()

    def _ask(self) -> None:
        classifier, wanted = self._session.classifier.classifier, self._wanted
        if self._is_asking or wanted is None or classifier is None or self._training is None:
            return
        if self._session.run.active:
            return  # the network trains
        self._is_asking, self._wanted = True, None
        self._session.engine_pool.submit(
            novelty_jobs.nearest,
            classifier,
            self._training,
            wanted,
            done=self._on_nearest,
            failed=self._on_nearest_failed,
        )

    def _on_nearest(self, found: tuple[ImageRef, tuple[Neighbour, ...]]) -> None:
        self._is_asking = False
        if self._training is not None:
            self.nearest_found.emit(*found)
        self._ask()

    def _on_nearest_failed(self, error: TLStudioError) -> None:
        """The photo itself says already that it cannot be read."""
        self._is_asking = False
        self._ask()

    def _take(self, detector: NoveltyDetector) -> None:
        """Use it, and keep it with the run in hand."""
        session = self._session
        session.classifier.set_novelty(detector)
        if session.runs.current is not None and session.classifier.classifier is not None:
            task = session.disk_pool.submit(
                novelty_jobs.keep_novelty,
                session.runs.current.id,
                session.classifier.classifier,
                failed=self._on_not_kept,
            )
            task.must_end = True

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
        self.report, self._training = event.report, event.training  # type: ignore[union-attr]
        self._take(detector)
        self._session.classifier.answer_again()

    def _on_ended(self) -> None:
        self.progress = None
        if self.error is not None:
            self._session.notifications.error(self.error)

    def _forget(self) -> None:
        """What was measured is of another network or of other images."""
        self.cancel()
        self.report, self._training, self._wanted = None, None, None
        self.changed.emit()

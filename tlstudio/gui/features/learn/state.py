"""What the Learn window keeps while the studio runs: the photo, and what was dragged."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.learn.jobs import photo as jobs
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state.session import FeatureState, Session

CLOSING_MS = 2000


class LearnState(FeatureState):
    """The photo of all lessons, and what a person dragged in each.

    Attributes:
        place: of the page that was shown last, such as ``lesson/pooling``; empty at first.
        pool: the thread of the live worker.
        failure: why there is no photo; None where there is one, or it is being looked for.

    Signals:
        photo_changed(): another photo is shown, or there is none any more.
    """

    photo_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.place = ""
        self.pool = TaskPool(1, self)
        self.failure: TLStudioError | None = None
        self._kept: dict[str, dict[str, Any]] = {}
        self._samples: tuple[ImageRef, ...] = ()
        self._at = 0
        session.datasets.changed.connect(self._on_dataset_changed)
        self._begin()

    def close(self) -> None:
        self.pool.close(CLOSING_MS)

    def kept(self, lesson: str) -> dict[str, Any]:
        """What is remembered of a lesson; whoever holds it may change it."""
        return self._kept.setdefault(lesson, {})

    @property
    def photo(self) -> ImageRef | None:
        """The photo of the open dataset, or else of the sample, that lessons show."""
        count = self._count
        if not count:
            return None
        index = self._session.datasets.index
        return index.samples[self._at % count].image if index else self._samples[self._at % count]

    def show_photo(self, further: int) -> None:
        """Show the photo that stands so many places further on."""
        if self._count > 1:
            self._at = (self._at + further) % self._count
            self.photo_changed.emit()

    @property
    def _count(self) -> int:
        index = self._session.datasets.index
        return len(index.samples) if index is not None else len(self._samples)

    def _begin(self) -> None:
        if not self._samples and self._session.datasets.index is None:
            self.pool.submit(jobs.sample_photos, done=self._on_samples, failed=self._on_no_samples)

    def _on_samples(self, photos: tuple[ImageRef, ...]) -> None:
        self._samples = photos
        self.photo_changed.emit()

    def _on_no_samples(self, error: TLStudioError) -> None:
        self.failure = error
        self.photo_changed.emit()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        self._at = 0
        self._begin()
        self.photo_changed.emit()

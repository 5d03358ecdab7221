"""The map of the open dataset: laid out when somebody looks, and kept for the next time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.map import jobs
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.features_work import FeaturesWork
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.worker import Work

if TYPE_CHECKING:
    from tlstudio.gui.features.map.jobs import DatasetMap
    from tlstudio.gui.state.dataset_features_jobs import DatasetFeatures


class MapState(FeaturesWork):
    """Where the points are, perhaps still on their way.

    Attributes:
        map: of all images as they lie on the disk; None before it was made or found.

    Signals:
        changed(): another state; `map` may be of other images.
        moved(): `map` has the same images at other places.
    """

    moved = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.map: DatasetMap | None = None
        self._read = _as_read(session.datasets.index)
        self._is_looked_up = False
        self._task: Task | None = None

    @property
    def is_looking_up(self) -> bool:
        """Whether a map of before is being looked for."""
        return self._task is not None

    def look(self) -> None:
        """Somebody looks: show the map of before, or make it where that is quick."""
        if self._read is None or self._is_looked_up or not self._session.network.is_ready:
            return
        self._is_looked_up = True
        self._task = self._session.engine_pool.submit(
            jobs.known_map, self._read, done=self._on_known, failed=self._on_not_known
        )

    # -- inside ----------------------------------------------------------------------------------

    def _has_result(self) -> bool:
        return self.map is not None and self.map.is_final

    def _work(self, features: DatasetFeatures) -> Work | None:
        return None if self._read is None else partial(jobs.dataset_map, features, self._read)

    def _on_event(self, event: DatasetMap) -> None:
        is_same = self.map is not None and self.map.images == event.images
        self.map = event
        (self.moved if is_same else self.changed).emit()

    def _on_known(self, known: DatasetMap | None) -> None:
        self._task = None
        if known is not None:
            self.map = known
        elif self.features.is_quick or self.features.features is not None:
            self.start()
        self.changed.emit()

    def _on_not_known(self, error: TLStudioError) -> None:
        self._task = None
        self.error = error
        self.changed.emit()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Changes by hand move no point."""
        before, self._read = self._read, _as_read(index)
        if self._read is before:
            return
        self._forget()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.map = None
        self._is_looked_up = False
        self.changed.emit()


def _as_read(index: DatasetIndex | None) -> DatasetIndex | None:
    """The dataset as it lies on the disk."""
    return None if index is None else index.unedited or index

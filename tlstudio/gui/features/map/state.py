"""The map of the open dataset: laid out when somebody looks, and kept for the next time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.map import jobs
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.dataset_features import DatasetFeaturesState
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.gui.features.map.jobs import DatasetMap


class MapState(FeatureState):
    """Lays out on a thread of its own; a run or a study goes before.

    Attributes:
        map: of all images as they lie on the disk, perhaps still on its way; None before that.
        error: what ended the last layout early.

    Signals:
        changed(): another state; `map` may be of other images.
        moved(): `map` has the same images at other places.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.map: DatasetMap | None = None
        self.error: TLStudioError | None = None
        self.features = session.feature(DatasetFeaturesState)
        self._read = _as_read(session.datasets.index)
        self._is_wanted = self._is_looked_up = False
        self._task: Task | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_map)
        self._worker.ended.connect(self._on_ended)
        self.features.changed.connect(self._go_on)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.busy_changed.connect(self._on_busy_changed)

    @property
    def is_moving(self) -> bool:
        """Whether it is being laid out."""
        return self._worker.active

    @property
    def is_looking_up(self) -> bool:
        """Whether a map of before is being looked for."""
        return self._task is not None

    @property
    def is_wanted(self) -> bool:
        """Whether it comes by itself, now or when what goes before is over."""
        return self._is_wanted and self.error is None and not self._is_final

    def look(self) -> None:
        """Somebody looks: show the map of before, or make it where that is quick."""
        network = self._session.network
        if self._read is None or self._is_looked_up or not network.is_ready:
            return
        self._is_looked_up = True
        self._task = self._session.engine_pool.submit(
            jobs.known_map, self._read, done=self._on_known, failed=self._on_not_known
        )

    def start(self) -> None:
        """Lay it out, however long that takes."""
        self._is_wanted, self.error = True, None
        self.features.ask()
        self._go_on()

    def cancel(self) -> None:
        """End soon; the places where the points are stay, but are not kept."""
        self._is_wanted = False
        self._worker.cancel()
        self.features.cancel()
        self.changed.emit()

    def close(self) -> None:
        """End all computing for good."""
        self._is_wanted = False
        self._worker.wait()

    # -- inside ----------------------------------------------------------------------------------

    @property
    def _is_final(self) -> bool:
        return self.map is not None and self.map.is_final

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

    def _go_on(self) -> None:
        features, read = self.features.features, self._read
        if self.is_wanted and features is not None and read and not self._session.is_busy:
            self._worker.start(partial(jobs.dataset_map, features, read))
        self.changed.emit()

    def _on_map(self, found: DatasetMap) -> None:
        if self._worker.stop.stopped:
            return
        is_same = self.map is not None and self.map.images == found.images
        self.map = found
        (self.moved if is_same else self.changed).emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        if not self._worker.stop.stopped:
            self.error = error
        self._go_on()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        self._go_on()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        before, self._read = self._read, _as_read(index)
        if self._read is before:
            return
        self._worker.cancel()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.map = self.error = None
        self._is_wanted = self._is_looked_up = False
        self.changed.emit()


def _as_read(index: DatasetIndex | None) -> DatasetIndex | None:
    """The dataset as it lies on the disk."""
    return None if index is None else index.unedited or index

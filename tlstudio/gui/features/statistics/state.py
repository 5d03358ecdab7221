"""The facts about all images of the open dataset, gathered once somebody wants to see them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import TLStudioError
from tlstudio.core.health import HealthProgressed
from tlstudio.core.statistics.quantities import QUANTITIES, Bins
from tlstudio.gui.features.statistics import jobs
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from tlstudio.gui.features.statistics.jobs import FactsTable


class StatisticsState(FeatureState):
    """Waits for a run or a health check that goes on; the latter finds out the same facts.

    Attributes:
        progress: None while nothing is gathered.
        error: what ended it early.
        images, rows, classes, splits: of the samples of the open dataset as it is used now, in
            their order: references, facts, class indices and splits; None before they are there.
        bins: the bins of each quantity of which something is known, by its id.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.progress: HealthProgressed | None = None
        self.error: TLStudioError | None = None
        self.images: tuple[ImageRef, ...] | None = None
        self.rows: NDArray[Any] | None = None
        self.classes: NDArray[np.int64] = np.zeros(0, np.int64)
        self.splits: tuple[Split, ...] = ()
        self.bins: dict[str, Bins] = {}
        self._read: DatasetIndex | None = None
        self._table: FactsTable | None = None
        self._is_wanted = False
        self._health = session.feature(HealthState)
        self._health.changed.connect(self._go_on)
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)
        session.datasets.changed.connect(self._on_dataset_changed)
        session.busy_changed.connect(self._on_busy_changed)
        self._on_dataset_changed(session.datasets.index)

    @property
    def is_waiting(self) -> bool:
        """Whether they are wanted and not there yet."""
        return self._is_wanted and self._table is None and self.error is None

    def ask(self) -> None:
        """Gather the facts, unless they are there."""
        self._is_wanted, self.error = True, None
        self._go_on()

    def close(self) -> None:
        self._is_wanted = False
        self._worker.wait()

    # -- inside ----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        session = self._session
        if not self.is_waiting or self._read is None:
            return
        if not session.is_busy and not self._health.is_checking:
            images = [sample.image for sample in self._read.samples]
            self._worker.start(partial(jobs.image_facts, images))

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Changes by hand change no image, but which of them count, and for what."""
        before, self._read = self._read, None if index is None else index.unedited or index
        if self._read is None or not self._read.is_same_look(before):
            self._worker.cancel()
            self._table, self.images, self.rows, self.error = None, None, None, None
            self.bins = {}
            self._is_wanted = self._is_wanted and self._read is not None
            self._go_on()
        if self._table is not None and index is not None:
            self._follow(index)
        self.changed.emit()

    def _follow(self, index: DatasetIndex) -> None:
        assert self._table is not None
        row_of = {image: row for row, image in enumerate(self._table.images)}
        known = [sample for sample in index.samples if sample.image in row_of]
        places = np.array([row_of[sample.image] for sample in known], dtype=np.int64)
        self.images = tuple(sample.image for sample in known)
        self.rows = self._table.rows[places]
        self.classes = np.array([sample.class_index for sample in known], dtype=np.int64)
        self.splits = tuple(sample.split for sample in known)
        found = {quantity.id: quantity.binned(self.rows) for quantity in QUANTITIES}
        self.bins = {name: bins for name, bins in found.items() if bins.count}

    def _on_event(self, event: HealthProgressed | FactsTable) -> None:
        if self._worker.stop.stopped:
            return
        if isinstance(event, HealthProgressed):
            self.progress = event
        else:
            self._table = event
            if self._session.datasets.index is not None:
                self._follow(self._session.datasets.index)
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress = None
        if not self._worker.stop.stopped:
            self.error = error
        self._go_on()
        self.changed.emit()

    def _on_busy_changed(self, is_busy: bool) -> None:
        if is_busy:
            self._worker.cancel()
        self._go_on()
        self.changed.emit()

"""The facts about all images of the open dataset, gathered once somebody wants to see them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.health import HealthProgressed
from tlstudio.gui.features.statistics import jobs
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.gui.features.statistics.jobs import CountedFacts, FactsTable


class StatisticsState(FeatureState):
    """Waits for a run or a health check that goes on; the latter finds out the same facts.

    Attributes:
        progress: None while nothing is gathered.
        error: what ended it early.
        facts: those of the open dataset as it was used a moment ago; None before they are there.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.progress: HealthProgressed | None = None
        self.error: TLStudioError | None = None
        self.facts: CountedFacts | None = None
        self._task: Task | None = None  # that counts them
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
        session.datasets.loading_changed.connect(self._on_busy_changed)
        self._on_dataset_changed(session.datasets.index)

    @property
    def is_waiting(self) -> bool:
        """Whether they are wanted and not there yet."""
        return self._is_wanted and self.facts is None and self.error is None

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
        if not self.is_waiting or self._read is None or self._table is not None:
            return
        is_free = not session.is_busy and not session.datasets.loading
        if is_free and not self._health.is_checking:
            images = [sample.image for sample in self._read.samples]
            self._worker.start(partial(jobs.image_facts, images))

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Changes by hand change no image, but which of them count, and for what."""
        before, self._read = self._read, None if index is None else index.unedited or index
        if self._read is None or not self._read.is_same_look(before):
            self._worker.cancel()
            self._forget_task()
            self._table = self.facts = self.error = None
            self._is_wanted = self._is_wanted and self._read is not None
            self._go_on()
        if self._table is not None and index is not None:
            self._follow(index)
        self.changed.emit()

    def _follow(self, index: DatasetIndex) -> None:
        self._forget_task()
        pool = self._session.disk_pool
        self._task = pool.submit(jobs.counted, self._table, index, done=self._on_counted)

    def _forget_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_counted(self, facts: CountedFacts) -> None:
        self._task, self.facts = None, facts
        self.changed.emit()

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

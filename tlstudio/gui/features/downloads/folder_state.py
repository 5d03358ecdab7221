"""A folder whose weights are looked into, and imported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from tlstudio.core.classroom.weights import Arrival, FoundWeights, WeightsProgressed
from tlstudio.core.errors import TLStudioError
from tlstudio.gui.features.downloads import jobs
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker, Work


class FolderImportState(FeatureState):
    """Goes on while its dialog is closed; what was imported before a stop stays.

    Attributes:
        folder: that was chosen last.
        rows: its files of weights; empty while they are looked into.
        is_known: whether `rows` are all that the folder has.
        progress: None while nothing goes on.
        error: what ended the last work early.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.folder = Path()
        self.rows: tuple[FoundWeights, ...] = ()
        self.is_known = False
        self.progress: WeightsProgressed | None = None
        self.error: TLStudioError | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)

    @property
    def active(self) -> bool:
        return self._worker.active

    @property
    def new(self) -> tuple[FoundWeights, ...]:
        """Those that would come."""
        return tuple(row for row in self.rows if row.arrival is Arrival.NEW)

    def look_into(self, folder: Path) -> None:
        """Find out what is in a folder; nothing is imported yet. One thing at a time."""
        if not self.active:
            self.folder, self.rows, self.is_known, self.error = folder, (), False, None
            self._start(partial(jobs.find_weights, folder))

    def take(self) -> None:
        """Import what is new."""
        if self.new and not self.active:
            self.error = None
            self._start(partial(jobs.take_weights, self.rows))

    def cancel(self) -> None:
        self._worker.cancel()

    def close(self) -> None:
        self._worker.wait()

    def _start(self, work: Work) -> None:
        self.progress = WeightsProgressed(0, 0)
        self._worker.start(work)
        self.changed.emit()

    def _on_event(self, event: WeightsProgressed | FoundWeights | tuple[FoundWeights, ...]) -> None:
        if isinstance(event, WeightsProgressed):
            self.progress = event
        elif isinstance(event, FoundWeights):
            self.rows = tuple(event if row.path == event.path else row for row in self.rows)
        else:
            self.rows, self.is_known = event, True
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress, self.error = None, error
        if any(row.arrival is Arrival.TAKEN for row in self.rows):
            self._session.downloads.arrived.emit()
            self._session.downloads.refresh()
        self.changed.emit()

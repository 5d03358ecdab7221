"""A folder whose weights are looked into, and imported."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tlstudio.core.classroom.weights import Arrival, FoundWeights, WeightsProgressed
from tlstudio.gui.features.downloads import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.work import WorkState
from tlstudio.gui.state.worker import Work


class FolderImportState(WorkState):
    """Goes on while its dialog is closed; what was imported before a stop stays.

    Attributes:
        folder: that was chosen last.
        rows: its files of weights; empty while they are looked into.
        is_known: whether `rows` are all that the folder has.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.folder = Path()
        self.rows: tuple[FoundWeights, ...] = ()
        self.is_known = False

    @property
    def new(self) -> tuple[FoundWeights, ...]:
        """Those that would come."""
        return tuple(row for row in self.rows if row.arrival is Arrival.NEW)

    def look_into(self, folder: Path) -> None:
        """Find out what is in a folder; nothing is imported yet. One thing at a time."""
        if not self.active:
            self.folder, self.rows, self.is_known = folder, (), False
            self._go(partial(jobs.find_weights, folder))

    def import_new(self) -> None:
        """Import what is new."""
        if self.new and not self.active:
            self._go(partial(jobs.take_weights, self.rows))

    def _go(self, work: Work) -> None:
        self.progress = WeightsProgressed(0, 0)
        self._begin(work)

    def take(self, event: WeightsProgressed | FoundWeights | tuple[FoundWeights, ...]) -> None:
        if isinstance(event, WeightsProgressed):
            self.progress = event
        elif isinstance(event, FoundWeights):
            self.rows = tuple(event if row.path == event.path else row for row in self.rows)
        else:
            self.rows, self.is_known = event, True

    def end(self) -> None:
        if any(row.arrival is Arrival.TAKEN for row in self.rows):
            self._session.downloads.arrived.emit()
            self._session.downloads.refresh()

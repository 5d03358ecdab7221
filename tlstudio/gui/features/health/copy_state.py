"""The clean copy that is being written, and the last one that was."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.health import HealthProgressed
from tlstudio.gui.features.health import jobs
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.gui.features.health.jobs import CleanCopy


class CopyState(FeatureState):
    """Goes on while the dialog is closed; stopped or failed, nothing stays behind.

    Attributes:
        progress: None while none is written.
        written: the last one; None before there is one, and while another is written.
        error: what ended the last one early.

    Signals:
        changed(): any of these.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.progress: HealthProgressed | None = None
        self.written: CleanCopy | None = None
        self.error: TLStudioError | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_ended)

    @property
    def active(self) -> bool:
        return self._worker.active

    def write(self, folder: Path, *, by_split: bool, links: bool) -> None:
        """Begin to write what is used of the open dataset; one at a time."""
        index = self._session.datasets.index
        if index is None or self.active:
            return
        self.written = self.error = None
        self._worker.start(partial(jobs.write_clean_copy, index, folder, by_split, links))
        self.changed.emit()

    def cancel(self) -> None:
        self._worker.cancel()

    def close(self) -> None:
        self._worker.wait()

    def _on_event(self, event: HealthProgressed | CleanCopy) -> None:
        if isinstance(event, HealthProgressed):
            self.progress = event
        else:
            self.written = event
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress, self.error = None, error
        self.changed.emit()

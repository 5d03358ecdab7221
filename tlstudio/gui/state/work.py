"""One piece of work at a time on a thread, which goes on while its dialog is closed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.gui.state.session import FeatureState, Session
from tlstudio.gui.state.worker import GeneratorWorker, Work


class WorkState(FeatureState):
    """The common part of exporting, copying, importing and packing: what they say, and their end.

    Attributes:
        progress: None while nothing goes on.
        error: what ended the last work early; None if nothing did, or a person stopped it.

    Signals:
        changed(): anything that a view shows.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.progress: Any = None
        self.error: TLStudioError | None = None
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_yielded)
        self._worker.ended.connect(self._on_ended)

    @property
    def active(self) -> bool:
        return self._worker.active

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop, and has not yet."""
        return self.active and self._worker.stop.stopped

    def cancel(self) -> None:
        self._worker.cancel()
        self.changed.emit()

    def close(self) -> None:
        self._worker.wait()

    def take(self, event: Any) -> None:
        """Keep what the work says."""

    def end(self) -> None:
        """The work is over; `error` is set, and `changed` follows."""

    def _begin(self, work: Work) -> None:
        self.error = None
        self._worker.start(work)
        self.changed.emit()

    def _on_yielded(self, event: Any) -> None:
        self.take(event)
        self.changed.emit()

    def _on_ended(self, error: TLStudioError | None) -> None:
        self.progress, self.error = None, None if self._worker.stop.stopped else error
        self.end()
        self.changed.emit()

"""A long piece of the engine's work on request: it tells as it goes, and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.tasks import STACK_BYTES, as_studio_error

Work = Callable[[StopToken], Iterator[Any]]


class _StudyThread(QThread):
    """Repeats what a generator says.

    Signals:
        said(object): as it comes.
        failed(object): it raised; always a `TLStudioError`.
    """

    said = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, stop: StopToken, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._work = work
        self._stop_token = stop

    def run(self) -> None:
        try:
            for event in self._work(self._stop_token):
                self.said.emit(event)
        except Exception as problem:  # the edge of the worker: nothing may escape
            self.failed.emit(as_studio_error(problem))


class Study(QObject):
    """At most one generator at a time, on a thread of its own.

    Signals:
        said(object): what the generator yields, on the GUI thread.
        active_changed(bool): it began or ended.
        ended(object): it is over: None, or the `TLStudioError` that ended it.
    """

    said = Signal(object)
    active_changed = Signal(bool)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _StudyThread | None = None
        self._stop = StopToken()
        self._error: TLStudioError | None = None

    @property
    def active(self) -> bool:
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Begin; without effect while it is going on."""
        if self.active:
            return
        self._stop, self._error = StopToken(), None
        self._thread = _StudyThread(work, self._stop, self)
        self._thread.said.connect(self._on_said)
        self._thread.failed.connect(self._on_failed)
        self._thread.finished.connect(self._on_finished)
        self.active_changed.emit(True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask to end as soon as the engine looks up; what was said before stays said."""
        self._stop.stop()

    def wait(self, timeout_ms: int = 60_000) -> bool:
        """Wait for the thread; returns whether it ended. Only for closing the program."""
        self.cancel()
        return self._thread is None or self._thread.wait(timeout_ms)

    def _on_said(self, event: object) -> None:
        self.said.emit(event)

    def _on_failed(self, error: TLStudioError) -> None:
        self._error = error

    def _on_finished(self) -> None:
        if self._thread is not None:
            self._thread.deleteLater()
            self._thread = None
        self.active_changed.emit(False)
        self.ended.emit(self._error)

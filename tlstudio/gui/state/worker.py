"""A generator on a thread of its own: what it yields arrives on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.kit.tasks import STACK_BYTES, as_studio_error

Work = Callable[[StopToken], Iterator[Any]]


class _Thread(QThread):
    """Repeats what a generator yields.

    Signals:
        yielded(object): each value, as it comes.
        failed(TLStudioError): the generator raised.
    """

    yielded = Signal(object)
    failed = Signal(object)

    def __init__(self, work: Work, stop: StopToken, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._work = work
        self._stop_token = stop

    def run(self) -> None:
        try:
            for value in self._work(self._stop_token):
                self.yielded.emit(value)
        except Exception as problem:  # the edge of the worker: nothing may escape
            self.failed.emit(as_studio_error(problem))


class GeneratorWorker(QObject):
    """Runs at most one generator at a time; runs, studies and predictions are such generators.

    Signals:
        yielded(object): a value of the generator, on the GUI thread.
        active_changed(bool): a generator began or ended.
        ended(TLStudioError | None): the thread is over; the error that ended it, if one did.
    """

    yielded = Signal(object)
    active_changed = Signal(bool)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _Thread | None = None
        self._error: TLStudioError | None = None
        self.stop = StopToken()  # of the generator that runs, or ran last

    @property
    def active(self) -> bool:
        return self._thread is not None

    def start(self, work: Work) -> None:
        """Begin a generator; without effect while one is active."""
        if self.active:
            return
        self.stop, self._error = StopToken(), None
        self._thread = _Thread(work, self.stop, self)
        self._thread.yielded.connect(self._on_yielded)
        self._thread.failed.connect(self._on_failed)
        self._thread.finished.connect(self._on_finished)
        self.active_changed.emit(True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the generator to end; it does so as soon as it looks at its `StopToken`."""
        self.stop.stop()

    def wait(self, timeout_ms: int = 60_000) -> bool:
        """Cancel, and wait for the thread; returns whether it ended. Only to close the program."""
        self.cancel()
        return self._thread is None or self._thread.wait(timeout_ms)

    def _on_yielded(self, value: object) -> None:
        self.yielded.emit(value)

    def _on_failed(self, error: TLStudioError) -> None:
        self._error = error

    def _on_finished(self) -> None:
        if self._thread is not None:
            self._thread.deleteLater()
            self._thread = None
        self.active_changed.emit(False)
        self.ended.emit(self._error)

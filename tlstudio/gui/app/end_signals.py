"""Ctrl+C on a terminal and the system's wish that the program ends: it does, in an orderly way."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from tlstudio.core.ending import END_SIGNALS


class EndSignals(QObject):
    """Tells in the event loop of the signals that ask the program to end.

    Python answers signals only when it has its turn, and while nothing happens in the window it has
    none. It writes each into a socket at once, of which Qt is told.

    Signals:
        came(int): the number of the signal.
    """

    came = Signal(int)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_written)
        self._before = {
            number: signal.signal(number, _pass)
            for number in END_SIGNALS
            if signal.getsignal(number) is not signal.SIG_IGN  # as nohup wants it
        }
        self._fd_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Leave signals as they were."""
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _on_written(self) -> None:
        for number in self._read.recv(64):
            if number in self._before:
                self.came.emit(number)


def _pass(_number: int, _frame: object) -> None:
    """What is to be done is done by the event loop."""

"""How the program is asked to end from outside, and the exit codes of that."""

from __future__ import annotations

import os
import signal

# Ctrl+C; a system that shuts down, `kill`; a terminal or a connection that goes away
END_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
ABOVE_SIGNALS = 128  # as shells count: 130 for Ctrl+C, 143 for SIGTERM


def end_at_once_when_asked() -> None:
    """For while the program starts: there is nothing yet that would have to be kept."""
    for number in END_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
            signal.signal(number, lambda number, _frame: os._exit(ABOVE_SIGNALS + number))

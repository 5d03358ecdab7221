"""A command that is asked to end: by Ctrl+C, by the system, by a terminal that goes away."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tlstudio.core.ending import ABOVE_SIGNALS, END_SIGNALS

_asked: list[int] = []  # numbers of the signals that came


@contextmanager
def signals_answered(answer: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Within the block, `answer` is what every signal that asks the program to end gets.

    For the main thread. A signal that is ignored, as nohup wants it, stays so.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        _asked.append(number)
        answer(number, frame)

    before = {
        number: signal.signal(number, on_signal)
        for number in END_SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def begin() -> None:
    """Forget what came before; to be called where a command begins."""
    _asked.clear()


def exit_code() -> int:
    """The exit code of what was interrupted, as shells count: 130 for Ctrl+C, 143 for SIGTERM."""
    return ABOVE_SIGNALS + (_asked[-1] if _asked else signal.SIGINT)

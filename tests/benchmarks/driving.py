"""Driving the window in a benchmark: an event loop that lets workers run, and a timer that watches.

Not `QTest.qWait`: it spins, and starves worker threads of the interpreter.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

LIMIT_S = 1800
TICK_MS = 10


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the ticks of a timer were."""

    p50_ms: float
    p99_ms: float
    max_ms: float
    over_33: int
    ticks: int
    worst: tuple[tuple[float, float], ...]  # (seconds since it began, milliseconds)


class Ticker(QObject):
    """A 10-ms timer of the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: list[float] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._ticks.append(time.perf_counter())
        self._timer.start()

    def stop(self) -> Lateness:
        """What was seen. A pause still going on counts, too."""
        self._timer.stop()
        self._ticks.append(time.perf_counter())
        begin = self._ticks[0]
        late = [
            (max(0.0, 1000 * (after - before) - TICK_MS), before - begin)
            for before, after in itertools.pairwise(self._ticks)
        ]
        order = sorted(ms for ms, _ in late)
        worst = sorted(late, reverse=True)[:10]
        return Lateness(
            p50_ms=order[len(order) // 2],
            p99_ms=order[min(len(order) - 1, int(0.99 * len(order)))],
            max_ms=order[-1],
            over_33=sum(ms > 33 for ms in order),
            ticks=len(order),
            worst=tuple((round(at, 2), round(ms, 1)) for ms, at in worst),
        )

    def _on_tick(self) -> None:
        self._ticks.append(time.perf_counter())


def run_until(app: QApplication, reached: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    """Answer events until `reached()`.

    Raises:
        TimeoutError: it was not reached in time.
    """
    end = time.perf_counter() + limit_s
    while not reached():
        app.processEvents()
        time.sleep(0.001)
        if time.perf_counter() > end:
            raise TimeoutError


def memory_mb() -> float:
    """Resident memory of this process; NaN where the system does not say."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float("nan")

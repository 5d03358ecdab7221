"""Driving the window in a benchmark: an event loop that lets workers run, and a timer that watches.

Not `QTest.qWait`: it spins, and starves worker threads of the interpreter.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
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
    worst: tuple[tuple[float, float, float], ...]  # (s since it began, ms late, ms computing)
    busy_percent: float  # share of a core that the thread itself computed


class Ticker(QObject):
    """A 10-ms timer of the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._ticks: list[tuple[float, float]] = []
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._ticks.append((time.perf_counter(), time.thread_time()))
        self._timer.start()

    def stop(self) -> Lateness:
        """What was seen. A pause still going on counts, too."""
        self._timer.stop()
        self._on_tick()
        begin, begin_cpu = self._ticks[0]
        end, end_cpu = self._ticks[-1]
        late = [
            (max(0.0, 1000 * (after - before) - TICK_MS), before - begin, 1000 * (cpu - cpu_before))
            for (before, cpu_before), (after, cpu) in itertools.pairwise(self._ticks)
        ]
        order = sorted(row[0] for row in late)
        worst = sorted(late, reverse=True)[:10]
        return Lateness(
            p50_ms=order[len(order) // 2],
            p99_ms=order[min(len(order) - 1, int(0.99 * len(order)))],
            max_ms=order[-1],
            over_33=sum(ms > 33 for ms in order),
            ticks=len(order),
            worst=tuple((round(at, 2), round(ms, 1), round(cpu, 1)) for ms, at, cpu in worst),
            busy_percent=100 * (end_cpu - begin_cpu) / (end - begin),
        )

    def _on_tick(self) -> None:
        self._ticks.append((time.perf_counter(), time.thread_time()))


class Bystander:
    """A process that does nothing but sleep 10 ms again and again, and notes how late it wakes.

    What it suffers is the machine's doing: other programs, or the host of a virtual machine.
    """

    CODE = (
        "import sys, threading, time, json\n"
        "done = threading.Event()\n"
        "threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()\n"
        "late = []\n"
        "while not done.is_set():\n"
        "    begin = time.perf_counter()\n"
        "    time.sleep(0.01)\n"
        "    late.append(1000 * (time.perf_counter() - begin) - 10)\n"
        "late.sort()\n"
        "print(json.dumps([late[int(0.99 * len(late))], late[-1]]))\n"
    )

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", self.CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def stop(self) -> tuple[float, float]:
        """p99 and maximum of its lateness, in milliseconds."""
        output, _ = self._process.communicate()
        p99_ms, max_ms = json.loads(output)
        return p99_ms, max_ms


def run_until(
    app: QApplication,
    reached: Callable[[], bool],
    limit_s: float = LIMIT_S,
    *,
    every_ms: int = 2,
) -> None:
    """Answer events until `reached()`, which is asked every few milliseconds.

    Raises:
        TimeoutError: it was not reached in time.
    """
    end = time.perf_counter() + limit_s
    loop, timer = QEventLoop(), QTimer(interval=every_ms)
    timer.timeout.connect(lambda: loop.quit() if reached() or time.perf_counter() > end else None)
    timer.start()
    if not reached():
        loop.exec()
    timer.stop()
    if not reached():
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

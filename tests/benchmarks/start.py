"""How soon the window is there, and how smooth it stays while torch loads.

    python -m tests.benchmarks.start [--runs 3]

Each run is a fresh interpreter. Times are in seconds from its first line; `longest_gap_ms` is how
late a 10-ms timer of the GUI thread fired at worst until the engine was ready.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT_S = 120


def measure() -> dict[str, float]:
    """One start, in this process."""
    begin = time.perf_counter()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from pathlib import Path

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from tlstudio.gui.app import Studio
    from tlstudio.gui.preferences import Preferences

    imported = time.perf_counter()
    app = QApplication([])
    studio = Studio(app, Preferences(Path(tempfile.mkdtemp()) / "preferences.ini"))
    ticks: list[float] = []
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    studio.show()
    app.processEvents()
    painted = time.perf_counter()
    network = studio.session.network
    while not network.is_ready and time.perf_counter() < begin + LIMIT_S:
        app.processEvents()
        time.sleep(0.001)
    ready = time.perf_counter()
    gaps = [(after - before) - 0.01 for before, after in itertools.pairwise(ticks)]
    studio.window.close()
    return {
        "imported_s": imported - begin,
        "painted_s": painted - begin,
        "engine_ready_s": ready - begin,
        "longest_gap_ms": 1000 * max(gaps),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(measure()))
        return
    command = [sys.executable, "-m", "tests.benchmarks.start", "--once"]
    rows = []
    for _ in range(options.runs):
        result = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=LIMIT_S
        )
        rows.append(json.loads(result.stdout.splitlines()[-1]))
    medians = {name: round(statistics.median(row[name] for row in rows), 3) for name in rows[0]}
    print(json.dumps({"runs": options.runs, "median": medians}))


if __name__ == "__main__":
    main()

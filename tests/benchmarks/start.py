"""How soon the window is there, and how smooth it stays while torch loads.

One of the measurements of `tests.benchmarks.window`; a fresh interpreter each time.
"""

from __future__ import annotations

import time

BEGIN_S = time.perf_counter()
SETTLE_S = 2.5  # after the engine is there: what follows in idle time counts as well


def measure() -> dict[str, float]:
    """One start, in this process. Seconds count from the interpreter's first line here.

    `painted_s`: rail and start page are on the screen. `usable_s`: every page is there, and a
    click is answered. `engine_ready_s`: torch is loaded and the models are listed.
    `gap_p99_ms`, `gap_max_ms`: lateness of a 10-ms timer until everything has settled.
    """
    import tempfile
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from tlstudio.gui.app import Studio
    from tlstudio.gui.kit.preferences import Preferences

    imported = time.perf_counter()
    app = QApplication([])
    studio = Studio(app, Preferences(Path(tempfile.mkdtemp()) / "preferences.ini"))
    completed: list[float] = []
    studio.window.completed.connect(lambda: completed.append(time.perf_counter()))
    studio.show()
    while not studio.window.painted:
        app.processEvents()
    painted, painted_cpu_s = time.perf_counter(), time.process_time()

    from tests.benchmarks.driving import Ticker, memory_mb, run_until

    before_mb = memory_mb()
    ticker = Ticker()
    run_until(app, lambda: bool(completed))
    network = studio.session.network
    run_until(app, lambda: network.is_ready)
    ready = time.perf_counter()
    run_until(app, lambda: time.perf_counter() > ready + SETTLE_S)
    lateness = ticker.stop()
    result = {
        "imported_s": imported - BEGIN_S,
        "painted_s": painted - BEGIN_S,
        "painted_cpu_s": painted_cpu_s,
        "usable_s": completed[0] - BEGIN_S,
        "engine_ready_s": ready - BEGIN_S,
        "gap_p99_ms": lateness.p99_ms,
        "gap_max_ms": lateness.max_ms,
        "gaps_over_33_ms": lateness.over_33,
        "memory_painted_mb": before_mb,
        "memory_engine_mb": memory_mb(),
    }
    studio.window.close()
    return result


if __name__ == "__main__":
    figures = measure()

    import json
    import os
    import sys

    print(json.dumps(figures))
    sys.stdout.flush()
    os._exit(0)

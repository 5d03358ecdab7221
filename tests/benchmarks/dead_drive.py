"""How the window fares while recent folders lie on a network drive that is gone.

    python -m tests.benchmarks.dead_drive [--seconds 11] [--runs 3]

A library loaded before libc (`dead_drive.c`, for Linux with a C compiler) lets whatever is asked
of that drive wait, and writes down which thread asked. Prints a line for each figure, with the
drive dead and without one, in turn; and what the GUI thread asked, which should be nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=11)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_measure(Path(options.one))))
        sys.stdout.flush()
        os._exit(0)
    with tempfile.TemporaryDirectory(prefix="dead_drive.") as name:
        folder = Path(name)
        library = build(folder)
        _child(folder, library, 0)  # warm: byte code and disk cache
        dead, alive = [], []
        for _ in range(options.runs):
            dead.append(_child(folder, library, options.seconds))
            alive.append(_child(folder, library, 0))
        log = folder / "asked"
        asked = log.read_text().splitlines() if log.exists() else []
    for figure in dead[0]:
        with_it, without = (
            statistics.median(row[figure] for row in rows) for rows in (dead, alive)
        )
        ratio = f"{with_it / without:6.2f}x" if without else ""
        print(f"{figure:28} dead {with_it:8.3f}   without {without:8.3f}  {ratio}")
    by_gui = sorted({line for line in asked if line.startswith("main ")})
    print(f"asked by the GUI thread: {len(by_gui)}, by others: {len(asked) - len(by_gui)}")
    print("\n".join(by_gui))


def build(folder: Path) -> Path:
    """Compile the library. Raises `CalledProcessError` or `FileNotFoundError` where that fails."""
    library = folder / "dead_drive.so"
    source = Path(__file__).with_suffix(".c")
    compiler = os.environ.get("CC", "cc")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(source), "-ldl"],
        check=True,
    )
    return library


def _child(folder: Path, library: Path, seconds: int) -> Figures:
    """One measurement in a fresh interpreter; with 0 seconds there is no dead drive."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "TLSTUDIO_HOME": str(folder / "home"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    if seconds:
        environment |= {
            "LD_PRELOAD": str(library),
            "DEAD_DRIVE": str(folder / "drive"),
            "DEAD_SECONDS": str(seconds),
            "DEAD_LOG": str(folder / "asked"),
        }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.dead_drive", "--one", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr.strip()[-2000:])
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _measure(folder: Path) -> Figures:
    """Start, open a dataset of this machine, and close, with recent folders on the drive."""
    begin = time.perf_counter()
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks.driving import Ticker, run_until
    from tests.helpers import make_photos
    from tlstudio.gui.app import Studio
    from tlstudio.gui.kit.preferences import Preferences

    drive, photos = folder / "drive", folder / "photos"
    if not photos.exists():
        make_photos(photos, {"one": 6, "two": 6})
    app = QApplication([])
    preferences = Preferences(folder / f"preferences.{os.getpid()}.ini")
    preferences._settings.setValue(
        "recent_datasets", [str(drive / name) for name in ("cats", "dogs", "birds")]
    )
    preferences.keep_last_folder("datasets", str(drive))
    studio = Studio(app, preferences)
    studio.show()
    while not studio.window.painted:
        app.processEvents()
    painted = time.perf_counter()
    datasets = studio.session.datasets
    ticker = Ticker()
    datasets.open(drive / "cats")
    hanging = time.perf_counter()
    run_until(app, lambda: time.perf_counter() > hanging + 2)
    datasets.cancel_loading()
    opening = time.perf_counter()
    datasets.open(photos)
    run_until(app, lambda: datasets.index is not None)
    opened = time.perf_counter()
    run_until(app, lambda: time.perf_counter() > opened + 1)
    lateness = ticker.stop()
    closing = time.perf_counter()
    studio.window.close()
    return {
        "first paint, s": painted - begin,
        "opening another, s": opened - opening,
        "longest gap, ms": lateness.max_ms,
        "closing, s": time.perf_counter() - closing,
    }


if __name__ == "__main__":
    main()

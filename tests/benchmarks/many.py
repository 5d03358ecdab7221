"""Very many images: opening them again, a change by hand, and every view of the window.

    python -m tests.benchmarks.many [--images 100000] [--data DIR] [--train] [--where]

Makes that many files first (links to a few pictures, in 20 classes), or takes those of DIR. Prints
seconds of the processor for what the engine does, beside what the system alone takes to tell sizes
and times of all files. Then it walks through the real window, and prints for each step how long
the GUI thread stood still at worst, and how much of that it computed. Other programs spoil figures
by the clock: the load average is printed with them.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.benchmarks.browsing import make_images
from tests.benchmarks.driving import TICK_MS, Ticker, memory_mb, run_until
from tlstudio.core.data.manifest import Manifest
from tlstudio.core.data.split_config import GroupBy, SplitConfig
from tlstudio.engine.data.sources import open_dataset

SETTLE_S = 1.5
LATE_S = 0.1


def measure_engine(folder: Path) -> None:
    """Seconds of the processor."""
    row("sizes and times of all files, by the system alone", seconds_of(lambda: _sizes(folder)))
    row("opening, first time", seconds_of(lambda: open_dataset(folder)))
    row("opening again", seconds_of(lambda: open_dataset(folder)))
    index = open_dataset(folder)
    row("splits, counts, fingerprint", seconds_of(lambda: (index.splits, index.fingerprint)))
    keys = [index.key_of(sample.image) for sample in index.samples[:1000]]
    edits = {
        "one image left out": Manifest().leaving_out(keys[:1]),
        "1,000 moved to a class": Manifest().moving(keys, index.classes[-1]),
        "1,000 in groups of ten": Manifest(groups={k: str(n // 10) for n, k in enumerate(keys)}),
    }
    for title, manifest in edits.items():
        row(title, seconds_of(lambda manifest=manifest: index.edited(manifest)))  # type: ignore[misc]
    row("split by another seed", seconds_of(lambda: index.split_by(SplitConfig(seed=1))))
    groups = SplitConfig(group_by=GroupBy.FOLDER)
    row("opening with groups by folder", seconds_of(lambda: open_dataset(folder, groups)))
    print(f"{'memory at most':52}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:8} MB")


def seconds_of(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def row(title: str, seconds: float) -> None:
    print(f"{title:52}{seconds:8.2f} s", flush=True)


def _sizes(folder: Path) -> int:
    return sum(e.stat().st_size for f in os.scandir(folder) for e in os.scandir(f.path))


class Blame(QObject):
    """Writes down where the main thread is whenever its event loop has not answered for a while.

    By `faulthandler`, which holds no frame: a painter must not live on in another thread. It looks
    without the interpreter's lock, which may crash the program: only where somebody asks for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `stop`
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._wait_anew)
        self._timer.start()

    def _wait_anew(self) -> None:
        faulthandler.dump_traceback_later(LATE_S, repeat=True, file=self._file)

    def stop(self) -> str:
        """Where it was in the longest pause."""
        self._timer.stop()
        faulthandler.cancel_dump_traceback_later()
        self._file.seek(0)
        with self._file as file:
            dumps = file.read().split("Timeout (")[1:]
        main = [dump.rpartition("Thread ")[2] for dump in dumps]  # the main thread comes last
        frames = [re.findall(r'"[^"]*/tlstudio/([^"]*)", line (\d+) in (\w+)', d) for d in main]
        last = max(frames, key=bool, default=[])
        return " < ".join(f"{Path(file).stem}.{name}:{line}" for file, line, name in last[:4])


class Tour:
    """Drives one window, and prints a line for each step."""

    def __init__(self, *, tells_where: bool) -> None:
        from tlstudio.gui.app import Studio
        from tlstudio.gui.kit.preferences import Preferences

        self._tells_where = tells_where
        self.app = QApplication([])
        preferences = Preferences(Path(tempfile.mkdtemp()) / "preferences.ini")
        self.studio = Studio(self.app, preferences)
        self.studio.show()
        self.studio.window.resize(1280, 800)
        self.session = self.studio.session
        run_until(self.app, lambda: self.session.network.is_ready)
        self.settle(2.5)

    def settle(self, seconds: float = SETTLE_S) -> None:
        end = time.perf_counter() + seconds
        run_until(self.app, lambda: time.perf_counter() > end)

    @contextlib.contextmanager
    def step(self, title: str, until: Callable[[], bool] | None = None) -> Iterator[None]:
        """Measure what is begun in the block, until it is there, and a little longer."""
        blame, ticker = Blame() if self._tells_where else None, Ticker()
        begin = time.perf_counter()
        yield
        if until is not None:
            run_until(self.app, until)
        took = time.perf_counter() - begin
        self.settle()
        late = ticker.stop()
        where = blame.stop() if blame is not None else ""
        _, worst_ms, computed_ms = late.worst[0]
        print(
            f"{title:34}{memory_mb():6.0f} MB {took:7.2f} s; stood still {worst_ms:6.0f} ms, "
            f"of which computing {computed_ms:6.0f} ms  {where}",
            flush=True,
        )


def measure_window(folder: Path, *, trains: bool, tells_where: bool) -> None:
    """Every view and page, filters, selections and changes by hand."""
    from tlstudio.gui.app.data_views import DataTab
    from tlstudio.gui.state.browsing import BrowsingState
    from tlstudio.gui.state.session import Step

    tour = Tour(tells_where=tells_where)
    session, data = tour.session, tour.session.datasets
    before = memory_mb()
    page = tour.studio.window.pages[Step.DATA]
    browser = page.browser  # type: ignore[attr-defined]
    images = browser.images
    grid = images.grid
    with tour.step("open", lambda: len(grid.items) > 0 and grid.isVisible()):
        data.open(folder)
    print(f"{len(grid.items):,} images; {memory_mb() - before:.0f} MB more memory")
    bar = grid.verticalScrollBar()
    with tour.step("scroll through all, 200 frames"):
        for number in range(200):
            bar.setValue(bar.maximum() * number // 200)
            tour.app.processEvents()
    for tab in DataTab:
        with tour.step(f"view: {tab}"):
            browser.show_tab(tab)
    browser.show_tab(DataTab.IMAGES)
    for text in ("7", "77", "none of them", ""):
        with tour.step(f"search “{text}”"):
            images.search.setText(text)
    browsing = session.feature(BrowsingState)
    for class_index in (3, None):
        with tour.step(f"class {class_index}"):
            browsing.set_class(class_index)
    grid.setFocus()
    with tour.step("choose one image"):
        grid.set_current_index(len(grid.items) // 2)
    for count in (1, 1000):
        index = data.index
        assert index is not None
        grid.select(range(count))
        keys = [index.key_of(image) for image in grid.selected_images]
        with tour.step(f"leave out {count}", lambda index=index: data.index is not index):  # type: ignore[misc]
            data.edit(data.manifest.leaving_out(keys))
    index = data.index
    with tour.step("undo", lambda: data.index is not index):
        tour.studio.window.actions_by_name["undo"].trigger()
    with tour.step("select all"):
        QTest.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    with tour.step("select none"):
        QTest.keyClick(grid, Qt.Key.Key_Escape)
    with tour.step("read again", lambda: not data.loading):
        data.reload()
    with tour.step("split again", lambda: not data.loading):
        data.split(SplitConfig(seed=7))
    for step in (Step.MODEL, Step.TRAIN, Step.RESULTS, Step.USE, Step.RUNS, Step.DATA):
        with tour.step(f"page: {step}"):
            session.go_to(step)
    if trains:
        ended: list[object] = []
        session.run.ended.connect(ended.append)
        with tour.step("train, for ten seconds", lambda: session.run.active):
            session.train()
            tour.settle(10)
        with tour.step("stop training", lambda: bool(ended)):
            session.run.stop()
    with tour.step("close the dataset", lambda: data.index is None):
        data.close()
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")
    tour.studio.window.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--data", type=Path, help="a folder of images, in place of made ones")
    parser.add_argument("--parts", default="engine,window")
    parser.add_argument("--train", action="store_true", help="begin a run, too")
    parser.add_argument("--where", action="store_true", help="say what held the window up, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="many.") as place:
        os.environ.setdefault("TLSTUDIO_HOME", f"{place}/home")
        folder = options.data
        if folder is None:
            folder = Path(place) / "images"
            make_images(folder, options.images)
        print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        if "engine" in options.parts:
            measure_engine(folder)
        if "window" in options.parts:
            measure_window(folder, trains=options.train, tells_where=options.where)
    sys.stdout.flush()
    os._exit(0)  # nothing that a measurement left over is waited for


if __name__ == "__main__":
    main()

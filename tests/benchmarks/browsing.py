"""Opening and scrolling through many images in the real window.

One of the measurements of `tests.benchmarks.window`; a fresh interpreter each time.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from PySide6.QtWidgets import QApplication, QScrollBar

from tests.benchmarks.driving import Bystander, Ticker, memory_mb, run_until
from tlstudio.gui.app import Studio
from tlstudio.gui.kit.preferences import Preferences

FRAME_S = 1 / 60
SMOOTH_FRAMES = 600
PAGED_FRAMES = 1000
CLASSES = 20


def make_images(folder: Path, count: int) -> None:
    """`count` JPEGs in class folders: a few pictures under many names."""
    import numpy as np
    from PIL import Image

    sources = folder.with_name(f"{folder.name}.sources")
    sources.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(40):
        coarse = Image.fromarray(random.integers(0, 255, (12, 16, 3), dtype=np.uint8))
        coarse.resize((320, 240)).save(sources / f"{number}.jpg", quality=85)
    for number in range(CLASSES):
        (folder / f"class_{number:02}").mkdir(parents=True)
    for number in range(count):
        name = folder / f"class_{number % CLASSES:02}" / f"image_{number:06}.jpg"
        os.link(sources / f"{number % 40}.jpg", name)


def measure(folder: Path, *, scrolls: bool) -> dict[str, float]:
    """Open `folder`, and scroll through all of it.

    `open_s`: from the request to the painted grid. `scroll_*`: time of a frame (new position to
    painted) at a third of a page per frame; `page_*`: a page or more per frame, to the very end.
    """
    app = QApplication([])
    studio = Studio(app, Preferences(Path(tempfile.mkdtemp()) / "preferences.ini"))
    studio.show()
    run_until(app, lambda: studio.session.network.is_ready)
    settled = time.perf_counter() + 2.5
    run_until(app, lambda: time.perf_counter() > settled)
    before_mb = memory_mb()

    grid = studio.window.pages[studio.session.step].browser.images.grid  # type: ignore[attr-defined]
    bystander, ticker = Bystander(), Ticker()
    begin = time.perf_counter()
    studio.session.datasets.open(folder)
    run_until(app, lambda: len(grid.items) > 0 and grid.isVisible())
    opened = time.perf_counter()
    run_until(app, lambda: time.perf_counter() > opened + 1)
    lateness = ticker.stop()
    _, bystander_max_ms = bystander.stop()
    result = {
        "images": len(grid.items),
        "open_s": opened - begin,
        "open_gap_p99_ms": lateness.p99_ms,
        "open_gap_max_ms": lateness.max_ms,
        "open_bystander_max_ms": bystander_max_ms,
        "memory_before_mb": before_mb,
        "memory_opened_mb": memory_mb(),
    }
    if scrolls:
        bar = grid.verticalScrollBar()
        smooth = _scroll(app, bar, bar.pageStep() // 3, SMOOTH_FRAMES)
        step = max(bar.pageStep(), bar.maximum() // PAGED_FRAMES)
        paged = _scroll(app, bar, step, bar.maximum() // step + 1)
        result |= {**_frames("scroll", smooth), **_frames("page", paged)}
        result["memory_scrolled_mb"] = memory_mb()
    studio.window.close()
    return result


def _scroll(
    app: QApplication, bar: QScrollBar, step: int, frames: int
) -> list[tuple[float, float]]:
    """Seconds of each frame: by the clock, and of computing in this thread."""
    times = []
    bar.setValue(0)
    for _ in range(frames):
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        bar.setValue(bar.value() + step)
        app.processEvents()
        times.append((time.perf_counter() - begin, time.thread_time() - begin_cpu))
        time.sleep(max(0.0005, FRAME_S - times[-1][0]))
    return times


def _frames(name: str, times: list[tuple[float, float]]) -> dict[str, float]:
    order = sorted(1000 * wall for wall, _ in times)
    computing = sorted(1000 * cpu for _, cpu in times)
    return {
        f"{name}_cpu_p99_ms": computing[int(0.99 * len(computing))],
        f"{name}_p50_ms": statistics.median(order),
        f"{name}_p99_ms": order[int(0.99 * len(order))],
        f"{name}_max_ms": order[-1],
        f"{name}_late_percent": 100 * sum(ms > 1000 * FRAME_S for ms in order) / len(order),
    }

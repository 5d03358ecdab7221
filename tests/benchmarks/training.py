"""Training in the real window and without one: lateness of the GUI thread, throughput.

One of the measurements of `tests.benchmarks.window`; a fresh interpreter each time. Fine-tuning a
random ResNet-18 is the heaviest job: nothing of it can be kept from one epoch to the next.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.driving import Bystander, Ticker, memory_mb, run_until
from tlstudio.core.config import RunConfig
from tlstudio.core.runs.events import EpochEnded, RunEnded, StopToken
from tlstudio.core.runs.history import EpochRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASSES = 4
SELDOM_MS = 100


def make_photos(folder: Path, train: int, val: int) -> None:
    """Pictures of a photo's size in ``train/`` and ``val/``, told apart by their tint."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for split, count in (("train", train), ("val", val)):
        for number in range(count):
            kind = number % CLASSES
            coarse = random.integers(0, 200, (30, 40, 3), dtype=np.uint8)
            coarse[..., kind % 3] //= 1 + kind // 3 * 2
            path = folder / split / f"class_{kind}" / f"{number:04}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse).resize((500, 375), Image.Resampling.BICUBIC).save(path)


def job(epochs: int) -> RunConfig:
    return RunConfig().changed(
        model="resnet18",
        strategy="fine_tuning",
        initialisation="random",
        augmentation="crop_flip",
        epochs=epochs,
        batch_size=32,
    )


def measure_headless(folder: Path, epochs: int) -> dict[str, float]:
    """The engine's generator on the main thread of a plain process."""
    from tlstudio.engine.data.sources import open_dataset
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.training.trainer import train

    config, index = job(epochs), open_dataset(folder)
    classifier = build_classifier(config, index.classes)
    records = []
    for event in train(config, index, StopToken(), classifier):
        if isinstance(event, EpochEnded):
            records.append(event.record)
        if isinstance(event, RunEnded) and event.error is not None:
            raise event.error
    return _throughput(records, len(index.samples))


def measure_window(folder: Path, epochs: int) -> dict[str, float]:
    """A run from the window's own button, with its page in sight and the charts live.

    The first half of the epochs is watched, the second is timed: a timer and a process that wake
    a hundred times a second cost a tenth of the throughput themselves. `late_*`: of a 10-ms timer
    from the first event on; `end_late_max_ms`: while the run ends, memory goes back and the
    results are shown.
    """
    from PySide6.QtWidgets import QApplication

    from tlstudio.gui.app import Studio
    from tlstudio.gui.kit.preferences import Preferences

    app = QApplication([])
    studio = Studio(app, Preferences(Path(tempfile.mkdtemp()) / "preferences.ini"))
    studio.show()
    session = studio.session
    run_until(app, lambda: session.network.is_ready)
    session.datasets.open(folder)
    run_until(app, lambda: session.datasets.index is not None)
    session.network.set_config(job(epochs))
    settled = time.perf_counter() + 5
    run_until(app, lambda: session.can_train and time.perf_counter() > settled)
    started: list[float] = []
    ended: list[RunEnded] = []
    session.run.started.connect(lambda _: started.append(time.perf_counter()))
    session.run.ended.connect(ended.append)
    session.train()
    run_until(app, lambda: bool(started or ended))
    bystander, ticker = Bystander(), Ticker()
    run = session.run
    run_until(
        app,
        lambda: bool(ended) or len(run.record.history.epochs) == watched(epochs),
        every_ms=SELDOM_MS,
    )
    lateness = ticker.stop()
    bystander_p99_ms, bystander_max_ms = bystander.stop()
    run_until(
        app, lambda: bool(ended) or len(run.record.history.epochs) == epochs, every_ms=SELDOM_MS
    )
    ticker = Ticker()
    run_until(app, lambda: bool(ended))
    end_lateness = ticker.stop()
    if ended[0].error is not None:
        raise ended[0].error
    index = session.datasets.index
    assert index is not None
    result = {
        **_throughput(session.run.record.history.epochs, len(index.samples)),
        "late_p50_ms": lateness.p50_ms,
        "late_p99_ms": lateness.p99_ms,
        "late_max_ms": lateness.max_ms,
        "bystander_p99_ms": bystander_p99_ms,
        "bystander_max_ms": bystander_max_ms,
        "end_late_max_ms": end_lateness.max_ms,
        "gui_busy_percent": lateness.busy_percent,
        "memory_trained_mb": memory_mb(),
    }
    studio.window.close()
    return result


def watched(epochs: int) -> int:
    """How many epochs are not timed; the first one decodes the images."""
    return max(1, epochs // 2)


def _throughput(records: Sequence[EpochRecord], images: int) -> dict[str, float]:
    """Images per second over the epochs that are timed."""
    later = records[watched(len(records)) :]
    return {"images_per_s": images * len(later) / sum(record.elapsed_s for record in later)}

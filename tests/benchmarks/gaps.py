"""How long the window leaves a click unanswered: with many classes, and when it changes its dress.

    python -m tests.benchmarks.gaps [--classes 2000] [--images 1000] [--parts classes,dress]

Prints the longest gap of the GUI thread (ms, by a timer of 5 ms) for each thing a person does, and
how much of it the thread computed; the rest is other programs and other threads.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.benchmarks.driving import Ticker, run_until
from tests.gui.fakes import make_images, make_predictions
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.runs.events import PredictionsReady, RunEnded, RunEndReason, RunStarted
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.app import Studio
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.theme import Scheme
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Step

SETTLE_S = 2.0


class Gaps:
    """One studio, and the longest gap of whatever it is told to do."""

    def __init__(self, folder: Path) -> None:
        self.app = QApplication([])
        self.studio = Studio(self.app, Preferences(folder / "preferences.ini"))
        self.session = self.studio.session
        self.studio.show()
        run_until(self.app, lambda: self.session.network.is_ready)
        self.wait(4)

    def wait(self, seconds: float = SETTLE_S) -> None:
        end = time.perf_counter() + seconds
        run_until(self.app, lambda: time.perf_counter() > end)

    def measure(
        self, title: str, act: Callable[[], object], until: Callable[[], bool] | None = None
    ) -> None:
        ticker = Ticker()
        act()
        if until is not None:
            run_until(self.app, until)
        self.wait()
        seen = ticker.stop()
        computed_ms = max(cpu for _, _, cpu in seen.worst)
        over = sum(ms > 100 for _, ms, _ in seen.worst)
        print(f"{title:36} {seen.max_ms:7.0f} ms, computed {computed_ms:6.0f}; over 100: {over}")

    def open(self, folder: Path) -> DatasetIndex:
        datasets = self.session.datasets
        self.measure("open", lambda: datasets.open(folder), lambda: datasets.index is not None)
        index = datasets.index
        assert index is not None
        return index

    def end_run(self, index: DatasetIndex) -> None:
        """As if a run on `index` had ended, with answers for its validation images."""
        val = index.by_split[Split.VAL]
        answers = make_predictions([s.image.path for s in val], index.classes)
        run = self.session.run
        run.record = RunRecord(self.session.network.settings, index.name, classes=index.classes)
        run._set_status(RunStatus.PREPARING)
        train = len(index.by_split[Split.TRAIN])
        begun = RunStarted(RunConfig().model, index.classes, train, len(val), 1, 1, 1, "cpu", 0)
        end = RunEnded(RunEndReason.FINISHED, 1, 1, 0.8, 1.0)

        def tell() -> None:
            for event in (begun, PredictionsReady(1, answers), end):
                run._on_event(event)
            run._on_worker_ended(None)
            classifier = self.session.classifier
            classifier.info = ClassifierInfo(RunConfig().model, index.classes, val_accuracy=0.8)
            classifier.changed.emit(classifier.info)

        self.wait()  # what is overdue after the preparations is not of the run
        self.measure("a run ends", tell)

    def walk(self) -> None:
        for step in (*Step, Step.RESULTS, Step.DATA):
            self.measure(f"show {step.value}", lambda step=step: self.session.go_to(step))


def many_classes(gaps: Gaps, folder: Path, classes: int) -> None:
    names = [f"class {number:04} of many" for number in range(classes)]
    make_images(folder / "many", 3, names)
    index = gaps.open(folder / "many")
    gaps.walk()
    gaps.end_run(index)
    gaps.walk()
    gaps.session.go_to(Step.RESULTS)
    gaps.wait()
    page = gaps.studio.window.pages[Step.RESULTS]
    gaps.measure("list of true classes", page.filter.true_box.showPopup)  # type: ignore[attr-defined]
    page.filter.true_box.hidePopup()  # type: ignore[attr-defined]
    gaps.measure("one true class", lambda: page.filter.set_true_class(7))  # type: ignore[attr-defined]
    gaps.measure("all again", page.filter.reset)  # type: ignore[attr-defined]
    gaps.session.go_to(Step.DATA)
    gaps.wait()
    browser = gaps.studio.window.pages[Step.DATA].browser  # type: ignore[attr-defined]
    gaps.measure("one class", lambda: browser.classes.chart.choose_class(700))
    gaps.measure("another split", lambda: browser.tabs.setCurrentIndex(1))
    gaps.measure("another language", lambda: gaps.studio.set_language("ko"))
    gaps.measure("dark", lambda: gaps.studio.set_scheme(Scheme.DARK))
    gaps.measure("close the dataset", gaps.session.datasets.close)


def dress(gaps: Gaps, folder: Path, images: int) -> None:
    make_images(folder / "photos", images // 4, ("a", "b", "c", "d"))
    index = gaps.open(folder / "photos")
    gaps.walk()
    gaps.end_run(index)
    gaps.walk()
    for step in Step:
        gaps.session.go_to(step)
        gaps.wait()
        gaps.measure(f"dark on {step.value}", lambda: gaps.studio.set_scheme(Scheme.DARK))
        gaps.measure(f"light on {step.value}", lambda: gaps.studio.set_scheme(Scheme.LIGHT))
        gaps.measure(f"Korean on {step.value}", lambda: gaps.studio.set_language("ko"))
        gaps.measure(f"English on {step.value}", lambda: gaps.studio.set_language("en"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classes", type=int, default=2000)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--parts", default="classes,dress")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gaps.") as name:
        folder = Path(name)
        os.environ["TLSTUDIO_HOME"] = str(folder / "home")
        gaps = Gaps(folder)
        for part, act, size in (
            ("classes", many_classes, options.classes),
            ("dress", dress, options.images),
        ):
            if part in options.parts.split(","):
                print(f"-- {part}, {size}")
                act(gaps, folder, size)
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    main()

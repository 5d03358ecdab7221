"""A dataset with copies planted in it, and a check of it that needs no engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health import Finding, HealthProgressed, HealthReport, SkippedCheck
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.state import health, health_jobs
from tlstudio.gui.state.health import HealthState
from tlstudio.gui.state.session import Session

LEAKS, LABELS = 2, 3


def plant(root: Path) -> Path:
    """Three classes in train and val; two images of train are in val as well."""
    for split, count in (("train", 6), ("val", 3)):
        make_images(root / split, count)
        for path in (root / split).rglob("*.png"):  # the two splits begin with the same noise
            path.write_bytes(path.read_bytes() + split.encode() + path.stem.encode())
    for number in range(LEAKS):
        shutil.copy(root / f"train/acorn/{number}.png", root / f"val/acorn/copy{number}.png")
    return root


def found_in(index: DatasetIndex) -> tuple[Finding, ...]:
    """The planted copies, three doubtful labels, and a finding without images."""
    by_key = {sample.image.key: sample.image for sample in index.samples}
    leaks = [
        Finding.of(
            "leaks",
            index,
            (by_key[f"train/acorn/{n}.png"], by_key[f"val/acorn/copy{n}.png"]),
            {"count": 2, "splits": "train, val"},
        )
        for n in range(LEAKS)
    ]
    labels = [
        Finding.of(
            "labels",
            index,
            (by_key[f"train/leaf/{n}.png"],),
            {
                "name": f"{n}.png",
                "class_name": "leaf",
                "percent": 3,
                "suggested": "mushroom",
                "suggested_percent": 93 - n,
            },
            score=1 - n / 10,
        )
        for n in range(LABELS)
    ]
    imbalance = Finding.of(
        "imbalance",
        index,
        (),
        {"class_name": "leaf", "count": 1, "largest": "acorn", "largest_count": 8},
        about="leaf",
    )
    return (*leaks, *labels, imbalance)


class Checker:
    """Stands for the engine's check; `find` says what it finds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self.find: Callable[[DatasetIndex], tuple[Finding, ...]] = found_in
        self.waits = False  # until it is stopped
        monkeypatch.setattr(health, "IDLE_MS", 0)
        monkeypatch.setattr(health_jobs, "check_dataset", self.check)

    def check(
        self, index: DatasetIndex, features: object, stop: StopToken
    ) -> Iterator[HealthProgressed | HealthReport]:
        self.calls += 1
        yield HealthProgressed("Looking at the images", 1, len(index.samples))
        if self.waits:
            stop.pause()
            stop.wait_while_paused()
        if not stop.stopped:
            yield HealthReport(
                index.fingerprint,
                self.find(index),
                len(index.samples),
                (SkippedCheck("looks", Note("Too few images")),),
                has_features=True,
            )


def checked(session: Session, qtbot: QtBot, root: Path) -> HealthState:
    """Open a dataset and wait for what was found in it."""
    health = session.feature(HealthState)
    session.datasets.open(root)
    qtbot.waitUntil(lambda: health.open is not None)
    return health

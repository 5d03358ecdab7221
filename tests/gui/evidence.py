"""Evidence for the small network of `networks`, as measuring it would find it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import wait_for_plan
from tlstudio.core.advice.evidence import (
    EvidenceMeasured,
    EvidenceProgressed,
    EvidenceRecord,
    StageEvidence,
)
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.state import evidence_jobs as evidence
from tlstudio.gui.state.evidence import EvidenceState
from tlstudio.gui.state.session import Session

IMAGES = 100


def stage(path: str, right: int, gradient: float | None = 0.01) -> StageEvidence:
    """A probe that is right for the first `right` of a hundred images."""
    answers = "1" * right + "0" * (IMAGES - right)
    return StageEvidence(path, 8, 200, answers, right / IMAGES - 0.05, gradient)


def make_record(body: int = 60, head: int = 80) -> EvidenceRecord:
    """Stages ``stem`` and ``body``; the pixels are right for a third."""
    return EvidenceRecord(
        key="0" * 32,
        model="tf_efficientnet_lite0",
        weights="IMAGENET1K_V1",
        image_px=224,
        classes=3,
        images=IMAGES,
        train_images=IMAGES,
        folds=5,
        chance=0.34,
        pixels=stage("", 34, None),
        stages=(stage("stem", 40), stage("body", body, 0.001)),
        head=stage("head", head, 0.1),
    )


class Measurer:
    """Stands in for the engine: tells what it is given, one step after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.record = make_record()
        self.kept: EvidenceRecord | None = None
        self.fails = False
        self.may_end = threading.Event()
        self.may_end.set()
        monkeypatch.setattr(evidence, "known_evidence", self.known)
        monkeypatch.setattr(evidence, "measure_evidence", self.measure)

    def known(self, config: object, index: DatasetIndex) -> EvidenceRecord | None:
        return self.kept

    def measure(
        self, config: object, index: DatasetIndex, stop: StopToken
    ) -> Iterator[EvidenceProgressed | EvidenceMeasured]:
        yield EvidenceProgressed(0.25, "body")
        if self.fails:
            raise DatasetError("There are too few images.", "Add some.")
        while not self.may_end.wait(0.01):
            if stop.stopped:
                return
        yield EvidenceMeasured(self.record)


def open_photos(session: Session, qtbot: QtBot, folder: Path) -> None:
    """Open a dataset of three classes, and wait for the network that fits it."""
    index = make_index(folder, make_images(folder))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    wait_for_plan(session, qtbot)
    qtbot.waitUntil(lambda: session.feature(EvidenceState).advice is not None)

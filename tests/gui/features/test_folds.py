"""Cross-validation in the window: started, followed, told, and forgotten with its dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images
from tests.gui.fields import type_number
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.folds import (
    FoldEnded,
    FoldResult,
    FoldsEnded,
    FoldsEvent,
    FoldsRecord,
    FoldsStarted,
    FoldStarted,
)
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.app.status_bar import Status
from tlstudio.gui.features.folds import jobs
from tlstudio.gui.features.folds.state import FoldsState
from tlstudio.gui.features.folds.view import FoldsView
from tlstudio.gui.state.session import Session


def result(fold: int, right: int, images: int = 10) -> FoldResult:
    told = tuple(
        PredictionRecord(ImageRef.of_file(Path(f"{fold}-{n}.png")), (0.9, 0.1), int(n >= right))
        for n in range(images)
    )
    end = RunEnded(RunEndReason.FINISHED, 2, 1, 0.5, 1.5)
    return FoldResult(fold, RunRecord().with_event(end), told)


@pytest.fixture
def view(
    ready_session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FoldsView:
    def cross_validate(config: Any, index: Any, folds: int, stop: Any) -> Iterator[FoldsEvent]:
        record = FoldsRecord(folds, ("a", "b"), 10 * folds)
        yield FoldsStarted(record)
        for fold in range(1, folds + 1):
            yield FoldStarted(fold, 10, 10)
            record = record.with_result(result(fold, right=6 + fold))
            yield FoldEnded(record)
        yield FoldsEnded(record, False)

    monkeypatch.setattr(jobs, "cross_validate", cross_validate)
    make_images(tmp_path / "photos", count=4)
    with qtbot.waitSignal(ready_session.datasets.changed):
        ready_session.datasets.open(tmp_path / "photos")
    qtbot.waitUntil(lambda: ready_session.can_train)
    view = FoldsView(ready_session)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    return view


def test_folds_are_trained_and_told(view: FoldsView, session: Session, qtbot: QtBot) -> None:
    folds = session.feature(FoldsState)
    assert view.start_button.isEnabled() and view.headline.text() == "Cross-validation"
    type_number(qtbot, view.count, "21", leaves=True)
    assert not view.start_button.isEnabled()
    type_number(qtbot, view.count, "3", leaves=True)
    status, said = Status(session), []
    qtbot.addWidget(status)
    session.busy_changed.connect(lambda _busy: said.append(status.activity))
    with qtbot.waitSignal(folds.ended):
        view.start_button.click()
    qtbot.waitUntil(lambda: said == ["Measuring…", "Ready"])  # not ready while it measures
    assert folds.record is not None and folds.record.folds == 3
    assert view.headline.text().startswith("Accuracy 80.0% (from 55.2 to 100.0%)")
    assert "Measured on 30 images" in view.notes.text()
    assert "Most confused: a" not in view.notes.text() and "b → a 6" in view.notes.text()
    assert not view.progress_bar.isVisible() and not view.cancel_button.isVisible()
    rows = [(title.text(), value.text()) for title, value in view.results._rows]
    assert rows[0] == ("Fold 1", "70.0% · 7 of 10 · 1.5 s") or rows[0][1].startswith("70.0")
    session.datasets.changed.emit(None)
    assert folds.record is None and view.headline.text() == "Cross-validation"


def test_without_a_dataset_it_says_what_is_missing(session: Session, qtbot: QtBot) -> None:
    view = FoldsView(session)
    qtbot.addWidget(view)
    view.show()
    assert not view.start_button.isEnabled() and view.why_not.text()

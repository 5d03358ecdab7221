"""One click calibrates the run in hand: shown, Use and Save follow, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import PredictionsReady
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.features.results import jobs
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.features.results.state import ResultsState
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Session

LEFT = Qt.MouseButton.LeftButton


def too_sure(count: int) -> tuple[PredictionRecord, ...]:
    """Answers that are 97 % sure, and right in 3 of 4 cases."""
    rows = []
    rest = 0.03 / (len(CLASSES) - 1)
    for number in range(count):
        target = number % len(CLASSES)
        said = target if number // len(CLASSES) % 4 else (target + 1) % len(CLASSES)
        said_of = tuple(0.97 if place == said else rest for place in range(len(CLASSES)))
        rows.append(PredictionRecord(ImageRef.of_file(Path(f"{number}.png")), said_of, target))
    return tuple(rows)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """What would be written into the folder of the run."""
    kept: list[tuple[str, float]] = []
    monkeypatch.setattr(jobs, "set_temperature", lambda *written: kept.append(written))
    return kept


def test_one_click_calibrates_and_another_undoes_it(
    session: Session,
    qtbot: QtBot,
    kept: list[tuple[str, float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, state = ResultsPage(session), session.feature(ResultsState)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    classifier = SimpleNamespace(temperature=1.0)
    session.classifier.take(classifier, ClassifierInfo("m", CLASSES))  # type: ignore[arg-type]
    record = RunRecord(classes=CLASSES, run_id="one").with_event(PredictionsReady(1, too_sure(160)))
    session.run.show(record)
    session.classifier.answers = list(too_sure(2))
    with qtbot.waitSignal(state.scores_changed):
        page.sides.buttons()[2].click()
    judged: list[str] = []
    monkeypatch.setattr(state, "_on_judged", lambda run_id, found: judged.append(run_id))
    side = page.calibration
    assert side.calibrate_button.isVisible() and not side.undo_button.isVisible()
    before = state.predictions[0].confidence
    qtbot.mouseClick(side.calibrate_button, LEFT)
    qtbot.waitUntil(lambda: classifier.temperature > 1)
    found = state.calibration
    assert not judged  # it is known already
    assert found is not None and found.ece_after < found.ece_before
    assert kept == [("one", found.temperature)]
    assert state.predictions[0].confidence < before == pytest.approx(0.97)
    assert session.classifier.answers[0].confidence == pytest.approx(
        state.predictions[0].confidence
    )
    assert side.state.text().startswith(f"Calibrated, T = {found.temperature:.2f}.")
    assert side.undo_button.isVisible() and not side.calibrate_button.isVisible()
    qtbot.waitUntil(lambda: state.can_calibrate)
    qtbot.mouseClick(side.undo_button, LEFT)
    qtbot.waitUntil(lambda: classifier.temperature == 1)
    assert kept[-1] == ("one", 1.0) and not judged
    assert np.isclose(state.predictions[0].confidence, before)
    assert side.calibrate_button.isVisible() and not side.state.text()


def test_a_run_that_is_opened_says_that_it_is_calibrated(
    session: Session, qtbot: QtBot, kept: list[tuple[str, float]]
) -> None:
    page, state = ResultsPage(session), session.feature(ResultsState)
    qtbot.addWidget(page)
    page.show()
    classifier = SimpleNamespace(temperature=2.0)
    session.classifier.take(classifier, ClassifierInfo("m", CLASSES))  # type: ignore[arg-type]
    record = RunRecord(classes=CLASSES).with_event(PredictionsReady(1, too_sure(160)))
    session.run.show(replace(record, run_id="two"))
    page.sides.buttons()[2].click()
    qtbot.waitUntil(lambda: state.calibration is not None)
    assert page.calibration.state.text().startswith("Calibrated, T = 2.00. Calibration error ")
    assert not kept


def test_too_few_images_are_an_error_that_is_shown(
    session: Session, qtbot: QtBot, kept: list[tuple[str, float]]
) -> None:
    page, state = ResultsPage(session), session.feature(ResultsState)
    qtbot.addWidget(page)
    page.show()
    classifier = SimpleNamespace(temperature=1.0)
    session.classifier.take(classifier, ClassifierInfo("m", CLASSES))  # type: ignore[arg-type]
    record = RunRecord(classes=CLASSES, run_id="one").with_event(PredictionsReady(1, too_sure(8)))
    session.run.show(record)
    state.calibrate()
    qtbot.waitUntil(lambda: "too few" in page.progress.text)
    assert not kept and classifier.temperature == 1 and state.can_calibrate

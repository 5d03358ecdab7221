"""Measured on other images: test, folder, images of Use; numbers, curves, and what keeps it off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.gui.fakes import CLASSES, make_images, make_index, make_predictions, play
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.evaluation import (
    Evaluation,
    EvaluationProgressed,
    EvaluationTarget,
    TargetKind,
)
from tlstudio.core.runs.events import RunEndReason, StopToken
from tlstudio.engine.understanding.scores import scores
from tlstudio.gui.features.results import jobs
from tlstudio.gui.features.results.page import ResultsPage
from tlstudio.gui.features.results.state import ResultsState
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.session import Session

LEFT = Qt.MouseButton.LeftButton


class FakeEngine:
    """Answers instead of a network."""

    def __init__(self) -> None:
        self.asked: list[EvaluationTarget] = []
        self.error: DatasetError | None = None
        self.waits = False

    def __call__(
        self, classifier: Any, target: EvaluationTarget, index: DatasetIndex, stop: StopToken
    ) -> Iterator[EvaluationProgressed | Evaluation]:
        self.asked.append(target)
        yield EvaluationProgressed(0, 10)
        while self.waits and not stop.stopped:
            Event().wait(0.01)
        if self.error is not None:
            raise self.error
        if stop.stopped:
            return
        paths = [s.image.path for s in index.samples if s.split is Split.VAL and s.image.path]
        answers = make_predictions(paths, CLASSES, 0.5)
        looks = 3 if target.kind is TargetKind.TEST else None
        numbers = scores(answers, CLASSES, lookalikes=[answers[0].image])
        yield Evaluation(target, "photos", CLASSES, answers, numbers, test_looks=looks)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr(jobs, "evaluate_on", engine)
    return engine


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    index = make_index(tmp_path / "photos", make_images(tmp_path / "photos"))
    test = tuple(Sample(s.image, s.class_index, Split.TEST) for s in index.by_split[Split.VAL][:4])
    return DatasetIndex(
        index.root, index.name, index.layout, index.classes, (*index.samples, *test)
    )


@pytest.fixture
def page(session: Session, qtbot: QtBot, engine: FakeEngine, index: DatasetIndex) -> ResultsPage:
    page = ResultsPage(session)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    play(session, index, epochs=2, reason=RunEndReason.FINISHED)
    session.classifier.take(object(), ClassifierInfo("m", CLASSES))  # type: ignore[arg-type]
    return page


def choose(page: ResultsPage, kind: TargetKind) -> None:
    row = list(TargetKind).index(kind)
    page.target_box.setCurrentIndex(row)
    page.target_box.activated.emit(row)


def is_offered(page: ResultsPage, kind: TargetKind) -> bool:
    row = list(TargetKind).index(kind)
    flags = page.target_box.model().index(row, 0).flags()
    return bool(flags & Qt.ItemFlag.ItemIsEnabled)


def test_the_test_split_asks_first_and_says_how_often_it_was_looked_at(
    page: ResultsPage, session: Session, engine: FakeEngine, qtbot: QtBot
) -> None:
    choose(page, TargetKind.TEST)
    box = page.test_question
    assert "Not yet looked at." in box.informativeText() and not engine.asked
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert not engine.asked and page.target_box.currentIndex() == 0
    choose(page, TargetKind.TEST)
    state = session.feature(ResultsState)
    with qtbot.waitSignal(state.ended):
        page.test_question.buttons()[0].click()
    assert [target.kind for target in engine.asked] == [TargetKind.TEST]
    assert page.accuracy.text().startswith("Test accuracy ")
    assert "looked at 3 " in page.summary.text
    assert "3 times" in page.second.text() and "also in training" in page.second.text()
    choose(page, TargetKind.VALIDATION)
    assert page.accuracy.text().startswith("Validation accuracy ")
    assert not page.second.isVisible() and len(engine.asked) == 1


def test_a_folder_is_measured_and_can_be_stopped(
    page: ResultsPage, session: Session, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    state = session.feature(ResultsState)
    engine.waits = True
    page._on_folder_chosen(tmp_path)
    qtbot.waitUntil(lambda: "of 10 images" in page.progress.text)
    assert page.stop_button.isVisible() and session.is_busy
    with qtbot.waitSignal(state.ended):
        qtbot.mouseClick(page.stop_button, LEFT)
    assert not page.stop_button.isVisible() and state.evaluation is None
    engine.waits = False
    with qtbot.waitSignal(state.ended):
        page._on_folder_chosen(tmp_path)
    assert page.accuracy.text().startswith("Accuracy on “photos” ")
    assert engine.asked[-1].folder == tmp_path


def test_an_error_is_one_sentence_above_what_was_shown(
    page: ResultsPage, session: Session, engine: FakeEngine, qtbot: QtBot, tmp_path: Path
) -> None:
    engine.error = DatasetError("“{name}” holds nothing.", name="there")
    with qtbot.waitSignal(session.feature(ResultsState).ended):
        page._on_folder_chosen(tmp_path)
    assert page.progress.text == "“there” holds nothing." and page.progress.isVisible()
    assert page.accuracy.text().startswith("Validation accuracy ")


def test_only_what_there_is_is_offered(page: ResultsPage, session: Session) -> None:
    assert is_offered(page, TargetKind.TEST) and is_offered(page, TargetKind.FOLDER)
    assert not is_offered(page, TargetKind.IMAGES)
    session.classifier.answers = list(make_predictions([], CLASSES))
    session.classifier._classifier = None
    session.classifier.changed.emit(None)
    assert is_offered(page, TargetKind.VALIDATION) and not is_offered(page, TargetKind.FOLDER)


def test_loaded_weights_are_measured_without_a_run(
    session: Session, qtbot: QtBot, engine: FakeEngine, index: DatasetIndex
) -> None:
    page = ResultsPage(session)
    qtbot.addWidget(page)
    page.show()
    assert page.empty.isVisible() and page.empty_evaluate_button.isHidden()
    session.datasets.index = index
    session.classifier.take(object(), ClassifierInfo("m", CLASSES))  # type: ignore[arg-type]
    assert page.empty_evaluate_button.isVisible()
    with qtbot.waitSignal(session.feature(ResultsState).ended):
        qtbot.mouseClick(page.empty_evaluate_button, LEFT)
    assert not page.empty.isVisible() and len(page.gallery.grid.items) == 18


def test_other_answers_of_the_run_end_what_was_measured_by_the_network_before(
    page: ResultsPage, session: Session, qtbot: QtBot, index: DatasetIndex, tmp_path: Path
) -> None:
    with qtbot.waitSignal(session.feature(ResultsState).ended):
        page._on_folder_chosen(tmp_path)
    play(session, index, epochs=3, reason=RunEndReason.FINISHED)
    assert page.accuracy.text().startswith("Validation accuracy ")


def test_numbers_and_curves_are_computed_when_they_are_seen(
    page: ResultsPage, session: Session, qtbot: QtBot
) -> None:
    state = session.feature(ResultsState)
    assert state.scores is None
    with qtbot.waitSignal(state.scores_changed):
        page.sides.buttons()[2].click()
    assert state.scores is not None and page.calibration.diagram.accessibleDescription()
    assert "sure on average" in page.calibration.verdict.text()
    assert not page.calibration.grab().isNull()
    with qtbot.waitSignal(state.curves_changed):
        page.sides.buttons()[3].click()
    assert "ROC-AUC" in page.curves.areas.text()
    with qtbot.waitSignal(state.curves_changed):
        page.curves.class_box.setCurrentIndex(2)
    roc, recall = page.curves._charts
    assert roc.places[0] == 0 and roc.places[-1] == 1  # type: ignore[attr-defined]
    assert recall.csv().startswith("Recall,Precision")  # type: ignore[attr-defined]
    assert not page.curves.grab().isNull()


def test_the_side_stays_when_the_window_is_rebuilt(
    page: ResultsPage, session: Session, qtbot: QtBot
) -> None:
    page.sides.buttons()[1].click()
    other = ResultsPage(session)
    qtbot.addWidget(other)
    assert other.sides.value is other.classes and other.side_box.currentIndex() == 1
    other.side_box.activated.emit(2)
    assert session.feature(ResultsState).side == 2 and other.sides.value is other.calibration

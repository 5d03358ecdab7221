"""One primary action on every page, for what is next; and the marks of the rail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index, play
from tests.gui.findings import LEAKS, Checker, checked, plant
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tests.gui.windows import show_window
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health import REMEDIES
from tlstudio.core.needs import Need
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app.data_views import DataTab
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.model_page import ModelPage, ModelTab
from tlstudio.gui.app.next_action import (
    CHOOSE_DATASET,
    NEXT_ACTIONS,
    SEE_RESULTS,
    STOP,
    TRAIN,
    TRAIN_AGAIN,
    TRY_LOADED,
    TRY_PHOTO,
    NextAction,
    next_action,
)
from tlstudio.gui.app.parts import StepMark
from tlstudio.gui.app.train_page import TrainPage, TrainTab
from tlstudio.gui.kit import file_dialogs
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

LEFT = Qt.MouseButton.LeftButton
EMPTY, CURRENT = StepMark.EMPTY, StepMark.CURRENT
DONE, OUT_OF_DATE = StepMark.DONE, StepMark.OUT_OF_DATE
FINISHED = RunEndReason.FINISHED


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return make_index(tmp_path, make_images(tmp_path))


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    no_engine(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    make_ready(session, qtbot)
    yield window
    session.run._set_status(RunStatus.IDLE)


def open_dataset(session: Session, index: DatasetIndex, qtbot: QtBot) -> None:
    session.datasets.index = index
    session.datasets.changed.emit(index)
    wait_for_plan(session, qtbot)


def load(session: Session) -> None:
    """A classifier from a file."""
    info = ClassifierInfo("tf_efficientnet_lite0", ("a", "b"), "weights.pth", epochs=3)
    session.classifier.take(SimpleNamespace(), info)  # type: ignore[arg-type]


def finish(session: Session, index: DatasetIndex) -> None:
    """A run that learned, and its classifier."""
    play(session, index, epochs=3, reason=FINISHED)
    end = session.run.record.end
    classifier = SimpleNamespace(model="tf_efficientnet_lite0", classes=index.classes)
    session.run.trained.emit(classifier, end)


def marks_of(window: MainWindow) -> list[StepMark]:
    """Those of the five steps; the page of all runs has none."""
    marks = {step: button.mark for step, button in window.rail.buttons.items()}
    assert marks.pop(Step.RUNS) is None
    return list(marks.values())


def primaries(window: MainWindow) -> list[QPushButton]:
    return [
        button
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.property("kind") == "primary"
    ]


def views(window: MainWindow, session: Session) -> Iterator[str]:
    """Shows every page and every view of it in turn."""
    for step in Step:
        session.go_to(step)
        page = window.pages[step]
        tabs: list[object] = [None]
        if isinstance(page, ModelPage):
            tabs = list(ModelTab)
        elif isinstance(page, TrainPage):
            tabs = list(TrainTab)
        for tab in tabs:
            if tab is not None:
                page.show_tab(tab)  # type: ignore[attr-defined]
            QApplication.processEvents()
            yield f"{step} {tab}"


def test_the_start_page_has_its_own_primary_button(window: MainWindow, session: Session) -> None:
    assert not window.header.isVisible()
    [button] = primaries(window)
    assert button is not window.header.action


def test_what_is_next_in_each_state(
    window: MainWindow, session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    session.go_to(Step.MODEL)
    assert next_action(session) is CHOOSE_DATASET and window.header.action.isEnabled()
    qtbot.mouseClick(window.header.action, LEFT)
    assert session.step is Step.DATA

    open_dataset(session, index, qtbot)
    for step in Step:
        session.go_to(step)
        assert (next_action(session), window.header.action.text()) == (TRAIN, "Train")

    play(session, index, epochs=1)
    for step in Step:
        session.go_to(step)
        assert (next_action(session), window.header.action.text()) == (STOP, "Stop")
    qtbot.mouseClick(window.header.action, LEFT)
    assert session.run.status is RunStatus.STOPPING and not window.header.action.isEnabled()
    session.run._set_status(RunStatus.IDLE)

    finish(session, index)
    for step in (Step.DATA, Step.MODEL, Step.TRAIN):
        session.go_to(step)
        assert next_action(session) is SEE_RESULTS
    assert window.header.action.text() == "See the results"
    qtbot.mouseClick(window.header.action, LEFT)
    assert session.step is Step.RESULTS
    assert (next_action(session), window.header.action.text()) == (TRY_PHOTO, "Try a photo")
    session.go_to(Step.USE)
    assert next_action(session) is TRY_PHOTO

    session.network.change(epochs=7)
    for step in Step:
        session.go_to(step)
        assert (next_action(session), window.header.action.text()) == (TRAIN_AGAIN, "Train again")
    assert "not those of the model" in window.header.action.toolTip()


def test_trying_a_photo_asks_for_one(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(file_dialogs, "_open", lambda *args: asked.append(args))
    load(session)
    session.go_to(Step.USE)
    assert next_action(session) is TRY_LOADED
    qtbot.mouseClick(window.header.action, LEFT)
    qtbot.waitUntil(lambda: bool(asked))


def test_a_double_click_on_train_does_not_stop_the_run(
    window: MainWindow,
    session: Session,
    index: DatasetIndex,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_dataset(session, index, qtbot)
    session.go_to(Step.MODEL)
    starts: list[object] = []

    def start(*args: object) -> None:
        starts.append(args)
        session.run._set_status(RunStatus.PREPARING)

    monkeypatch.setattr(session.run, "start", start)
    button = window.header.action
    qtbot.mouseClick(button, LEFT)
    qtbot.mouseDClick(button, LEFT)
    assert len(starts) == 1 and session.run.status is RunStatus.PREPARING


@pytest.mark.parametrize("state", ["dataset", "running", "finished", "out of date"])
def test_no_page_has_a_second_primary_button(
    window: MainWindow, session: Session, index: DatasetIndex, qtbot: QtBot, state: str
) -> None:
    open_dataset(session, index, qtbot)
    if state == "running":
        play(session, index, epochs=2)
    elif state != "dataset":
        finish(session, index)
    if state == "out of date":
        session.network.change(epochs=7)
    for view in views(window, session):
        assert primaries(window) == [window.header.action], view


def test_without_a_dataset_no_page_has_a_second_one_either(
    window: MainWindow, session: Session
) -> None:
    for view in views(window, session):
        assert len(primaries(window)) == 1, view


def test_nothing_jumps_when_another_action_is_next(window: MainWindow, session: Session) -> None:
    session.go_to(Step.MODEL)
    button = window.header.action
    widths = set()
    for action in NEXT_ACTIONS:
        assert isinstance(action, NextAction)
        button.setText(action.title)
        button.set_icon(action.icon)
        QApplication.processEvents()
        widths.add(button.width())
    assert len(widths) == 1


def test_the_reason_is_whole_and_leads_to_where_it_is_mended(
    window: MainWindow, session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index, qtbot)
    session.go_to(Step.TRAIN)
    session.network.change(model="resnet18")
    wait_for_plan(session, qtbot)
    window.resize(960, 600)
    QApplication.processEvents()
    reason = window.header.reason
    assert "weights are not on this machine" in reason.text()
    room = reason.rect().adjusted(2, 0, -2, 0)
    drawn = QFontMetrics(reason.font()).boundingRect(
        room, int(Qt.TextFlag.TextWordWrap), reason.text()
    )
    assert room.contains(drawn)
    assert reason.geometry().right() < window.header.action.geometry().left()
    qtbot.mouseClick(reason, LEFT)
    assert session.step is Step.MODEL


def test_with_nothing_ticked_the_reason_leads_to_the_tree(
    window: MainWindow, session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    open_dataset(session, index, qtbot)
    wanted: list[Need] = []
    session.mending_wanted.connect(wanted.append)
    session.go_to(Step.TRAIN)
    session.network.tick(())
    window.inspector.shown_action.setChecked(False)
    qtbot.mouseClick(window.header.reason, LEFT)
    assert session.step is Step.TRAIN and wanted == [Need.PLAN]
    assert window.inspector.isVisible()
    session.go_to(Step.DATA)
    qtbot.mouseClick(window.header.reason, LEFT)
    assert session.step is Step.MODEL


def test_what_waiting_brings_is_no_link(
    session: Session, index: DatasetIndex, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    window.show()
    reason = window.header.reason
    assert reason.text() == "PyTorch is loading." and reason.focusPolicy() is Qt.FocusPolicy.NoFocus
    qtbot.mouseClick(reason, LEFT)
    assert session.step is Step.DATA


def test_the_rail_tells_how_far_each_step_is(
    window: MainWindow, session: Session, index: DatasetIndex, qtbot: QtBot
) -> None:
    assert marks_of(window) == [CURRENT, DONE, EMPTY, EMPTY, EMPTY]
    open_dataset(session, index, qtbot)
    assert marks_of(window) == [DONE, DONE, CURRENT, EMPTY, EMPTY]
    play(session, index, epochs=1)
    assert marks_of(window) == [DONE, DONE, CURRENT, EMPTY, EMPTY]
    session.run._set_status(RunStatus.IDLE)
    finish(session, index)
    assert marks_of(window) == [DONE] * 5

    session.network.change(learning_rate=0.5)
    assert marks_of(window) == [DONE, DONE, OUT_OF_DATE, OUT_OF_DATE, OUT_OF_DATE]
    session.network.change(learning_rate=session.run.record.settings.config.learning_rate)  # type: ignore[union-attr]
    assert marks_of(window) == [DONE] * 5

    session.datasets.index = make_index(index.root, [s.image.path for s in index.samples[1:]])
    session.datasets.changed.emit(session.datasets.index)
    assert marks_of(window)[2:] == [OUT_OF_DATE] * 3


def test_marks_differ_by_shape_and_are_said_in_words(window: MainWindow) -> None:
    button = window.rail.buttons[Step.TRAIN]
    pictures, words = [], set()
    for mark in StepMark:
        button.set_mark(mark)
        picture = (
            button.grab()
            .toImage()
            .convertToFormat(button.grab().toImage().Format.Format_Grayscale8)
        )
        assert picture not in pictures, mark
        pictures.append(picture)
        words.add((button.toolTip(), button.accessibleName()))
        assert button.accessibleName().removeprefix("Train, ") in button.toolTip()
    assert len(words) == len(StepMark)


def test_what_changes_the_result_is_told_beside_train_and_leads_there(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps nobody from training, and is gone once a person has looked at it."""
    no_engine(monkeypatch)
    Checker(monkeypatch)
    window = show_window(session, qtbot, (1280, 800))
    make_ready(session, qtbot)
    health = checked(session, qtbot, plant(tmp_path / "photos"))
    wait_for_plan(session, qtbot)
    gate = window.header.findings
    assert gate.isVisible() and gate.text() == f"{LEAKS} findings that change your result"
    assert window.header.action.isEnabled() and session.can_train
    session.go_to(Step.TRAIN)
    assert gate.isVisible()
    qtbot.mouseClick(gate, LEFT)
    assert session.step is Step.DATA
    assert window.pages[Step.DATA].browser.view(DataTab.FINDINGS).isVisible()  # type: ignore[attr-defined]
    assert health.report is not None
    health.treat(REMEDIES["accept"], health.report.by_kind["leaks"])
    qtbot.waitUntil(lambda: not gate.isVisible())

"""Undo and redo, by the menu and by key, of everything that a person sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui.fakes import make_images, make_index
from tests.gui.networks import make_ready, no_engine, wait_for_plan
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.gui.app.actions import Menu
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.features.layers.panel import LayerTreePanel
from tlstudio.gui.features.strategy.panel import StrategyPanel
from tlstudio.gui.kit import language
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MainWindow]:
    no_engine(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    session.go_to(Step.MODEL)
    window.resize(1280, 800)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    make_ready(session, qtbot)
    root = tmp_path / "photos"
    session.datasets.index = make_index(root, make_images(root))
    session.datasets.changed.emit(session.datasets.index)
    wait_for_plan(session, qtbot)
    yield window
    session.run._set_status(RunStatus.IDLE)


def undo(window: MainWindow) -> None:
    window.actions_by_name["undo"].trigger()


def redo(window: MainWindow) -> None:
    window.actions_by_name["redo"].trigger()


def texts(window: MainWindow) -> tuple[str, str]:
    return tuple(window.actions_by_name[name].text().replace("&", "") for name in ("undo", "redo"))  # type: ignore[return-value]


def rate_field(window: MainWindow) -> NumberField:
    panel = window.inspector.findChild(StrategyPanel)
    assert panel is not None
    editor = panel.rows["learning_rate"].editor
    assert isinstance(editor, NumberField)
    return editor


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key, modifier)


def test_the_menu_stands_between_file_and_train(window: MainWindow) -> None:
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles[:3] == ["File", "Edit", "Train"]
    assert [menu.value for menu in Menu][:3] == ["file", "edit", "train"]


def test_nothing_that_the_studio_does_by_itself_can_be_undone(window: MainWindow) -> None:
    assert texts(window) == ("Undo", "Redo")
    assert not window.actions_by_name["undo"].isEnabled()
    assert window.actions_by_name["undo"].toolTip() == "There is nothing to undo."


def test_the_menu_names_a_step_in_the_language_of_the_moment(
    window: MainWindow, session: Session
) -> None:
    session.network.change(learning_rate=0.5)
    undo(window)
    session.network.change(epochs=7)
    assert session.undo.undo_what == "Epochs"
    try:
        language.install("ko")
        window.refresh()
        assert window.actions_by_name["undo"].text() == "실행 취소: 에포크(&U)"
    finally:
        language.install("en")


def test_ticks_strategy_rate_and_model_come_back_and_go_again(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    network, start = session.network, session.network.config
    tree = window.inspector.findChild(LayerTreePanel)
    assert tree is not None
    first = tree.model.index(0, 0)
    tree.model.setData(first, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert network.config.strategy == "custom" and "stem" in network.config.trainable
    ticked = network.config
    assert texts(window) == ("Undo: Ticks in the tree", "Redo")
    network.set_strategy("fine_tuning")
    assert texts(window)[0] == "Undo: Strategy"
    network.change(learning_rate=0.5)
    assert texts(window)[0] == "Undo: Learning rate"
    network.set_model("vgg11_bn")
    assert texts(window)[0] == "Undo: Model"
    wait_for_plan(session, qtbot)
    end = network.config

    undo(window)
    wait_for_plan(session, qtbot)
    assert network.config.model == start.model and texts(window)[1] == "Redo: Model"
    undo(window)
    assert network.config.learning_rate == start.learning_rate
    undo(window)
    assert network.config == ticked and network.plan.trainable == {"stem", "head"}  # type: ignore[union-attr]
    assert tree.model.data(first, Qt.ItemDataRole.CheckStateRole) in (
        Qt.CheckState.Checked,
        Qt.CheckState.Checked.value,
    )
    undo(window)
    assert network.config == start and not window.actions_by_name["undo"].isEnabled()
    for _ in range(4):
        redo(window)
    assert network.config == end and not window.actions_by_name["redo"].isEnabled()
    assert texts(window)[1] == "Redo"


def test_advice_is_one_step(window: MainWindow, session: Session) -> None:
    start = session.network.config
    session.network.change(epochs=7, batch_size=8, learning_rate=0.3)
    assert texts(window)[0] == "Undo: Settings"
    undo(window)
    assert session.network.config == start


def test_a_step_brings_back_only_what_it_changed(window: MainWindow, session: Session) -> None:
    epochs = session.network.config.epochs
    session.network.change(epochs=7)
    with session.undo.unrecorded():  # e.g. a proposal for another dataset
        session.network.change(batch_size=8)
    undo(window)
    assert session.network.config.epochs == epochs and session.network.config.batch_size == 8


def test_typing_and_stepping_in_one_field_is_one_step(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    start = session.network.config.learning_rate
    field = rate_field(window)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    field.stepBy(1)
    field.stepBy(1)
    assert session.network.config.learning_rate == 1.0
    press(qtbot, Qt.Key.Key_Z)
    assert session.network.config.learning_rate == start and field.number == start
    assert not session.undo.can_undo
    press(qtbot, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session.network.config.learning_rate == 1.0 and field.number == 1.0
    press(qtbot, Qt.Key.Key_Z)
    press(qtbot, Qt.Key.Key_Y)
    assert session.network.config.learning_rate == 1.0


def test_another_visit_to_the_field_is_another_step(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    field = rate_field(window)
    for typed in ("0.25", "0.75"):
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        window._stack.setFocus()
    undo(window)
    assert session.network.config.learning_rate == 0.25


def test_typing_back_what_stood_there_is_no_step(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    field = rate_field(window)
    start = session.network.config.learning_rate
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    field.selectAll()
    qtbot.keyClicks(field, str(start))
    assert not session.undo.can_undo


def test_what_could_not_be_taken_is_taken_back_as_text(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.network.change(epochs=7)
    start = session.network.config
    field = rate_field(window)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "x")
    assert field.problem is not None
    press(qtbot, Qt.Key.Key_Z)
    assert field.problem is None and session.network.config == start
    press(qtbot, Qt.Key.Key_Z)
    assert session.network.config.epochs != 7


def test_a_text_field_takes_its_own_text_back_first(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.network.change(epochs=7)
    panel = window.inspector.findChild(LayerTreePanel)
    assert panel is not None
    search: QLineEdit = panel.search
    search.setFocus()
    qtbot.keyClicks(search, "conv")
    press(qtbot, Qt.Key.Key_Z)
    assert search.text() == "" and session.network.config.epochs == 7
    press(qtbot, Qt.Key.Key_Z)  # there is nothing more to take back here
    assert session.network.config.epochs != 7


def test_during_a_run_nothing_is_undone_and_the_menu_says_why(
    window: MainWindow, session: Session
) -> None:
    session.network.change(epochs=7)
    session.run._set_status(RunStatus.RUNNING)
    action = window.actions_by_name["undo"]
    assert not action.isEnabled() and "training run is in progress" in action.toolTip()
    session.undo.undo()
    assert session.network.config.epochs == 7
    session.run._set_status(RunStatus.IDLE)
    assert action.isEnabled() and "in progress" not in action.toolTip()


def test_a_run_between_two_edits_parts_them(window: MainWindow, session: Session) -> None:
    session.network.change(epochs=7)
    session.run._set_status(RunStatus.RUNNING)
    session.run._set_status(RunStatus.IDLE)
    session.network.change(epochs=9)
    undo(window)
    assert session.network.config.epochs == 7


def test_the_split_comes_back_and_is_forgotten_with_its_dataset(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    make_images(tmp_path / "plain", count=12)
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path / "plain")
    wait_for_plan(session, qtbot)
    first = session.datasets.index.split_config  # type: ignore[union-attr]
    assert first is not None
    session.network.change(epochs=7)
    other = SplitConfig(0.4, 0.1, 5)
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.split(other)
    assert texts(window)[0] == "Undo: Split"
    with qtbot.waitSignal(session.datasets.changed):
        undo(window)
    assert session.datasets.index.split_config == first  # type: ignore[union-attr]
    assert texts(window) == ("Undo: Epochs", "Redo: Split")
    with qtbot.waitSignal(session.datasets.changed):
        redo(window)
    assert session.datasets.index.split_config == other  # type: ignore[union-attr]
    assert texts(window) == ("Undo: Split", "Redo")

    make_images(tmp_path / "another", count=8)
    with qtbot.waitSignal(session.datasets.changed):
        session.datasets.open(tmp_path / "another")
    assert texts(window) == ("Undo: Epochs", "Redo")
    undo(window)
    assert session.network.config.epochs != 7

"""The main window around a session whose engine is not loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.archives import ZipSource, zip_folder
from tests.gui.networks import no_engine
from tests.helpers import make_photos
from tlstudio.engine.data.sources import opening
from tlstudio.gui.app.actions import ACTIONS
from tlstudio.gui.app.commands import Commands
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.kit.theme import DARK, Scheme, apply
from tlstudio.gui.state.notifications import Level
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    with qtbot.waitExposed(window):
        window.show()
    return window


def menu_actions(window: MainWindow) -> list[QAction]:
    return [action for menu in window.menuBar().actions() for action in menu.menu().actions()]


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.name)
def test_every_row_is_in_a_menu_and_can_be_carried_out(window: MainWindow, spec: object) -> None:
    name = spec.name  # type: ignore[attr-defined]
    assert window.actions_by_name[name] in menu_actions(window)
    assert callable(getattr(Commands, name))


def test_shortcuts_are_unique(window: MainWindow) -> None:
    keys = [key for spec in ACTIONS for key in spec.shortcuts]
    keys += [button.shortcut().toString() for button in window.rail.buttons.values()]
    assert len(keys) == len(set(keys))


def test_steps_by_click_and_by_key(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.rail.buttons[Step.RESULTS], Qt.MouseButton.LeftButton)
    assert session.step is Step.RESULTS
    assert window.pages[Step.RESULTS].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.step is Step.MODEL)  # a button pressed by key moves first
    assert not window.pages[Step.RESULTS].isVisible()


def test_panels_are_where_they_concern_and_stay_hidden(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    assert not any(dock.isVisible() for dock in window.docks.values())
    session.go_to(Step.MODEL)
    assert all(dock.isVisible() for dock in window.docks.values())
    window._panel_actions["layers"].trigger()
    assert [name for name, dock in window.docks.items() if dock.isVisible()] == ["strategy"]
    session.go_to(Step.USE)
    session.go_to(Step.TRAIN)
    assert not window.docks["layers"].isVisible()
    assert session.preferences.hidden_panels == ("layers",)


def test_panels_keep_their_shares_of_the_height(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.go_to(Step.MODEL)

    def share() -> float:
        QApplication.processEvents()
        heights = [dock.height() for dock in window.docks.values()]
        return heights[0] / sum(heights)

    window.resize(1280, 800)
    before = share()
    window.resize(1280, 1100)
    assert share() == pytest.approx(before, abs=0.05)


def test_nothing_can_be_trained_or_saved_before_there_is_something(window: MainWindow) -> None:
    for name in ("train", "pause", "stop", "save_weights", "save_model", "close_dataset"):
        assert not window.actions_by_name[name].isEnabled(), name
    for name in ("open_dataset", "about", "quit"):
        assert window.actions_by_name[name].isEnabled(), name


def test_messages_become_toasts_and_are_kept(window: MainWindow, session: Session) -> None:
    session.notifications.warning("Careful.", "Look twice.")
    session.notifications.warning("Careful.", "Look twice.")
    [toast] = window.toasts.shown
    assert (toast.level, toast.text) == (Level.WARNING, "Careful.")
    corner = window.centralWidget().rect().bottomRight() - QPoint(40, 40)
    assert window.centralWidget().childAt(corner) is not None
    window.commands.show_messages()
    dialog = window.findChild(QDialog)
    assert dialog is not None
    assert any(label.text() == "Look twice." for label in dialog.findChildren(QLabel))


def test_help_dialogs_open(window: MainWindow) -> None:
    for name in ("about", "show_shortcuts"):
        window.actions_by_name[name].trigger()
    assert sum(dialog.isVisible() for dialog in window.findChildren(QDialog)) == 2


def test_the_theme_can_change_under_the_window(app: QApplication, window: MainWindow) -> None:
    apply(app, Scheme.DARK)
    assert window.palette().window().color().name() == DARK.window
    apply(app, Scheme.LIGHT)


def test_a_dropped_folder_that_is_no_dataset_is_one_sentence(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(session.datasets.missed):
        window.commands.take_dropped([tmp_path / "empty"])
    [toast] = window.toasts.shown
    assert toast.level is Level.ERROR
    assert toast.hint


def test_a_dropped_file_opens_where_it_is_a_dataset(
    window: MainWindow,
    session: Session,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "DATASET_SOURCES", (ZipSource(), *opening.DATASET_SOURCES))
    archive = zip_folder(make_photos(tmp_path / "photos"), tmp_path / "photos.zip")
    session.go_to(Step.MODEL)
    with qtbot.waitSignal(session.datasets.changed):
        window.commands.take_dropped([archive])
    assert session.step is Step.DATA and session.datasets.index.root == archive


def test_only_the_page_in_sight_is_built_before_the_first_paint(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    assert window._stack.count() == 1
    assert all(dock.widget() is None for dock in window.docks.values())
    with qtbot.waitSignal(window.completed):
        window.show()
    assert window.painted
    assert window._stack.count() == len(Step)
    assert all(dock.widget() is not None for dock in window.docks.values())
    assert window._stack.currentWidget() is window.pages[Step.DATA]


def test_a_page_is_there_as_soon_as_it_is_asked_for(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    session.go_to(Step.MODEL)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    assert window._stack.currentWidget() is window.pages[Step.MODEL]
    assert all(dock.widget() is not None for dock in window.docks.values())
    session.go_to(Step.USE)
    assert window._stack.currentWidget() is window.pages[Step.USE]


def test_a_window_that_nobody_sees_is_built_as_well(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    monkeypatch.setattr(MainWindow, "paintEvent", lambda self, event: None)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    with qtbot.waitSignal(window.completed):
        window.show()

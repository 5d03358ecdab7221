"""The main window on a school laptop: all of it can be used down to 800x480."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, no_engine
from tlstudio.core.needs import Need
from tlstudio.gui.app.inspector import Inspector
from tlstudio.gui.app.main_window import LEAST, MainWindow
from tlstudio.gui.state.session import Session, Step

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    window.resize(LEAST)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_the_smallest_window_fits_the_smallest_screen(window: MainWindow) -> None:
    assert window.size() == LEAST
    assert window.minimumSize().width() <= 800 and window.minimumSize().height() <= 480


@pytest.mark.parametrize("way", ["key", "beside", "button", "step"])
def test_the_inspector_is_a_drawer_where_there_is_no_room_beside_the_page(
    window: MainWindow, session: Session, qtbot: QtBot, way: str
) -> None:
    button, drawer = window.inspector.button, window.inspector.drawer
    assert not button.isVisible()
    session.go_to(Step.MODEL)
    assert button.isVisible() and not window.inspector.isVisible() and not drawer.isVisible()
    qtbot.mouseClick(button, LEFT)
    content = window.findChild(Inspector)
    assert content is not None and content.isVisible() and content.settings.isVisible()
    assert drawer.isAncestorOf(QApplication.focusWidget())
    if way == "key":
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    elif way == "beside":
        qtbot.mouseClick(drawer, LEFT, pos=QPoint(5, 5))
    elif way == "button":
        qtbot.mouseClick(button, LEFT)
    else:
        session.go_to(Step.USE)
    assert not drawer.isVisible() and not button.isChecked()
    assert button.isVisible() is (way != "step")


def test_the_same_inspector_goes_from_drawer_to_dock_and_back(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.go_to(Step.MODEL)
    content = window.findChild(Inspector)
    qtbot.mouseClick(window.inspector.button, LEFT)
    window.resize(1280, 800)
    QApplication.processEvents()
    assert window.inspector.isVisible() and window.inspector.widget() is content
    assert content is not None and content.isVisible()
    assert not window.inspector.button.isVisible() and not window.inspector.drawer.isVisible()
    window.resize(LEAST)
    QApplication.processEvents()
    assert not window.inspector.isVisible() and not content.isVisible()
    qtbot.mouseClick(window.inspector.button, LEFT)
    assert content.isVisible()


def test_the_rail_gives_its_names_for_room(window: MainWindow) -> None:
    assert window.rail.width() < 60
    window.resize(1280, 800)
    QApplication.processEvents()
    assert window.rail.width() == 88
    assert all(button.toolTip() for button in window.rail.buttons.values())


def test_a_field_that_is_to_be_mended_is_found_in_the_drawer(
    window: MainWindow, session: Session
) -> None:
    window.inspector.fill()
    session.network.show_field("seed")
    QApplication.processEvents()
    focused = window.focusWidget()
    assert focused is not None and window.inspector.drawer.isAncestorOf(focused)
    assert not focused.visibleRegion().isEmpty()


def test_nothing_ticked_is_mended_in_the_drawer(window: MainWindow, session: Session) -> None:
    session.go_to(Step.MODEL)
    session.mending_wanted.emit(Need.PLAN)
    content = window.inspector.content
    assert isinstance(content, Inspector) and content.layers.view.hasFocus()
    assert window.inspector.drawer.isVisible()

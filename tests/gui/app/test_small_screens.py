"""The main window on a school laptop: all of it can be used down to 800x480."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import make_ready, no_engine
from tlstudio.core.needs import Need
from tlstudio.core.runs.events import RunEndReason
from tlstudio.gui.app.inspector import Inspector
from tlstudio.gui.app.main_window import LEAST, MainWindow
from tlstudio.gui.kit.theme import Scheme, apply
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
        assert button.hasFocus()
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


def test_a_dock_that_comes_back_to_a_small_window_is_its_drawer(
    window: MainWindow, session: Session
) -> None:
    session.go_to(Step.MODEL)
    window.inspector.setFloating(True)
    session.go_to(Step.TRAIN)
    assert window.inspector.isVisible() and window.inspector.widget() is not None
    window.inspector.setFloating(False)
    QApplication.processEvents()
    assert not window.inspector.isVisible() and window.inspector.button.isVisible()
    assert window.inspector.drawer.isAncestorOf(window.inspector.content)


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


def tab_stops(window: MainWindow) -> list[QWidget]:
    """One widget of each kind that takes the keyboard by Tab."""
    found: dict[tuple[object, ...], QWidget] = {}
    for widget in window.findChildren(QWidget):
        is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if is_stop and widget.window() is window and widget.isVisible() and widget.isEnabled():
            key = (type(widget), widget.property("kind"), widget.property("role"))
            found.setdefault(key, widget)
    return list(found.values())


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_every_tab_stop_shows_that_it_has_the_keyboard(
    app: QApplication, window: MainWindow, session: Session, tmp_path: Path, scheme: Scheme
) -> None:
    apply(app, scheme)
    play(session, make_index(tmp_path, make_images(tmp_path)), reason=RunEndReason.FINISHED)
    window.resize(1280, 800)
    window.activateWindow()
    for step in Step:
        session.go_to(step)
        QApplication.processEvents()
        for stop in tab_stops(window):
            window.setFocus()
            QApplication.processEvents()
            without = stop.grab().toImage()
            stop.setFocus(Qt.FocusReason.TabFocusReason)
            QApplication.processEvents()
            assert stop.grab().toImage() != without, (step, stop)


def test_the_page_that_comes_takes_the_keyboard(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    window.pages[Step.DATA].setFocus()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.step is Step.MODEL)
    page = window.pages[Step.MODEL]
    assert page.hasFocus()
    qtbot.keyClick(page, Qt.Key.Key_Tab)
    assert page.isAncestorOf(QApplication.focusWidget())


def test_on_a_smaller_screen_the_window_fits_and_scrolls(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1920x1080 at 300 %: a window larger than its screen could not be reached at its ends."""
    no_engine(monkeypatch)
    make_ready(session, qtbot)
    room = QSize(640, 360)
    monkeypatch.setattr(QScreen, "availableSize", lambda screen: room)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    with qtbot.waitExposed(window):
        window.show()
    assert window.width() <= room.width() and window.height() <= room.height()
    for step in Step:
        session.go_to(step)
        for _ in range(4):
            QApplication.processEvents()
        faults = clipped(window)
        assert not faults, f"{step.value}: {faults}"
    button = window.header.action
    assert button.isEnabled()
    for _ in range(60):
        if not button.hasFocus():
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert button.hasFocus()
    seen = button.rect().translated(button.mapTo(window, QPoint()))
    assert window.rect().contains(seen)

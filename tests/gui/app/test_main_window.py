"""The main window around a session whose engine is not loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.archives import ZipSource, zip_folder
from tests.gui.fakes import make_images, make_index, play
from tests.gui.networks import no_engine
from tests.gui.windows import show_window
from tests.helpers import make_photos
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.data.sources import opening
from tlstudio.gui.app.actions import ACTIONS
from tlstudio.gui.app.commands import Commands
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.toasts import MARGIN_PX, Toast, Toasts
from tlstudio.gui.features.use.page import UsePage
from tlstudio.gui.kit import file_dialogs, language
from tlstudio.gui.kit.theme import DARK, Scheme, apply
from tlstudio.gui.state.classifier import ClassifierInfo
from tlstudio.gui.state.notifications import Level, Notification
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    return show_window(session, qtbot, (1280, 800))


def menu_actions(window: MainWindow) -> list[QAction]:
    """Of all menus and the menus in them."""
    found = list(window.menuBar().actions())
    for action in found:  # grows meanwhile
        if action.menu() is not None:
            found += action.menu().actions()
    return found


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.name)
def test_every_row_is_in_a_menu_and_can_be_carried_out(window: MainWindow, spec: object) -> None:
    name = spec.name  # type: ignore[attr-defined]
    assert window.actions_by_name[name] in menu_actions(window)
    assert callable(getattr(Commands, name))


def test_shortcuts_are_unique(window: MainWindow) -> None:
    keys = [key for spec in ACTIONS for key in spec.shortcuts]
    keys += [button.shortcut().toString() for button in window.rail.buttons.values()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("code", ["en", "ko"])
def test_a_letter_chooses_one_row_of_its_menu(
    app: QApplication, session: Session, qtbot: QtBot, code: str
) -> None:
    language.install(code)
    window = show_window(session, qtbot, (1280, 800))
    for top in window.menuBar().actions():
        menu = top.menu()
        assert isinstance(menu, QMenu)
        rows = [row.text() for row in menu.actions() if not row.isSeparator()]
        letters = [QKeySequence.mnemonic(text).toString() for text in rows]
        chosen = [letter for letter in letters if letter]  # a dock names its row by its title
        assert chosen and len(chosen) == len(set(chosen)), rows
    language.install("en")


def test_steps_by_click_and_by_key(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.rail.buttons[Step.RESULTS], Qt.MouseButton.LeftButton)
    assert session.step is Step.RESULTS
    assert window.pages[Step.RESULTS].isVisible()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.step is Step.MODEL)  # a button pressed by key moves first
    assert not window.pages[Step.RESULTS].isVisible()


def test_the_inspector_is_where_it_concerns_and_stays_hidden(
    window: MainWindow, session: Session
) -> None:
    assert not window.inspector.isVisible()
    session.go_to(Step.MODEL)
    assert window.inspector.isVisible()
    [shown] = [a for a in menu_actions(window) if a.text() == window.inspector.windowTitle()]
    shown.trigger()
    assert not window.inspector.isVisible()
    session.go_to(Step.USE)
    session.go_to(Step.TRAIN)
    assert not window.inspector.isVisible()
    assert not session.preferences.shows_inspector
    shown.trigger()
    assert window.inspector.isVisible()


def drag_inspector_edge(window: MainWindow, qtbot: QtBot, by_px: int) -> None:
    """Drag the edge between page and inspector, as a person does."""
    edge = window.inspector.geometry().topLeft() + QPoint(-1, 200)
    button = Qt.MouseButton.LeftButton
    qtbot.mousePress(window, button, pos=edge)
    qtbot.mouseMove(window, edge + QPoint(by_px, 0))
    QApplication.processEvents()
    qtbot.mouseRelease(window, button, pos=edge + QPoint(by_px, 0))
    QApplication.processEvents()


@pytest.mark.parametrize(("window_px", "least", "most"), [(1280, 372, 372), (1920, 420, 520)])
def test_the_inspector_grows_a_little_with_the_window(
    window: MainWindow, session: Session, window_px: int, least: int, most: int
) -> None:
    session.go_to(Step.MODEL)
    window.resize(window_px, 800)
    QApplication.processEvents()
    assert least <= window.inspector.width() <= most


def test_a_width_that_a_person_chose_stays(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.go_to(Step.MODEL)
    window.resize(1280, 800)
    QApplication.processEvents()
    drag_inspector_edge(window, qtbot, -50)
    chosen = window.inspector.width()
    assert chosen == 372 + 50
    window.resize(1920, 1000)
    session.go_to(Step.USE)
    session.go_to(Step.TRAIN)
    QApplication.processEvents()
    assert window.inspector.width() == chosen
    again = MainWindow(session)
    qtbot.addWidget(again, before_close_func=lambda w: setattr(w, "_may_close", True))
    again.resize(1600, 900)
    with qtbot.waitExposed(again):
        again.show()
    QApplication.processEvents()
    assert again.inspector.width() == chosen


def test_a_layout_of_docks_of_another_version_is_passed_over(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    old = QMainWindow()
    qtbot.addWidget(old)
    for name in ("strategy", "layers"):
        dock = QDockWidget(old)
        dock.setObjectName(f"dock_{name}")
        old.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    session.preferences.keep_window_layout(old.saveGeometry(), old.saveState())
    session.go_to(Step.MODEL)
    window = show_window(session, qtbot, (1280, 800))
    QApplication.processEvents()
    assert window.inspector.isVisible() and not window.inspector.isFloating()
    assert window.inspector.width() == 372


def test_nothing_can_be_trained_or_saved_before_there_is_something(window: MainWindow) -> None:
    for name in ("train", "pause", "stop", "save_weights", "save_model", "close_dataset"):
        assert not window.actions_by_name[name].isEnabled(), name
    for name in ("open_dataset", "about", "quit"):
        assert window.actions_by_name[name].isEnabled(), name


def test_the_name_offered_is_that_of_the_model_in_hand(
    window: MainWindow, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []
    monkeypatch.setattr(file_dialogs, "ask_target", lambda *given: offered.append(given[3]))
    index = make_index(tmp_path / "leaves", make_images(tmp_path / "leaves"))
    session.datasets.index = index
    session.datasets.changed.emit(index)
    session.run._classifier = SimpleNamespace(model="lenet", classes=index.classes)  # type: ignore[assignment]
    play(session, index, epochs=3, reason=RunEndReason.FINISHED)
    accuracy = session.classifier.info.val_accuracy  # type: ignore[union-attr]
    window.actions_by_name["save_weights"].trigger()
    other = make_index(tmp_path / "shells", make_images(tmp_path / "shells"))
    play(session, other, epochs=1)  # goes on
    window.actions_by_name["save_weights"].trigger()
    session.run._set_status(RunStatus.IDLE)
    assert offered == [f"leaves · Feature extraction {100 * accuracy:.1f} %"] * 2


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
    QApplication.processEvents()
    assert not any(bar.isVisible() for bar in dialog.findChildren(QScrollBar))
    assert any(label.text() == "Look twice." for label in dialog.findChildren(QLabel))


def test_a_newer_message_about_the_same_takes_its_place(
    window: MainWindow, session: Session
) -> None:
    session.notifications.info("This is where “Pooling” leads.", about="learn")
    session.notifications.info("The settings stay as they are.")
    session.notifications.info("This is where “Groups” leads.", about="learn")
    texts = [toast.text for toast in window.toasts.shown]
    assert texts == ["The settings stay as they are.", "This is where “Groups” leads."]


def test_an_action_of_a_toast_is_done_by_a_click(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    done: list[bool] = []
    session.notifications.info("It is over.", action="Go back", act=lambda: done.append(True))
    [toast] = window.findChildren(Toast)
    assert toast.action.isVisible() and toast.action.text() == "Go back"
    before = window.focusWidget()
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is before
    assert done == [True] and not window.toasts.shown


def test_a_toast_may_offer_two_things(window: MainWindow, session: Session) -> None:
    done: list[str] = []
    session.notifications.info(
        "It is over.",
        action="Go back",
        act=lambda: done.append("back"),
        further="Look",
        act_further=lambda: done.append("look"),
    )
    [toast] = window.findChildren(Toast)
    further = toast.findChild(QAbstractButton, "further")
    assert further is not None and further.isVisible() and further.text() == "Look"
    further.click()
    assert done == ["look"] and not window.toasts.shown


@pytest.mark.parametrize("size", [(1280, 800), (960, 600)])
def test_toasts_cover_no_button(
    window: MainWindow, session: Session, qtbot: QtBot, size: tuple[int, int]
) -> None:
    """The footer of the Use page has its buttons in the corner where toasts come up."""
    window.resize(*size)
    info = ClassifierInfo("tf_efficientnet_lite0", ("a", "b"), "weights.pth", epochs=3)
    session.classifier.take(SimpleNamespace(), info)  # type: ignore[arg-type]
    session.classifier.answers = [PredictionRecord(ImageRef.of_file(Path("a.png")), (0.9, 0.1))]
    session.go_to(Step.USE)
    session.classifier.answers_changed.emit()
    page = window.pages[Step.USE]
    assert isinstance(page, UsePage)
    qtbot.waitUntil(page.csv_button.isVisible)
    session.notifications.warning("Careful.", "Look twice.")
    session.notifications.info("Saved.", "/somewhere")

    def covered() -> list[str]:
        content = window.centralWidget()
        toasts = [t for t in content.findChildren(Toast) if t.isVisible()]
        assert len(toasts) == 2 and all(content.rect().contains(t.geometry()) for t in toasts)
        assert not toasts[0].geometry().intersects(toasts[1].geometry())
        return [
            button.text()
            for button in content.findChildren(QAbstractButton)
            if button.isVisible() and not isinstance(button.parent(), Toast)
            for toast in toasts
            if QRect(button.mapTo(content, QPoint(0, 0)), button.size()).intersects(
                toast.geometry()
            )
        ]

    qtbot.waitUntil(lambda: not covered())
    session.go_to(Step.MODEL)
    qtbot.waitUntil(lambda: not covered())


def test_a_button_that_is_scrolled_out_of_sight_moves_no_toast(qtbot: QtBot) -> None:
    host, inner, scroll = QWidget(), QWidget(), QScrollArea()
    qtbot.addWidget(host)
    scroll.setParent(host)
    scroll.resize(600, 200)
    inner.resize(600, 900)
    button = QPushButton("Far below", inner)
    button.setGeometry(300, 330, 100, 40)
    scroll.setWidget(inner)
    host.resize(600, 400)
    host.show()
    toasts = Toasts(host)
    toasts.show_notification(Notification(Level.INFO, "Here."))
    [toast] = host.findChildren(Toast)
    assert host.height() - toast.geometry().bottom() == MARGIN_PX
    scroll.resize(600, 400)  # the button is seen now
    qtbot.waitUntil(lambda: toast.geometry().bottom() < 330)


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
    assert window.inspector.content is None
    with qtbot.waitSignal(window.completed):
        window.show()
    assert window.painted
    assert window._stack.count() == len(Step)
    assert window.inspector.content is not None
    assert window._stack.currentWidget() is window.pages[Step.DATA]


def test_a_page_is_there_as_soon_as_it_is_asked_for(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    session.go_to(Step.MODEL)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    assert window._stack.currentWidget() is window.pages[Step.MODEL]
    assert window.inspector.content is not None
    session.go_to(Step.USE)
    assert window._stack.currentWidget() is window.pages[Step.USE]


def test_a_window_that_takes_the_place_of_another_is_painted_before_its_page_is_built(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    session.go_to(Step.MODEL)
    seen: list[tuple[bool, int, bool]] = []
    build_shown = MainWindow._build_shown

    def noted(window: MainWindow) -> Iterator[QWidget]:
        for part in build_shown(window):
            has_inspector = window.inspector.content is not None
            seen.append((window.painted, window._stack.count(), has_inspector))
            yield part

    monkeypatch.setattr(MainWindow, "_build_shown", noted)
    window = MainWindow(session, in_steps=True)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    assert window._stack.count() == 0 and window.inspector.content is None
    assert window.rail.buttons[Step.MODEL].isChecked()
    window.resize(1280, 800)
    with qtbot.waitSignal(window.completed):
        window.show()
        assert window.inspector.isVisible()  # its place is kept
    assert seen == [(True, 1, False), (True, 1, True)]
    assert window._stack.currentWidget() is window.pages[Step.MODEL]
    focused = QApplication.focusWidget()
    assert focused is not None and window._stack.isAncestorOf(focused)


def test_a_window_that_nobody_sees_is_built_as_well(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    monkeypatch.setattr(MainWindow, "paintEvent", lambda self, event: None)
    window = MainWindow(session)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_may_close", True))
    with qtbot.waitSignal(window.completed):
        window.show()


def test_the_file_menu_is_one_column_on_a_small_screen(
    ready_session: Session, qtbot: QtBot
) -> None:
    """Qt breaks a menu that is too high into columns, which hide the menu bar."""
    window = show_window(ready_session, qtbot)
    menu = window.menuBar().actions()[0].menu()
    assert isinstance(menu, QMenu)
    assert menu.sizeHint().height() <= 768

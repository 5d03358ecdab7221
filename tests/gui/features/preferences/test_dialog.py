"""The dialog of preferences: what is changed holds at once, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.conftest import PATIENCE_MS
from tests.engine.runs.runs import some_runs
from tests.gui.networks import make_ready, no_engine
from tests.gui.windows import show_window
from tlstudio.core.preferences import PreferencesConfig, PreferencesGroup, in_force
from tlstudio.core.storage import cache_dir, runs_dir, usual_runs_dir
from tlstudio.engine.runs.store import RunStore
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.studio import Studio
from tlstudio.gui.features.preferences.dialog import PreferencesDialog
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.choice_field import ChoiceField
from tlstudio.gui.kit.config_form import FolderField, LineField
from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.state.session import Session


@pytest.fixture
def session(app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """One whose preferences are those that the engine reads."""
    no_engine(monkeypatch)
    session = Session(Preferences())
    make_ready(session, qtbot)
    yield session
    assert session.close(PATIENCE_MS)
    session.deleteLater()


@pytest.fixture
def dialog(session: Session, qtbot: QtBot) -> Iterator[PreferencesDialog]:
    dialog = PreferencesDialog(session)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: dialog._state.cache is not None)
    yield dialog
    if isValid(dialog):  # it deletes itself
        dialog.close()


def editor(dialog: PreferencesDialog, name: str) -> ChoiceField | NumberField | LineField:
    dialog.show_field(name)
    found = dialog.forms[dialog.group].rows[name].editor
    assert not isinstance(found, FolderField)
    return found


def type_in(qtbot: QtBot, field: LineField | NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def answer(dialog: PreferencesDialog, text: str) -> None:
    [box] = dialog.findChildren(QMessageBox)
    next(button for button in box.findChildren(QPushButton) if button.text() == text).click()


def test_a_change_holds_at_once_for_the_engine_too(
    dialog: PreferencesDialog, session: Session, qtbot: QtBot
) -> None:
    threads, proxy = editor(dialog, "threads"), editor(dialog, "https_proxy")
    assert isinstance(threads, NumberField) and isinstance(proxy, LineField)
    dialog.show_field("threads")
    threads.lineEdit().setText("3")
    assert in_force().threads == 3
    dialog.show_field("https_proxy")
    type_in(qtbot, proxy, "no way")
    qtbot.keyClick(proxy, Qt.Key.Key_Return)
    row = dialog.forms[PreferencesGroup.NETWORK].rows["https_proxy"]
    assert row.has_problem and row.problem.isVisible() and in_force().https_proxy == ""
    assert dialog.isVisible()  # Return belongs to the field
    type_in(qtbot, proxy, "proxy:3128")
    dialog.close()
    assert in_force().https_proxy == "http://proxy:3128" and not row.has_problem


def test_a_page_is_reset_and_that_is_taken_back(
    dialog: PreferencesDialog, session: Session
) -> None:
    session.preferences.change(runs_limit_gb=3.0, features_limit_gb=2.0, threads=2)
    dialog.show_field("runs_limit_gb")
    dialog.reset_button.click()
    assert in_force() == PreferencesConfig(threads=2)
    dialog.reset_button.click()
    assert in_force() == PreferencesConfig(threads=2, runs_limit_gb=3, features_limit_gb=2)
    assert "Reset" in dialog.reset_button.text()


def test_simple_is_the_same_here_and_in_the_menu(session: Session, qtbot: QtBot) -> None:
    window = show_window(session, qtbot)
    window.commands.preferences()
    [dialog] = window.findChildren(PreferencesDialog)
    field = editor(dialog, "detail")
    assert isinstance(field, ChoiceField)
    field.chosen.emit("simple")
    assert session.is_simple and window.actions_by_name["simple"].isChecked()
    window.actions_by_name["simple"].trigger()
    assert field.value == "full"
    window.actions_by_name["scheme.dark"].trigger()
    assert editor(dialog, "scheme").value == "dark"  # type: ignore[union-attr]
    session.preferences.change(scheme="light")
    assert window.actions_by_name["scheme.light"].isChecked()
    window.commands.preferences()
    assert window.findChildren(PreferencesDialog) == [dialog]


def test_another_language_and_theme_hold_at_once_and_the_dialog_stays(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_engine(monkeypatch)
    studio = Studio(app, Preferences())
    studio.set_language("en")
    with qtbot.waitExposed(studio.window):
        studio.window.show()
    studio.window.commands.preferences()
    [dialog] = studio.window.findChildren(PreferencesDialog)
    field = editor(dialog, "language")
    assert isinstance(field, ChoiceField)
    old = studio.window
    field.chosen.emit("ko")
    try:
        assert language.current() == "ko" and studio.window is not old
        [dialog] = studio.window.findChildren(PreferencesDialog)
        assert dialog.isVisible() and dialog.windowTitle() == "환경설정"
        assert editor(dialog, "language").value == "ko"  # type: ignore[union-attr]
        editor(dialog, "scheme").chosen.emit("dark")  # type: ignore[union-attr]
        assert theme.current().name == "dark"
    finally:
        studio.window.close()
        assert studio.session.close(PATIENCE_MS)
        studio.window.deleteLater()
        studio.deleteLater()
        language.install("en")
        theme.apply(app, theme.Scheme.LIGHT)


@pytest.mark.parametrize("said", ["Move it", "Leave it there", "Cancel"])
def test_another_folder_for_runs(
    dialog: PreferencesDialog, session: Session, qtbot: QtBot, tmp_path: Path, said: str
) -> None:
    some_runs(RunStore(), 2)
    new = tmp_path / "new"
    with qtbot.waitSignal(dialog._state.asked):
        dialog._state.propose("runs_folder", new)
    if said == "Cancel":
        answer(dialog, said)
        assert runs_dir() == usual_runs_dir()
        return
    with qtbot.waitSignal(session.preferences.changed):
        answer(dialog, said)
    assert runs_dir() == new
    assert dialog._folder_field("runs_folder").place.text == str(new)
    count = 2 if said == "Move it" else 0
    qtbot.waitUntil(lambda: len(session.runs.entries) == count)
    dialog.show_field("runs_folder")
    dialog.reset_button.click()  # nothing is moved by it
    assert runs_dir() == usual_runs_dir() and dialog.note.text()
    qtbot.waitUntil(lambda: len(session.runs.entries) == 2 - count)


def test_folders_are_shown(
    dialog: PreferencesDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    cache_dir().mkdir(parents=True)
    dialog._folder_field("cache_folder").show_button.click()
    qtbot.waitUntil(lambda: bool(opened))
    assert Path(opened[0].toLocalFile()) == cache_dir()


def test_features_are_measured_and_emptied(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    assert not dialog.empty_button.isEnabled()
    folder = cache_dir() / "features" / "one"
    folder.mkdir(parents=True)
    (folder / "block").write_bytes(bytes(2_000_000))
    dialog._state.measure()
    qtbot.waitUntil(dialog.empty_button.isEnabled)
    assert dialog.features.text() == "2.0 MB"
    dialog.empty_button.click()
    qtbot.waitUntil(lambda: dialog.features.text() == "0 bytes")
    assert not folder.exists()


def test_old_runs_are_deleted_after_a_question_and_can_be_brought_back(
    dialog: PreferencesDialog, session: Session, qtbot: QtBot
) -> None:
    some_runs(RunStore(), 3)
    session.runs.refresh()
    qtbot.waitUntil(lambda: len(session.runs.entries) == 3)
    assert not dialog.clean_button.isEnabled()
    session.preferences.runs_limit_bytes = session.runs.size_bytes - 1
    dialog.clean_button.click()
    qtbot.waitUntil(lambda: bool(dialog.findChildren(QMessageBox)))
    answer(dialog, "Delete")
    qtbot.waitUntil(lambda: len(session.runs.entries) == 2)
    undo = session.notifications.kept[-1].act
    assert undo is not None
    undo()
    qtbot.waitUntil(lambda: len(session.runs.entries) == 3)


def test_what_is_remembered_is_forgotten(
    dialog: PreferencesDialog, session: Session, tmp_path: Path
) -> None:
    session.preferences.add_recent_dataset(tmp_path)
    session.preferences.add_recent_find("page.data")
    dialog._show_remembered()
    amounts = [(amount.text(), button.isEnabled()) for amount, button, _ in dialog._remembered]
    assert amounts == [("1", True), ("0", False), ("1", True)]
    for _, button, _ in dialog._remembered:
        button.click()
    assert not session.preferences.recent_datasets and not session.preferences.recent_finds
    assert [amount.text() for amount, _, _ in dialog._remembered] == ["0", "0", "0"]


def test_every_page_is_reached_by_keys(session: Session, qtbot: QtBot) -> None:
    window: MainWindow = show_window(session, qtbot)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    [dialog] = window.findChildren(PreferencesDialog)
    dialog.list.setCurrentRow(0)
    for group in PreferencesGroup:
        assert dialog.group is group and dialog.pages[group].isVisible()
        qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()

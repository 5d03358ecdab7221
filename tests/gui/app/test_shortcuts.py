"""The sheet of keyboard shortcuts names every key of the window, and finds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.gui.networks import make_ready, no_engine
from tests.gui.windows import show_window
from tlstudio.gui.app.main_window import MainWindow
from tlstudio.gui.app.shortcuts import ShortcutSheet, groups, native
from tlstudio.gui.features.learn.window import LearnWindow
from tlstudio.gui.kit import language
from tlstudio.gui.state.session import Session, Step


@pytest.fixture
def window(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    no_engine(monkeypatch)
    window = show_window(session, qtbot)
    make_ready(session, qtbot)
    for step in Step:
        window.pages[step]
    window.inspector.fill()
    return window


@pytest.fixture
def learn(window: MainWindow) -> Iterator[LearnWindow]:
    window.commands.open_learn("quiz")
    learn = window.findChild(LearnWindow)
    assert isinstance(learn, LearnWindow)
    yield learn
    learn.close()


def shown(sheet: ShortcutSheet) -> set[str]:
    return {label.text() for label in sheet.findChildren(QLabel) if label.isVisible()}


def test_every_key_of_the_window_is_on_it(window: MainWindow, learn: LearnWindow) -> None:
    named = {keys for g in groups(window.actions_by_name) for row in g.rows for keys in row.keys}
    style = QKeySequence.SequenceFormat.NativeText
    found = [keys for action in window.findChildren(QAction) for keys in action.shortcuts()]
    found += [shortcut.key() for shortcut in window.findChildren(QShortcut)]
    assert len(found) > 20 and len(learn.findChildren(QShortcut)) >= 4
    missing = {native(keys.toString()) for keys in found if not keys.isEmpty()} - named
    assert not missing, [QKeySequence(keys).toString(style) for keys in missing]


def test_a_word_or_a_key_finds_it(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["show_shortcuts"].trigger()
    sheet = window.findChild(ShortcutSheet)
    assert isinstance(sheet, ShortcutSheet)
    qtbot.waitUntil(sheet.search.hasFocus)
    qtbot.keyClicks(sheet.search, "confusion")
    assert "Go from cell to cell" in shown(sheet) and "Train" not in shown(sheet)
    sheet.search.setText("ctrl+d")
    assert "Train from the selected layer on" in shown(sheet)
    assert "Go from cell to cell" not in shown(sheet)
    sheet.search.setText("qqq")
    assert "No shortcut is called so." in shown(sheet)
    sheet.close()
    language.install("ko")
    titles = {row.title for group in groups(window.actions_by_name) for row in group.rows}
    assert "선택한 레이어부터 학습" in titles and "Quit" not in titles

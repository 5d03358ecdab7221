"""Lessons opened in their window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.clipping import clipped
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session

Settle = Callable[[LessonScreen], None]
Open = Callable[[str], LessonScreen]


@pytest.fixture
def settle(qtbot: QtBot) -> Settle:
    """Wait until a lesson has its answers; none is a fault, and all can be seen whole."""

    def wait(screen: LessonScreen) -> None:
        qtbot.waitUntil(lambda: screen.photo is not None and not screen.live.busy)
        assert screen.problem.isHidden(), screen.problem.text()
        QApplication.processEvents()
        assert not clipped(screen.window())

    return wait


@pytest.fixture
def open_lesson(ready_session: Session, qtbot: QtBot, settle: Settle) -> Open:
    """Open the lesson with this id and wait for its first answers."""
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()

    def opened(name: str) -> LessonScreen:
        screen = open_learn(ready_session, owner, f"lesson/{name}").page
        assert isinstance(screen, LessonScreen)
        settle(screen)
        return screen

    return opened

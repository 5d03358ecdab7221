"""What every lesson does: it says that it waits, and its words are read whole."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.table import LESSONS
from tlstudio.gui.features.learn.screen import LessonScreen
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.features.learn.widgets.view_grid import LINES, ViewGrid, lines_of
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session

Settle = Callable[[LessonScreen], None]


def test_an_empty_stage_says_that_its_answer_is_computed(
    ready_session: Session, qtbot: QtBot, settle: Settle
) -> None:
    owner, go = QWidget(), threading.Event()
    qtbot.addWidget(owner)
    ready_session.feature(LearnState).pool.submit(go.wait, 30, done=print, failed=print)
    screen = open_learn(ready_session, owner, "lesson/groups").page
    assert isinstance(screen, LessonScreen)
    qtbot.waitUntil(lambda: screen.facts.text == "Computing…")
    go.set()
    settle(screen)
    assert "Computing…" not in screen.facts.text


def test_what_comes_beside_the_answer_does_not_end_the_wait(
    ready_session: Session, qtbot: QtBot
) -> None:
    screen, go = LessonScreen(ready_session, LESSONS[0]), threading.Event()
    qtbot.addWidget(screen)
    came: list[int] = []
    screen._patience.stop()  # the photo came later than it
    screen.ask(len, "beside", done=came.append)
    screen.ask(go.wait, 30)
    qtbot.waitUntil(lambda: screen.facts.text == "Computing…")
    assert came == [6]
    go.set()
    qtbot.waitUntil(lambda: screen.facts.text == "")


def test_what_was_done_to_a_view_is_broken_between_its_parts(app: object) -> None:
    metrics, text = QFontMetrics(QFont()), "rotated 7°, cut to 74 %, mirrored"
    wide = metrics.horizontalAdvance(text) + 20
    assert lines_of(metrics, text, wide) == [text]
    narrow = metrics.horizontalAdvance("rotated 7°, cut to 74 %,") + 6
    assert lines_of(metrics, text, narrow) == ["rotated 7°, cut to 74 %,", "mirrored"]
    assert len(lines_of(metrics, text, 10)) == LINES


@pytest.mark.parametrize("size", [(800, 400), (1500, 400), (500, 700)])
def test_words_below_pictures_reach_up_to_the_next_one(
    app: QApplication, size: tuple[int, int]
) -> None:
    grid = ViewGrid("Views", 5, 2)
    grid.resize(*size)
    places = [grid._place(number) for number in range(5)]
    words = grid._words_width(places[0].width())
    assert places[0].width() <= words < places[1].left() - places[0].left()
    assert places[0].left() >= 0 and places[-1].left() + words <= grid.width()

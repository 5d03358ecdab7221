"""The lesson on depth: dragging through the epochs changes the numbers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tlstudio.core.lessons.degradation import on_board
from tlstudio.gui.features.learn.lessons.degradation import DegradationLesson
from tlstudio.gui.features.learn.screen import LessonScreen


def test_the_numbers_follow_the_epoch(
    open_lesson: Callable[[str], LessonScreen], qtbot: QtBot
) -> None:
    screen = open_lesson("degradation")
    assert isinstance(screen, DegradationLesson)
    plain = [on_board().run(depth, is_residual=False).train for depth in (56, 20)]
    assert f"plain-56 {100 * plain[0][-1]:.1f}" in screen.facts.text
    assert list(screen.chart.panes) == ["Plain", "Residual"]
    assert "Fashion-MNIST" in screen.source.text()
    qtbot.keyClick(screen.epoch.slider, Qt.Key.Key_Home)
    assert f"plain-56 {100 * plain[0][0]:.1f}" in screen.facts.text
    assert screen.kept("epoch", 0) == 1
    qtbot.keyClick(screen.epoch.slider, Qt.Key.Key_Right)
    more = round(100 * plain[0][1], 1) - round(100 * plain[1][1], 1)
    assert f"+{more:.1f} points" in screen.facts.text
    screen.window().close()

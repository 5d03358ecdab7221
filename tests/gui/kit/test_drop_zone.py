"""A drop zone reacts to those who have nothing to drop."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.showing import on_screen
from tlstudio.gui.kit.drop_zone import DropZone


@pytest.mark.parametrize("text", ["", "One or many."])
def test_a_click_and_enter_are_told(app: QApplication, qtbot: QtBot, text: str) -> None:
    zone = on_screen(DropZone("Drop images here", text), qtbot, 300, 200)
    assert zone.cursor().shape() is Qt.CursorShape.PointingHandCursor
    asked: list[bool] = []
    zone.clicked.connect(lambda: asked.append(True))
    qtbot.mouseClick(zone, Qt.MouseButton.LeftButton)
    qtbot.keyClick(zone, Qt.Key.Key_Return)
    assert len(asked) == 2
    qtbot.mouseClick(zone, Qt.MouseButton.RightButton)
    qtbot.mousePress(zone, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(
        zone, Qt.MouseButton.LeftButton, pos=QPoint(900, 900)
    )  # thought better of it
    assert len(asked) == 2

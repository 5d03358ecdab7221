"""Widgets on an invisible screen."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)


def on_screen(widget: W, qtbot: QtBot, width: int, height: int) -> W:
    """The same widget, as large as that and visible; it is closed with the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget

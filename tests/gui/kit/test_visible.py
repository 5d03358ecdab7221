"""A refresh waits until its widget can be seen, and is made once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit.visible import VisibleRefresh


def test_what_is_hidden_is_refreshed_once_when_shown(qtbot: QtBot) -> None:
    widget, calls = QWidget(), []
    qtbot.addWidget(widget)
    refresh = VisibleRefresh(widget, lambda: calls.append(1))
    for _ in range(3):
        refresh.request("anything")
    assert not calls
    widget.show()
    assert len(calls) == 1
    refresh.request()
    assert len(calls) == 2
    widget.hide()
    widget.show()
    assert len(calls) == 2  # nothing changed meanwhile

"""Typing into the fields of forms."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit.number_field import NumberField


def type_number(qtbot: QtBot, field: NumberField, text: str, *, leaves: bool = False) -> None:
    """Type `text` in place of what stands in the field; the cursor may stay in it."""
    field.setFocus()
    field.lineEdit().selectAll()
    if text.isascii():
        qtbot.keyClicks(field.lineEdit(), text)
    else:  # as an input method gives it
        field.lineEdit().insert(text)
    if leaves:
        qtbot.keyClick(field.lineEdit(), Qt.Key.Key_Return)

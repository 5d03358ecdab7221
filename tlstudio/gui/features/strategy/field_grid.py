"""A few fields in two columns, in each of which the editors stand below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import set_property

COLUMNS = 2
EDITOR_PX = 86  # so that every choice is whole in either language
EDITOR_AT_LEAST_PX = 60


class TitledField(Protocol):
    """A widget that has its editor beside its title."""

    title: QLabel

    @property
    def editor(self) -> QWidget: ...


class FieldGrid(QWidget):
    """Fields that are short enough to stand two in a row."""

    def __init__(self, fields: Sequence[TitledField], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.GRID + theme.GRID // 2)
        layout.setVerticalSpacing(theme.GRID - 2)
        for column in range(COLUMNS):
            below = fields[column::COLUMNS]
            for field in below:
                set_property(field.title, "role", "hint")
            widest = max(field.title.sizeHint().width() for field in below)
            layout.setColumnStretch(column, widest + theme.GRID + EDITOR_PX)  # editors end up alike
            for row, field in enumerate(below):
                field.title.setFixedWidth(widest)
                field.editor.setMinimumWidth(EDITOR_AT_LEAST_PX)
                set_property(field.editor, "kind", "short")
                layout.addWidget(cast(QWidget, field), row, column, Qt.AlignmentFlag.AlignTop)

"""A row of large numbers, each with its title below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label


class NumberRow(QWidget):
    """Numbers in columns of equal width, so that nothing jumps when they change.

    Args:
        titles: (key, title) of each column.
    """

    def __init__(self, titles: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID * 2)
        self._values: dict[str, QLabel] = {}
        self._titles = dict(titles)
        for key, title in titles:
            value = self._values[key] = label(formats.NONE, "number")
            value.setAccessibleName(f"{title}: {formats.NONE}")
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(value)
            column.addWidget(label(title, "hint"))
            layout.addLayout(column, 1)

    def text(self, key: str) -> str:
        return self._values[key].text()

    def set_numbers(self, numbers: Mapping[str, str]) -> None:
        """Show these texts, by key."""
        for key, text in numbers.items():
            self._values[key].setText(text)
            self._values[key].setAccessibleName(f"{self._titles[key]}: {text}")

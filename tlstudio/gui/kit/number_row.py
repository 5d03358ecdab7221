"""A row of large numbers, each with its title below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QLabel, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.layout import hstack, vstack


class NumberRow(QWidget):
    """Numbers in columns of equal width, so that nothing jumps when they change.

    Args:
        titles: (key, title) of each column.
    """

    def __init__(self, titles: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = hstack(spacing=theme.GRID * 2, parent=self)
        self._values: dict[str, QLabel] = {}
        self._titles = dict(titles)
        for key, title in titles:
            value = self._values[key] = label(formats.NONE, "number")
            value.setAccessibleName(f"{title}: {formats.NONE}")
            column = vstack(value, label(title, "hint"), spacing=0)
            layout.addLayout(column, 1)

    def text(self, key: str) -> str:
        return self._values[key].text()

    def set_numbers(self, numbers: Mapping[str, str]) -> None:
        """Show these texts, by key."""
        for key, text in numbers.items():
            self._values[key].setText(text)
            self._values[key].setAccessibleName(f"{self._titles[key]}: {text}")

"""A short list of facts: a quiet title and its value in each row."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label


class FactList(QWidget):
    """Titles on the left, values on the right. Rows are reused, so nothing flickers.

    Args:
        titles_px: the least room of the titles, so that lists one below another stand in line.
    """

    def __init__(self, parent: QWidget | None = None, *, titles_px: int = 0) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(theme.GRID * 3)
        self._layout.setVerticalSpacing(theme.GRID)
        self._layout.setColumnMinimumWidth(0, titles_px)
        self._layout.setColumnStretch(1, 1)

    def set_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """Show these (title, value) pairs."""
        shown = list(facts)
        while len(self._rows) < len(shown):
            row = (label("", "hint"), label("", wrap=True))
            top = Qt.AlignmentFlag.AlignTop
            self._layout.addWidget(row[0], len(self._rows), 0, top)
            self._layout.addWidget(row[1], len(self._rows), 1, top)
            self._rows.append(row)
        for number, (title, value) in enumerate(self._rows):
            has_fact = number < len(shown)
            title.setVisible(has_fact)
            value.setVisible(has_fact)
            if has_fact:
                title.setText(shown[number][0])
                value.setText(shown[number][1])

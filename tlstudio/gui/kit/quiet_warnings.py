"""A few sentences that a person should know, each in a quiet line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconLabel, label, plain_tip
from tlstudio.gui.kit.layout import hstack, vstack

SHOWN = 3


class QuietWarnings(QWidget):
    """The first few; the rest are in the tooltip of the last line. Hidden while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[QWidget, QLabel]] = []
        layout = vstack(spacing=2, margins=(0, theme.GRID // 2, 0, 0), parent=self)
        for _ in range(SHOWN):
            line = QWidget()
            words = label("", "hint", wrap=True)
            hstack(
                (IconLabel("warning", 14, "warning"), Qt.AlignmentFlag.AlignTop),
                (words, 1),
                spacing=theme.GRID,
                parent=line,
            )
            layout.addWidget(line)
            self._lines.append((line, words))
        self.set_texts(())

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of the lines."""
        return tuple(words.text() for line, words in self._lines if not line.isHidden())

    def set_texts(self, texts: Sequence[str]) -> None:
        shown = list(texts)
        if len(shown) > SHOWN:
            kept = SHOWN - 1
            shown = [*shown[:kept], self.tr("%n more", "", len(texts) - kept)]
        for number, (line, words) in enumerate(self._lines):
            line.setVisible(number < len(shown))
            if number < len(shown):
                words.setText(shown[number])
                words.setToolTip(plain_tip("\n".join(texts) if len(texts) > SHOWN else ""))
        self.setVisible(bool(shown))

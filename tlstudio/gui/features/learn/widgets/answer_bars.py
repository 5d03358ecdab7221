"""What a network answers: the likeliest classes, with bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.kit import accessible, formats, theme

ROW_PX, BAR_PX = 40, 8


class AnswerBars(QWidget):
    """Names with their probabilities, the likeliest first; it has room for `count` of them."""

    spoken_as = accessible.Role.List

    def __init__(self, name: str, count: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[tuple[str, float]] = ()
        self._count = count
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, float]]) -> None:
        """Show (class, probability 0 to 1) pairs."""
        self._rows = rows
        self.update()

    def spoken_count(self) -> int:
        return len(self._rows)

    def spoken_text(self, index: int) -> str:
        name, probability = self._rows[index]
        return f"{name} {formats.percent(probability)}"

    def spoken_rect(self, index: int) -> object:
        return self._row(index).toRect()

    def spoken_current(self) -> int:
        return -1

    def sizeHint(self) -> QSize:
        return QSize(200, self._count * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self._count * ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.current()
        for index, (name, probability) in enumerate(self._rows):
            row = self._row(index)
            is_first = index == 0
            set_font(painter, 15 if is_first else theme.TEXT_PX, strong=is_first)
            painter.setPen(QColor(tokens.text if is_first else tokens.text_soft))
            words = QRectF(row.left(), row.top(), row.width(), ROW_PX - BAR_PX - 8)
            number = formats.percent(probability)
            bottom = Qt.AlignmentFlag.AlignBottom
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | bottom, number)
            room = int(words.width()) - painter.fontMetrics().horizontalAdvance(number) - 8
            elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | bottom, elided)
            bar = QRectF(row.left(), words.bottom() + 2, row.width(), BAR_PX)
            painter.fillRect(bar, QColor(tokens.raised))
            bar.setWidth(bar.width() * probability)
            painter.fillRect(bar, QColor(tokens.accent if is_first else tokens.text_faint))

    def _row(self, index: int) -> QRectF:
        return QRectF(0, index * ROW_PX, self.width(), ROW_PX)

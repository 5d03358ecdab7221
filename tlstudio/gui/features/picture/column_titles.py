"""The names of networks that stand side by side, each above its column of the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.picture.canvas import ArchitectureCanvas
from tlstudio.gui.features.picture.style import font
from tlstudio.gui.kit import theme

HEIGHT_PX = 28


class ColumnTitles(QWidget):
    """A strip that follows the canvas below it sideways."""

    def __init__(self, canvas: ArchitectureCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.setFixedHeight(HEIGHT_PX)
        canvas.moved.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(0, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        strip = QRectF(self.rect())
        painter.fillRect(strip, QColor(tokens.surface))
        painter.setPen(QColor(tokens.line))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        painter.setFont(font(is_bold=True))
        painter.setPen(QColor(tokens.text))
        edge = theme.GRID
        for name, left, right in self._canvas.columns():
            room = QRectF(left, 0, right - left, HEIGHT_PX)
            seen = room.intersected(strip.adjusted(edge, 0, -edge, 0))
            if seen.width() > edge:
                end = Qt.TextElideMode.ElideRight
                text = painter.fontMetrics().elidedText(
                    name.partition(" (")[0], end, int(seen.width())
                )
                painter.drawText(seen, Qt.AlignmentFlag.AlignCenter, text)

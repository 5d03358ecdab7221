"""Maps drawn as sheets one behind the other, and kernels that lie on them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from tlstudio.gui.kit import theme

BEHIND = QPointF(4, -4)  # how far the next sheet is behind
MOST_SHEETS = 9


@dataclass(frozen=True, slots=True)
class Sheets:
    """Square maps, of which so many sheets are drawn that more maps look like more.

    Attributes:
        count: of maps.
        side_px: of a sheet.
    """

    count: int
    side_px: float

    @property
    def drawn(self) -> int:
        """1, 2, 4, 8 maps are 1, 2, 3, 4 sheets, 512 are 10, of which `MOST_SHEETS` are drawn."""
        return min(MOST_SHEETS, 1 + round(math.log2(self.count)))

    def front(self, centre: QPointF) -> QRectF:
        """Where the front sheet is if all of them are centred."""
        middle = centre - BEHIND * (self.drawn - 1) / 2
        half = self.side_px / 2
        return QRectF(middle.x() - half, middle.y() - half, self.side_px, self.side_px)

    def sheet(self, centre: QPointF, number: int) -> QRectF:
        """Where a sheet is; 0 is the front one."""
        return self.front(centre).translated(BEHIND * number)

    def paint(self, painter: QPainter, centre: QPointF, image: QImage | None = None) -> None:
        """Paint them, the picture of a map on the front one."""
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.text_faint), 1))
        painter.setBrush(QColor(tokens.raised))
        for number in reversed(range(self.drawn)):
            painter.drawRect(self.sheet(centre, number))
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(self.front(centre).adjusted(0.5, 0.5, -0.5, -0.5), image)

    def paint_window(
        self, painter: QPainter, centre: QPointF, share: float, colour: QColor, *, through: bool
    ) -> QPointF:
        """Mark the window of a kernel; returns the middle of its front.

        Args:
            share: its side as a share of the map's.
            through: whether it reaches through all maps, or lies on the front one alone.
        """
        front = self.front(centre)
        side = max(5.0, front.width() * min(share, 1.0))
        window = QRectF(0, 0, side, side)
        window.moveCenter(front.center() + QPointF(0.12, 0.1) * front.width() * (1 - share))
        fill = QColor(colour)
        fill.setAlpha(70)
        painter.setBrush(fill)
        painter.setPen(QPen(colour, 2))
        if through and self.drawn > 1:
            last = window.translated(BEHIND * (self.drawn - 1))
            painter.setPen(QPen(colour, 1, Qt.PenStyle.DotLine))
            painter.drawRect(last)
            for corner in (window.topLeft(), window.topRight(), window.bottomRight()):
                painter.drawLine(corner, corner + BEHIND * (self.drawn - 1))
            painter.setPen(QPen(colour, 2))
        painter.drawRect(window)
        return window.center()


def paint_kernel(
    painter: QPainter, centre: QPointF, side: int, depth: int, colour: QColor, cell_px: float = 8
) -> QRectF:
    """Paint a kernel of `side` x `side` weights that reaches through `depth` maps."""
    sheets = Sheets(depth, side * cell_px)
    fill = QColor(colour)
    fill.setAlpha(50)
    base = QColor(theme.current().surface)
    painter.setPen(QPen(colour, 1))
    for number in reversed(range(sheets.drawn)):
        painter.setBrush(base)
        painter.drawRect(sheets.sheet(centre, number))
        painter.setBrush(fill)
        painter.drawRect(sheets.sheet(centre, number))
    front = sheets.front(centre)
    for step in range(1, side):
        at = step * cell_px
        painter.drawLine(front.topLeft() + QPointF(at, 0), front.bottomLeft() + QPointF(at, 0))
        painter.drawLine(front.topLeft() + QPointF(0, at), front.topRight() + QPointF(0, at))
    return front

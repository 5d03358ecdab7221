"""The looks of a curve in chart and legend: name, colour, dash, symbol. Needs no pyqtgraph."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import theme

DASH = (4.0, 2.5)
SYMBOL_PX = 3.5


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """The looks of a curve. Curves differ by symbol and dash as well as by colour.

    Attributes:
        title: in the language of the window.
        token: the colour by its name in `theme.Tokens`.
        symbol: as pyqtgraph calls it: ``o``, ``s``, ``t1``, ``d``, ``t``, ``p``; empty for none.
        stepped: drawn as a stair, a stair tread for each epoch.
        width: of the line in pixels; 0 for points without a line.
    """

    title: str
    token: str
    symbol: str = "o"
    dashed: bool = False
    stepped: bool = False
    width: float = 2.0

    @property
    def color(self) -> QColor:
        return QColor(getattr(theme.current(), self.token))

    def pen(self) -> QPen:
        """Cosmetic: as wide at every zoom."""
        if not self.width:
            return QPen(Qt.PenStyle.NoPen)
        pen = QPen(self.color, self.width)
        pen.setCosmetic(True)
        if self.dashed:
            pen.setDashPattern(DASH)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class LegendKey(QWidget):
    """A short piece of a curve, as legends, tables and readouts show it."""

    def __init__(self, spec: SeriesSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.setFixedSize(self.sizeHint())

    def set_spec(self, spec: SeriesSpec) -> None:
        self._spec = spec
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(24, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = self.width() / 2, self.height() / 2
        painter.setPen(self._spec.pen())
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._spec.color)
        if self._spec.width:
            paint_symbol(painter, self._spec.symbol, QPointF(x, y))
        else:
            for dx, dy in ((-7, -2), (0, 2), (7, -1)):
                paint_symbol(painter, self._spec.symbol, QPointF(x + dx, y + dy), 1.5)


def paint_symbol(painter: QPainter, symbol: str, at: QPointF, size: float = SYMBOL_PX) -> None:
    """A circle, square, triangle, diamond or pentagon in the painter's brush, `size` in radius."""
    x, y = at.x(), at.y()
    corners: list[tuple[float, float]] = []
    match symbol:
        case "o":
            painter.drawEllipse(at, size, size)
        case "s":
            painter.drawRect(QRectF(x - size * 0.9, y - size * 0.9, 1.8 * size, 1.8 * size))
        case "t1":
            corners = [
                (x, y - 1.2 * size),
                (x + 1.15 * size, y + size),
                (x - 1.15 * size, y + size),
            ]
        case "d":
            far = 1.3 * size
            corners = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
        case "t":
            corners = [
                (x, y + 1.2 * size),
                (x - 1.15 * size, y - size),
                (x + 1.15 * size, y - size),
            ]
        case "p":
            far = 1.2 * size
            turns = [2 * math.pi * part / 5 for part in range(5)]
            corners = [(x + far * math.sin(a), y - far * math.cos(a)) for a in turns]
    if corners:
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

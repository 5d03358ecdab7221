"""Shares from 0 to 100 % over a few whole numbers, as lines with their names, and where one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.kit import accessible, theme

LEFT_PX, BELOW_PX, NAMES_PX = 40, 34, 120
ROW_PX = 16
HEIGHT_PX = 14 * theme.GRID
DOT_PX = 4.5


@dataclass(frozen=True, slots=True)
class Curve:
    """A line.

    Attributes:
        name: at its right end.
        colour: by its name in the theme.
        shares: one for each place on the axis, 0 to 1.
    """

    name: str
    colour: str
    shares: Sequence[float]


class Curves(QWidget):
    """A small chart beside which the number stands that a person looks at.

    Args:
        name: what is shown, for screen readers.
        axis: the name of the axis.
        names_px: room for the names of the lines.
    """

    spoken_as = accessible.Role.Chart

    def __init__(self, name: str, axis: str, names_px: int = NAMES_PX) -> None:
        super().__init__()
        self._axis, self._names_px = axis, names_px
        self._places: Sequence[int] = (0, 1)
        self._curves: Sequence[Curve] = ()
        self._at: int | None = None
        self.setAccessibleName(name)
        self.setMaximumHeight(2 * HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_curves(self, places: Sequence[int], curves: Sequence[Curve], at: int | None) -> None:
        """Show lines over these places, with a dot on each at one of them; None for no dots."""
        self._places, self._curves, self._at = places, curves, at
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        set_font(painter, theme.TEXT_SMALL_PX)
        area = QRectF(LEFT_PX, 8, self.width() - LEFT_PX - self._names_px, self.height() - 8)
        area.setHeight(area.height() - BELOW_PX)
        self._paint_axes(painter, area)
        taken: list[float] = []
        for curve in sorted(self._curves, key=lambda one: -one.shares[-1]):
            self._paint_curve(painter, area, curve, taken)

    def _point(self, area: QRectF, place: int, share: float) -> QPointF:
        first, last = self._places[0], self._places[-1]
        x = area.left() + (place - first) / ((last - first) or 1) * area.width()
        return QPointF(x, area.bottom() - share * area.height())

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        tokens = theme.current()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for share in (0.0, 0.5, 1.0):
            y = self._point(area, self._places[0], share).y()
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.text_soft))
            painter.drawText(QRectF(0, y - 8, LEFT_PX - 6, 16), right, f"{100 * share:.0f}%")
        centre = Qt.AlignmentFlag.AlignCenter
        for place in self._places:
            x = self._point(area, place, 0).x()
            text = f"{place}".replace("-", "\u2212")
            painter.drawText(QRectF(x - 16, area.bottom() + 2, 32, ROW_PX), centre, text)
        below = QRectF(area.left(), area.bottom() + ROW_PX + 2, area.width(), ROW_PX)
        painter.drawText(below, centre, self._axis)

    def _paint_curve(
        self, painter: QPainter, area: QRectF, curve: Curve, taken: list[float]
    ) -> None:
        colour = QColor(getattr(theme.current(), curve.colour))
        points = [
            self._point(area, place, share)
            for place, share in zip(self._places, curve.shares, strict=True)
        ]
        painter.setPen(QPen(colour, 2))
        painter.drawPolyline(points)
        painter.setBrush(colour)
        for place, point in zip(self._places, points, strict=True):
            if place == self._at:
                painter.drawEllipse(point, DOT_PX, DOT_PX)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        high = QFontMetricsF(painter.font()).height()
        y = max([points[-1].y(), *(other + high for other in taken)])  # no name over another
        taken.append(y)
        name = QRectF(area.right() + 8, y - high / 2, self._names_px - 8, high)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, curve.name)

"""How the values of a channel are spread: bars, their mean and deviation, and one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.formula_line import number
from tlstudio.gui.kit import accessible, theme

HEAD_PX, AXIS_PX = 20, 18
POINTER_PX = 6
TICKS = 4
FILLED = 0.92  # of the height, by the highest bar


@dataclass(frozen=True, slots=True)
class Spread:
    """What is drawn.

    Attributes:
        shares: of the values, in bins of equal width.
        low, high: ends of the axis.
        mean, deviation: of all values; marked as a line and a band.
        value: the one that is followed.
        name: told before the mean, where two are in one chart.
    """

    shares: Sequence[float]
    low: float
    high: float
    mean: float
    deviation: float
    value: float
    name: str = ""


class Distribution(QWidget):
    """Histograms over one axis: the first as bars, a second as an outline over them.

    Args:
        title: what the values are; above them at the left.
        symbol: of one value, such as ``x``.
        colours: of the bars and of the outline, by their names in the theme.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(
        self, title: str, symbol: str, *colours: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._symbol, self._colours = title, symbol, colours
        self._spreads: tuple[Spread, ...] = ()
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_spreads(self, *spreads: Spread) -> None:
        """Show one, or two over the same axis."""
        self._spreads = spreads
        said = (f"{_said(spread)}, {self._symbol} = {number(spread.value)}" for spread in spreads)
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.current()
        head = QRectF(0, 0, self.width(), HEAD_PX)
        painter.setPen(QColor(tokens.text))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self._title)
        area = QRectF(0.5, HEAD_PX, self.width() - 1, self.height() - HEAD_PX - AXIS_PX)
        if self._spreads:
            self._paint_band(painter, area, self._spreads[0])
            most = max(*self._spreads[0].shares, 1e-9)
            self._paint_bars(painter, area, self._spreads[0], most)
            for spread in self._spreads[1:]:
                self._paint_outline(painter, area, spread, most)
            self._paint_axis(painter, area, self._spreads[0])
            for index in reversed(range(len(self._spreads))):
                self._paint_value(painter, area, index)
        self._paint_means(painter, head)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _colour(self, index: int) -> QColor:
        """Of one of several; a single one is told apart by nothing."""
        name = self._colours[index] if len(self._spreads) > 1 else "text"
        return QColor(getattr(theme.current(), name))

    def _x(self, area: QRectF, spread: Spread, value: float) -> float:
        share = (value - spread.low) / ((spread.high - spread.low) or 1.0)
        return area.left() + area.width() * max(0.0, min(1.0, share))

    def _paint_means(self, painter: QPainter, head: QRectF) -> None:
        """Mean and deviation of each, from the right."""
        right = head.right() - 1
        for index in reversed(range(len(self._spreads))):
            said = _said(self._spreads[index])
            wide = painter.fontMetrics().horizontalAdvance(said)
            is_one = len(self._spreads) == 1
            soft = QColor(theme.current().text_soft)
            painter.setPen(soft if is_one else self._colour(index))
            room = QRectF(right - wide, 0, wide + 1, HEAD_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, said)
            right -= wide + 3 * theme.GRID

    def _paint_band(self, painter: QPainter, area: QRectF, spread: Spread) -> None:
        left = self._x(area, spread, spread.mean - spread.deviation)
        right = self._x(area, spread, spread.mean + spread.deviation)
        painter.fillRect(
            QRectF(left, area.top(), right - left, area.height()),
            QColor(theme.current().accent_soft),
        )
        x = self._x(area, spread, spread.mean)
        painter.setPen(QPen(QColor(theme.current().accent), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _bar(self, area: QRectF, spread: Spread, at: int, most: float) -> QRectF:
        wide = area.width() / max(1, len(spread.shares))
        high = min(area.height(), FILLED * area.height() * spread.shares[at] / most)
        return QRectF(area.left() + at * wide, area.bottom() - high, wide, high)

    def _paint_bars(self, painter: QPainter, area: QRectF, spread: Spread, most: float) -> None:
        colour = QColor(getattr(theme.current(), self._colours[0]))
        for at in range(len(spread.shares)):
            bar = self._bar(area, spread, at, most)
            if bar.height() > 0:
                painter.fillRect(bar.adjusted(0, 0, -0.5, 0), colour)

    def _paint_outline(self, painter: QPainter, area: QRectF, spread: Spread, most: float) -> None:
        corners = [area.bottomLeft()]
        for at in range(len(spread.shares)):
            bar = self._bar(area, spread, at, most)
            corners += [bar.topLeft(), bar.topRight()]
        corners.append(area.bottomRight())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(getattr(theme.current(), self._colours[1])), 2))
        painter.drawPolyline(QPolygonF(corners))

    def _paint_axis(self, painter: QPainter, area: QRectF, spread: Spread) -> None:
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_soft))
        top = area.bottom() + 2
        width = 48.0
        for tick in range(TICKS + 1):
            value = spread.low + (spread.high - spread.low) * tick / TICKS
            x = self._x(area, spread, value)
            side = Qt.AlignmentFlag.AlignHCenter
            left = x - width / 2
            if tick == 0:
                side, left = Qt.AlignmentFlag.AlignLeft, x
            elif tick == TICKS:
                side, left = Qt.AlignmentFlag.AlignRight, x - width
            painter.drawText(QRectF(left, top, width, AXIS_PX), side, number(value, 1))
        painter.setFont(self.font())

    def _paint_value(self, painter: QPainter, area: QRectF, index: int) -> None:
        """A line down to the axis with a pointer, and the value beside it."""
        spread, colour = self._spreads[index], self._colour(index)
        x = self._x(area, spread, spread.value)
        top = area.top() + index * HEAD_PX  # one name below the other
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(x, top + POINTER_PX), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        left, right = QPointF(x - POINTER_PX, top), QPointF(x + POINTER_PX, top)
        painter.drawPolygon(QPolygonF([left, right, QPointF(x, top + POINTER_PX + 2)]))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        text = f"{self._symbol} = {number(spread.value)}"
        wide = painter.fontMetrics().horizontalAdvance(text) + 8
        is_right = spread.value >= spread.mean  # away from most bars, if there is room
        if is_right and x + 10 + wide > area.right():
            is_right = False
        elif not is_right and x - 10 - wide < area.left():
            is_right = True
        room = QRectF(x + 10 if is_right else x - 10 - wide, top - 3, wide, HEAD_PX)
        back = QColor(theme.current().surface)
        back.setAlpha(200)  # over bars
        painter.fillRect(room, back)
        painter.setPen(colour)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.setFont(self.font())


def _said(spread: Spread) -> str:
    """Its mean and deviation, in words."""
    said = f"μ = {number(spread.mean)}   σ = {number(spread.deviation)}"
    return f"{spread.name}:  {said}" if spread.name else said

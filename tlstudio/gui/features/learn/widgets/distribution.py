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
    """

    shares: Sequence[float]
    low: float
    high: float
    mean: float
    deviation: float
    value: float


class Distribution(QWidget):
    """A histogram whose bars keep their area, so that what gets narrower gets higher.

    Args:
        title: what the values are; above them at the left.
        symbol: of one value, such as ``x``.
        colour: of the bars, by its name in the theme.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(self, title: str, symbol: str, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._symbol, self._colour = title, symbol, colour
        self._spread: Spread | None = None
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_spread(self, spread: Spread) -> None:
        self._spread = spread
        self.setAccessibleDescription(
            f"μ = {number(spread.mean)}, σ = {number(spread.deviation)}, "
            f"{self._symbol} = {number(spread.value)}"
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 104)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 72)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.current()
        head = QRectF(0, 0, self.width(), HEAD_PX)
        painter.setPen(QColor(tokens.text))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self._title)
        area = QRectF(0.5, HEAD_PX, self.width() - 1, self.height() - HEAD_PX - AXIS_PX)
        spread = self._spread
        if spread is not None:
            painter.setPen(QColor(tokens.text_soft))
            said = f"μ = {number(spread.mean)}   σ = {number(spread.deviation)}"
            painter.drawText(head, Qt.AlignmentFlag.AlignRight, said)
            self._paint_band(painter, area, spread)
            self._paint_bars(painter, area, spread)
            self._paint_axis(painter, area, spread)
            self._paint_value(painter, area, spread)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _x(self, area: QRectF, spread: Spread, value: float) -> float:
        share = (value - spread.low) / ((spread.high - spread.low) or 1.0)
        return area.left() + area.width() * max(0.0, min(1.0, share))

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

    def _paint_bars(self, painter: QPainter, area: QRectF, spread: Spread) -> None:
        wide = area.width() / max(1, len(spread.shares))
        most = max(*spread.shares, 1e-9)
        colour = QColor(getattr(theme.current(), self._colour))
        for at, share in enumerate(spread.shares):
            high = FILLED * area.height() * share / most
            if high > 0:
                bar = QRectF(area.left() + at * wide, area.bottom() - high, wide - 0.5, high)
                painter.fillRect(bar, colour)

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

    def _paint_value(self, painter: QPainter, area: QRectF, spread: Spread) -> None:
        """A line down to the axis with a pointer, and the value beside it."""
        tokens = theme.current()
        x = self._x(area, spread, spread.value)
        painter.setPen(QPen(QColor(tokens.text), 2))
        painter.drawLine(QPointF(x, area.top() + POINTER_PX), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.text))
        top = area.top()
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x - POINTER_PX, top),
                    QPointF(x + POINTER_PX, top),
                    QPointF(x, top + POINTER_PX + 2),
                ]
            )
        )
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        is_right = spread.value >= spread.mean  # away from most bars
        room = QRectF(x + 10 if is_right else x - 130, top - 3, 120, HEAD_PX)
        side = Qt.AlignmentFlag.AlignLeft if is_right else Qt.AlignmentFlag.AlignRight
        painter.drawText(room, side, f"{self._symbol} = {number(spread.value)}")
        painter.setFont(self.font())

"""An accuracy with its confidence interval: a point on an axis, and a band around it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, formats, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import explain

BAND_PX = 12  # height of the interval
DOT_PX = 8
TICK = 0.1  # a hairline every ten points
SPAN_AT_LEAST = 0.2
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class AccuracyAxis:
    """The axis of interval bars: the accuracies, as fractions, at its two ends.

    It need not begin at 0: what is painted is a place on it, not a length from its beginning.
    """

    low: float = 0.0
    high: float = 1.0

    @classmethod
    def around(cls, values: Iterable[float]) -> AccuracyAxis:
        """Make an axis that holds `values`, with ends at whole tens; 0 to 1 without values."""
        known = [value for value in values if math.isfinite(value)]
        if not known:
            return cls()
        low = max(0.0, math.floor(min(known) / TICK + _ROUNDING) * TICK)
        high = min(1.0, math.ceil(max(known) / TICK - _ROUNDING) * TICK)
        while high - low < SPAN_AT_LEAST - _ROUNDING:
            low, high = max(0.0, low - TICK), (high if low > 0.0 else min(1.0, high + TICK))
        return cls(round(low, 6), round(high, 6))

    @property
    def ticks(self) -> tuple[float, ...]:
        """The ticks: every ten points, the ends included."""
        count = round((self.high - self.low) / TICK)
        return tuple(self.low + number * TICK for number in range(count + 1))

    def place(self, value: float) -> float:
        """Return the position of `value` on the axis, 0..1; values beyond the ends are clipped."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def paint_interval(
    painter: QPainter,
    area: QRectF,
    axis: AccuracyAxis,
    interval: tuple[float, float, float],
    *,
    mark: float | None = None,
    token: str = "accent",
) -> None:
    """Paint one accuracy.

    Args:
        area: the axis goes from its left edge to its right one; rows above each other make
            continuous hairlines if their areas meet.
        interval: the lowest, the measured and the highest value.
        mark: a value to compare with, e.g. of the best; a dashed line.
        token: colour of the point by its name in `theme.Tokens`.
    """
    low, value, high = interval
    tokens = theme.current()
    color = QColor(getattr(tokens, token))
    middle = area.center().y() + 0.5

    def x_of(accuracy: float) -> float:
        return area.left() + axis.place(accuracy) * area.width()

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(tokens.line), 1))
    for tick in axis.ticks:
        painter.drawLine(QPointF(x_of(tick), area.top()), QPointF(x_of(tick), area.bottom()))
    if mark is not None:
        painter.setPen(QPen(QColor(tokens.accent), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x_of(mark), area.top()), QPointF(x_of(mark), area.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    soft = QColor(color)
    soft.setAlphaF(0.22)
    painter.setBrush(soft)
    left, right = x_of(low), x_of(high)
    band = QRectF(left, middle - BAND_PX / 2, max(2.0, right - left), BAND_PX)
    painter.drawRoundedRect(band, BAND_PX / 2, BAND_PX / 2)
    painter.setPen(QPen(color, 1.5))
    painter.drawLine(QPointF(left, middle), QPointF(right, middle))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(x_of(value), middle), DOT_PX / 2, DOT_PX / 2)
    painter.restore()


class IntervalBar(QWidget):
    """A bar for one accuracy, with its number; for short lists that share an axis."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "wilson")
        self._interval: tuple[float, float, float] | None = None
        self._axis = AccuracyAxis()
        self._mark: float | None = None
        self._token = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Accuracy"))

    @property
    def interval(self) -> tuple[float, float, float] | None:
        """The lowest, the measured and the highest value; None for nothing."""
        return self._interval

    def set_interval(
        self,
        interval: tuple[float, float, float] | None,
        axis: AccuracyAxis | None = None,
        *,
        mark: float | None = None,
        token: str = "accent",
    ) -> None:
        """Show another value; see `paint_interval`."""
        self._interval, self._axis = interval, axis or AccuracyAxis()
        self._mark, self._token = mark, token
        words = interval_text(interval)
        self.setAccessibleDescription(words)
        self.setToolTip(plain_tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, theme.ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme.ROW_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._interval is None:
            return
        painter = QPainter(self)
        number_px = QFontMetrics(self.font()).horizontalAdvance("100.0%")
        area = QRectF(self.rect()).adjusted(DOT_PX, 0, -number_px - 2 * theme.GRID, 0)
        paint_interval(
            painter, area, self._axis, self._interval, mark=self._mark, token=self._token
        )
        painter.setPen(QColor(theme.current().text))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), right, formats.percent(self._interval[1]))


def interval_text(interval: tuple[float, float, float] | None) -> str:
    """Format an accuracy with its interval, e.g. 82.4% (77.5% – 87.3%)."""
    if interval is None:
        return formats.NONE
    low, value, high = interval
    return f"{formats.percent(value)} ({formats.percent(low)} – {formats.percent(high)})"

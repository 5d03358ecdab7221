"""Validation accuracy over the epochs of several runs: a thin line for each, a thick mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.interval_bar import AccuracyAxis

LEFT_PX, BOTTOM_PX, TOP_PX, RIGHT_PX = 44, 24, 10, 12
SYMBOLS_UP_TO = 40  # epochs; beyond that they would touch
SYMBOL_PX = 3.5
TICK_PX = 40
LINE_PX = 18  # hairlines are no closer
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
KEY_PX = 24

Curve = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class RaceCurve:
    """What is drawn of one entry.

    Attributes:
        title: in the language of the window.
        place: of the entry, counts from 0; decides colour and symbol.
        seeds: ``(epoch, accuracy)`` of each run.
        mean: over its runs.
    """

    title: str
    place: int
    seeds: tuple[Curve, ...] = ()
    mean: Curve = ()


def entry_token(place: int) -> str:
    """The colour of an entry by its name in `theme.Tokens`."""
    return f"entry_{place % 4 + 1}"


def entry_color(place: int) -> QColor:
    return QColor(getattr(theme.current(), entry_token(place)))


def paint_symbol(painter: QPainter, place: int, center: QPointF, size: float = SYMBOL_PX) -> None:
    """A circle, a square, a triangle or a diamond in the brush of `painter`."""
    x, y = center.x(), center.y()
    match place % 4:
        case 0:
            painter.drawEllipse(center, size, size)
        case 1:
            painter.drawRect(QRectF(x - size * 0.9, y - size * 0.9, 1.8 * size, 1.8 * size))
        case 2:
            points = [(x, y - 1.2 * size), (x + 1.15 * size, y + size), (x - 1.15 * size, y + size)]
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))
        case _:
            far = 1.3 * size
            points = [(x, y - far), (x + far, y), (x, y + far), (x - far, y)]
            painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))


class EntryKey(QWidget):
    """The line and the symbol of one entry, beside its name."""

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.setFixedSize(KEY_PX, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = entry_color(self._place)
        y = self.height() / 2
        painter.setPen(QPen(color, 2.5))
        painter.drawLine(QPointF(1, y), QPointF(self.width() - 1, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        paint_symbol(painter, self._place, QPointF(self.width() / 2, y), 4)


class RaceChart(QWidget):
    """Epochs across, validation accuracy upright; the pointer tells the numbers of an epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: tuple[RaceCurve, ...] = ()
        self._epochs = 1
        self._axis = AccuracyAxis()
        self._pointed = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Validation accuracy over the epochs"))

    def set_curves(self, curves: Sequence[RaceCurve], epochs: int) -> None:
        """Show these curves on an axis of so many epochs."""
        self._curves, self._epochs = tuple(curves), max(1, epochs)
        self._axis = AccuracyAxis.around(
            value
            for curve in self._curves
            for line in (*curve.seeds, curve.mean)
            for _, value in line
        )
        ends = [f"{c.title}: {formats.percent(c.mean[-1][1])}" for c in self._curves if c.mean]
        self.setAccessibleDescription(", ".join(ends))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        painter.setFont(font)
        area = self._area()
        self._paint_axes(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._pointed:
            painter.setPen(QPen(QColor(theme.current().text_faint), 1))
            x = self._x(area, self._pointed)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for curve in self._curves:
            color = entry_color(curve.place)
            if len(curve.seeds) > 1 or list(curve.seeds[:1]) != [curve.mean]:
                soft = QColor(color)
                soft.setAlphaF(0.45)
                for line in curve.seeds:
                    self._paint_line(painter, area, line, QPen(soft, 1.2))
        for curve in self._curves:
            self._paint_mean(painter, area, curve)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        tokens = theme.current()
        metrics = QFontMetrics(painter.font())
        ticks = self._axis.ticks
        every = 1 if area.height() / (len(ticks) - 1) > LINE_PX else 2
        for tick in ticks[::-every]:
            y = round(self._y(area, tick)) + 0.5
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tokens.text_soft))
            box = QRectF(0, y - 10, LEFT_PX - theme.GRID, 20)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, int(right), formats.percent(tick, 0))
        for epoch in self._epoch_ticks(area):
            text = self.tr("epoch {n}").format(n=epoch) if epoch == 1 else str(epoch)
            width = metrics.horizontalAdvance(text) + 4
            box = QRectF(self._x(area, epoch) - width / 2, area.bottom() + 4, width, BOTTOM_PX - 4)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_mean(self, painter: QPainter, area: QRectF, curve: RaceCurve) -> None:
        color = entry_color(curve.place)
        self._paint_line(painter, area, curve.mean, QPen(color, 2.5))
        painter.setPen(QPen(QColor(theme.current().surface), 1))
        painter.setBrush(color)
        for epoch, value in curve.mean:
            if self._epochs <= SYMBOLS_UP_TO or epoch == self._pointed:
                size = SYMBOL_PX + (2 if epoch == self._pointed else 0.5)
                center = QPointF(self._x(area, epoch), self._y(area, value))
                paint_symbol(painter, curve.place, center, size)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_line(self, painter: QPainter, area: QRectF, line: Curve, pen: QPen) -> None:
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        points = [QPointF(self._x(area, epoch), self._y(area, value)) for epoch, value in line]
        painter.drawPolyline(QPolygonF(points))

    # Where things are

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)

    def _x(self, area: QRectF, epoch: float) -> float:
        if self._epochs == 1:
            return area.center().x()
        inner = area.adjusted(2 * theme.GRID, 0, -theme.GRID, 0)
        return inner.left() + (epoch - 1) / (self._epochs - 1) * inner.width()

    def _y(self, area: QRectF, value: float) -> float:
        return area.bottom() - self._axis.place(value) * area.height()

    def _epoch_ticks(self, area: QRectF) -> list[int]:
        room = max(2.0, area.width() / TICK_PX)
        step = next((s for s in STEPS if self._epochs / s <= room), STEPS[-1])
        later = range(step, self._epochs + 1, step)
        return [1, *(tick for tick in later if tick - 1 >= step / 2 and tick > 1)]

    # Pointing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        share = (event.position().x() - self._x(area, 1)) / max(1.0, area.width() - 3 * theme.GRID)
        epoch = min(self._epochs, max(1, round(1 + share * (self._epochs - 1))))
        self._point_at(epoch if area.contains(event.position()) else 0)
        if self._pointed:
            QToolTip.showText(event.globalPosition().toPoint(), self.words_of(epoch), self)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(0)

    def _point_at(self, epoch: int) -> None:
        if epoch != self._pointed:
            self._pointed = epoch
            self.update()

    def words_of(self, epoch: int) -> str:
        """The numbers of one epoch, best first."""
        found = [(dict(curve.mean).get(epoch), curve.title) for curve in self._curves]
        known = sorted(((v, title) for v, title in found if v is not None), reverse=True)
        lines = [f"{formats.percent(value)}  {title}" for value, title in known]
        return "\n".join([self.tr("Epoch {n}").format(n=epoch), *lines])

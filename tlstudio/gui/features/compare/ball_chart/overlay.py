"""Draws over the balls: labels, rings around the chosen ones, and the legend of sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.compare.ball_chart.layout import (
    Wish,
    diameters,
    place_labels,
)
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart.placing import Array, Rect

LEGEND_SIZES = (5e6, 25e6, 75e6, 150e6)
LABEL_PX = 11
HALO_PX = 3.0
RING_PX = 5.0  # around a ball
LABELS_AT_LEAST, ROOM_PX2 = 22, 16_000  # more only where each has so much room


@dataclass
class Marks:
    """The marks that the overlay draws, in its own pixels.

    Attributes:
        centres, radii: of all balls, ``[n, 2]`` and ``[n]``.
        best: indices of those that a line joins.
        titles: of all balls.
        order: indices of those that should be labelled, the most important first.
        chosen, pointed: indices; -1 for none.
        area: the plot without its axes.
        reference_px: diameter of a ball of 150 M.
    """

    centres: Array = field(default_factory=lambda: np.zeros((0, 2)))
    radii: Array = field(default_factory=lambda: np.zeros(0))
    best: Sequence[int] = ()
    titles: Sequence[str] = ()
    order: Sequence[int] = ()
    chosen: int = -1
    pointed: int = -1
    area: Rect = (0, 0, 0, 0)
    reference_px: float = 50


WISHES_AT_MOST = 150  # to find no place for one takes its time, and thousands may want one


class BallOverlay(QWidget):
    """Lies over the plot and lets the mouse through.

    Args:
        legend_title: over the legend of sizes.
    """

    def __init__(self, legend_title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._legend_title = legend_title
        self.marks = Marks()
        self.labels: dict[int, Rect] = {}
        self._legend: Rect = (0, 0, 0, 0)
        # Haloes are slow to draw: once for each label, not each frame.
        self._stamps: dict[tuple[str, bool, str, float], QPixmap] = {}

    def set_marks(self, marks: Marks) -> None:
        """Draw these from now on."""
        self.marks = marks
        self._legend = self._legend_place()
        metrics = QFontMetricsF(self._label_font())
        height = metrics.height()
        left, top, width, tall = marks.area
        wishes: list[Wish] = []
        for index in dict.fromkeys((marks.chosen, *marks.order)):
            if index < 0 or not self._in_sight(index):
                continue
            if len(wishes) == WISHES_AT_MOST:
                break
            bold = index == marks.chosen
            across = QFontMetricsF(self._label_font(bold=bold)).horizontalAdvance(
                marks.titles[index]
            )
            wishes.append(Wish(index, across, height, must=bold))
        area = (left + 2, top + 2, width - 4, tall - 4)
        most = max(LABELS_AT_LEAST, int(width * tall / ROOM_PX2))
        taken = [self._legend]
        radii = marks.radii.copy()
        if marks.chosen >= 0:
            radii[marks.chosen] += RING_PX
        self.labels = place_labels(
            wishes, marks.centres, radii, area, taken, most, marks.centres[list(marks.best)]
        )
        self.update()

    def point_at(self, index: int) -> None:
        """Ring another ball thinly; -1 for none."""
        for ring in (self.marks.pointed, index) if index != self.marks.pointed else ():
            if ring >= 0:
                x, y = self.marks.centres[ring]
                reach = float(self.marks.radii[ring]) + 8
                area = QRectF(x - reach, y - reach, 2 * reach, 2 * reach)
                self.update(area.toAlignedRect())
        self.marks.pointed = index

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(*self.marks.area))
        self._paint_legend(painter)
        self._paint_ring(painter, self.marks.chosen, is_chosen=True)
        if self.marks.pointed != self.marks.chosen:
            self._paint_ring(painter, self.marks.pointed, is_chosen=False)
        for index, (x, y, _, _) in self.labels.items():
            stamp = self._stamp(self.marks.titles[index], bold=index == self.marks.chosen)
            painter.drawPixmap(QPointF(round(x) - HALO_PX, round(y) - HALO_PX), stamp)

    def _stamp(self, title: str, *, bold: bool) -> QPixmap:
        """A label with a halo of `HALO_PX` around it."""
        tokens, ratio = theme.current(), self.devicePixelRatioF()
        key = (title, bold, tokens.name, ratio)
        if key not in self._stamps:
            font = self._label_font(bold=bold)
            metrics = QFontMetricsF(font)
            width, height = metrics.horizontalAdvance(title), metrics.height()
            size = QSizeF(width + 2 * HALO_PX, height + 2 * HALO_PX)
            stamp = QPixmap((size * ratio).toSize())
            stamp.setDevicePixelRatio(ratio)
            stamp.fill(Qt.GlobalColor.transparent)
            painter = QPainter(stamp)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            start = QPointF(HALO_PX, HALO_PX + metrics.ascent())
            path = QPainterPath()
            path.addText(start, font, title)
            halo = QColor(tokens.surface)
            halo.setAlphaF(0.85)
            pen = QPen(halo, HALO_PX)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, pen)
            painter.setFont(font)
            painter.setPen(QColor(tokens.text if bold else tokens.text_soft))
            painter.drawText(start, title)
            painter.end()
            self._stamps[key] = stamp
        return self._stamps[key]

    def _paint_ring(self, painter: QPainter, index: int, *, is_chosen: bool) -> None:
        if index < 0:
            return
        tokens = theme.current()
        centre = QPointF(*self.marks.centres[index])
        radius = float(self.marks.radii[index]) + 3
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.surface), 4.5))
        painter.drawEllipse(centre, radius, radius)
        color = QColor(tokens.accent if is_chosen else tokens.text)
        painter.setPen(QPen(color, 2.5 if is_chosen else 1.5))
        painter.drawEllipse(centre, radius, radius)

    def _paint_legend(self, painter: QPainter) -> None:
        tokens = theme.current()
        left, top, width, height = self._legend
        if width <= 0:
            return
        font = self._label_font()
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_soft))
        row = QRectF(left, top, width, metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignHCenter, self._legend_title)
        baseline = top + height - metrics.height() - 4
        x = left
        for size, diameter in self._legend_balls():
            text = formats.compact(size)
            across = max(diameter, metrics.horizontalAdvance(text))
            centre = QPointF(x + across / 2, baseline - diameter / 2)
            painter.setPen(QPen(QColor(tokens.text_soft), 1))
            fill = QColor(tokens.text_faint)
            fill.setAlphaF(0.25)
            painter.setBrush(fill)
            painter.drawEllipse(centre, diameter / 2, diameter / 2)
            painter.setPen(QColor(tokens.text_soft))
            place = QRectF(x, baseline + 4, across, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)
            x += across + theme.GRID

    def _legend_balls(self) -> list[tuple[float, float]]:
        return [
            (size, float(diameters([size], self.marks.reference_px)[0])) for size in LEGEND_SIZES
        ]

    def _legend_place(self) -> Rect:
        """The lower corner with fewer balls; nowhere if both are full or the chart is tiny."""
        metrics = QFontMetricsF(self._label_font())
        balls = self._legend_balls()
        across = [max(d, metrics.horizontalAdvance(formats.compact(s))) for s, d in balls]
        width = sum(across) + theme.GRID * (len(balls) - 1)
        width = max(width, metrics.horizontalAdvance(self._legend_title))
        height = 2 * metrics.height() + 8 + max(d for _, d in balls)
        left, top, room, tall = self.marks.area
        margin = 1.5 * theme.GRID
        best, fewest = (0.0, 0.0, 0.0, 0.0), 3
        if room < 2.5 * width or tall < 2 * height:
            return best
        y = top + tall - height - theme.GRID
        for x in (left + room - width - margin, left + margin):
            count = self._balls_in((x, y, width, height))
            if count < fewest:
                best, fewest = (x, y, width, height), count
        return best

    def _balls_in(self, rect: Rect) -> int:
        centres, radii = self.marks.centres, self.marks.radii
        x = np.clip(centres[:, 0], rect[0], rect[0] + rect[2])
        y = np.clip(centres[:, 1], rect[1], rect[1] + rect[3])
        return int((np.hypot(centres[:, 0] - x, centres[:, 1] - y) < radii).sum())

    def _in_sight(self, index: int) -> bool:
        left, top, width, height = self.marks.area
        x, y = self.marks.centres[index]
        return bool(left <= x <= left + width and top <= y <= top + height)

    def _label_font(self, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(LABEL_PX)
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

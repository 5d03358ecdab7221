"""The chart of a learning-rate range test, on which a rate can be chosen.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.rate_finder import (
    BELOW_LOWEST,
    HIGHEST_RATE,
    LOWEST_RATE,
    SETTLED,
    RatePoint,
    RateRange,
    rate_text,
)
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.layout import vstack

KEY_STEP = 10 ** (1 / 20)  # a twentieth of an order of magnitude
HEADROOM = 1.25  # times the loss of the start; what lies above it is out of sight
DOT_PX = 11.0
TEXT_STEP_PX = 9.0  # between two places up and down
DECADE_PX = 64.0  # ticks are no closer


class RatePlot(ChartPlot):
    """Losses upright, learning rates across in orders of magnitude.

    Signals:
        dragged(float): the marker is dragged to this learning rate.
    """

    dragged = Signal(float)

    def __init__(
        self, smoothed: SeriesSpec, raw: SeriesSpec, *, too_small: str, too_large: str
    ) -> None:
        super().__init__(ticks.powers(rate_text, DECADE_PX))
        self.item.setContentsMargins(0, 4, 8, 0)
        self._top = 1.0
        self._good = self.add(pg.LinearRegionItem(movable=False), _style_good)
        self.zones = [self.add_text(self._style_text) for _ in range(2)]
        for text, words in zip(self.zones, (too_small, too_large), strict=True):
            text.setText(words)
        self._ends: list[tuple[float, float]] = []  # of the zones; none before there is a result
        self._present = self.add(
            pg.InfiniteLine(angle=90),
            lambda i, t: i.setPen(pg.mkPen(t.text_faint, width=1, style=Qt.PenStyle.DotLine)),
        )
        self.present_text = self.add_text(self._style_text)
        self.add_curve("raw", raw)
        self.add_curve("smoothed", smoothed)
        self._lowest = self.add(pg.ScatterPlotItem(size=9, useCache=False), _style_dot("train"))
        self._suggested = self.add(
            pg.ScatterPlotItem(size=DOT_PX, useCache=False), _style_dot("accent")
        )
        self._marker = self.add(pg.InfiniteLine(angle=90, movable=True), _style_marker)
        self.marker_text = self.add_text(self._style_marker_text)
        self._marker.sigDragged.connect(lambda line: self.dragged.emit(10.0 ** float(line.value())))
        self._hide_marks()
        self.set_rate(None, "")
        self._set_top(1.0)
        self.moved.connect(self._place_texts)

    def set_points(self, points: Sequence[RatePoint]) -> None:
        """Draw these; the upright axis follows the losses at rates that teach nothing."""
        x = [math.log10(point.learning_rate) for point in points]
        self.set_curve("raw", x, [point.loss for point in points])
        self.set_curve("smoothed", x, [point.smoothed for point in points])
        self.curves["raw"].setSymbol("o")  # it has no line, however many there are
        start = [point.smoothed for point in points[: SETTLED + 1]]
        self._set_top(HEADROOM * max(start) if start else 1.0)

    def set_result(self, result: RateRange | None) -> None:
        """Mark what it found; None for nothing yet."""
        self._hide_marks()
        if result is None or result.suggestion is None:
            return  # a lowest point that is chance is none
        lowest, steepest = result.lowest, result.steepest
        assert lowest is not None and steepest is not None
        self._lowest.setData([math.log10(lowest.learning_rate)], [lowest.smoothed])
        bounds = sorted((steepest.learning_rate, lowest.learning_rate / BELOW_LOWEST))
        low, high = (math.log10(rate) for rate in bounds)
        self._good.setRegion((low - 0.15, high + 0.15))
        self._good.show()
        nearest = min(
            result.points, key=lambda p: abs(math.log(p.learning_rate / (result.suggestion or 1)))
        )
        self._suggested.setData([math.log10(result.suggestion)], [nearest.smoothed])
        self._ends = [
            (math.log10(LOWEST_RATE), low),
            (math.log10(lowest.learning_rate), math.log10(HIGHEST_RATE)),
        ]
        self._place_texts()

    def set_rate(self, rate: float | None, text: str) -> None:
        """Move the marker; None hides it."""
        self._marker.setVisible(rate is not None)
        self.marker_text.setVisible(rate is not None)
        if rate is not None:
            self._marker.setValue(math.log10(rate))
            self.marker_text.setText(text)
            self._place_texts()

    def set_present(self, rate: float, text: str) -> None:
        """The learning rate of the settings."""
        is_inside = LOWEST_RATE <= rate <= HIGHEST_RATE
        self._present.setVisible(is_inside)
        self.present_text.setVisible(is_inside)
        if is_inside:
            self._present.setValue(math.log10(rate))
            self.present_text.setText(text)
            self._place_texts()

    def set_pickable(self, *, is_pickable: bool) -> None:
        """Whether a rate can be chosen here."""
        self._marker.setMovable(is_pickable)
        shape = Qt.CursorShape.PointingHandCursor if is_pickable else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _hide_marks(self) -> None:
        self._good.hide()
        self._lowest.setData([], [])
        self._suggested.setData([], [])
        self._ends = []
        self._place_texts()

    def _place_texts(self) -> None:
        """Place the texts on no loss: at their lines from the top down, in zones from below."""
        _, _, _, height = self.area
        tops = np.arange(0, height, TEXT_STEP_PX)
        spots = [self.px(*spot.getData()) for spot in (self._lowest, self._suggested)]
        drawn = self.drawn()
        discs = [drawn.discs, *(np.insert(spot, 2, DOT_PX / 2, axis=1) for spot in spots)]
        drawn = replace(drawn, discs=np.concatenate(discs))
        texts = {self._marker: self.marker_text, self._present: self.present_text}
        shown = [line for line in texts if line.isVisible()]
        guides = {n: self.px([n.value()] * 2, self.box.viewRange()[1]) for n in shown}
        for line, text in texts.items():
            text.hide()
            if line in guides:
                x, wide, high = float(guides[line][0, 0]), *_size(text)
                lefts = (x - wide / 2, x, x - wide) if text is self.marker_text else (x - wide, x)
                places = [(left, top, wide, high) for top in tops for left in lefts]
                others = [guide for other, guide in guides.items() if other is not line]
                around = replace(drawn, lines=[*drawn.lines, *others])
                placed = self.place_text(text, places, around, must=True)
                drawn = replace(drawn, labels=placed.labels)
        drawn = replace(drawn, lines=[*drawn.lines, *guides.values()])
        for text in self.zones:
            text.hide()
        for text, ends in zip(self.zones, self._ends, strict=False):
            (first, _), (last, _) = self.px(ends, [0, 0])
            wide, high = _size(text)
            if last - first > wide:
                left = (first + last - wide) / 2
                places = [(left, height - high - top, wide, high) for top in tops]
                drawn = self.place_text(text, places, drawn)

    def _set_top(self, highest: float) -> None:
        """The upright axis from zero to a round number."""
        self._top = ticks.round_top(highest)
        decades = math.log10(LOWEST_RATE), math.log10(HIGHEST_RATE)
        room = 0.02 * (decades[1] - decades[0])
        y = (-0.02 * self._top, 1.02 * self._top)
        self.set_home((decades[0] - room, decades[1] + room), y)
        self._place_texts()

    def _style_text(self, text: pg.TextItem, tokens: theme.Tokens) -> None:
        text.setFont(self.small_font)
        text.setColor(tokens.text_soft)

    def _style_marker_text(self, text: pg.TextItem, tokens: theme.Tokens) -> None:
        font = self.small_font
        font.setWeight(QFont.Weight.DemiBold)
        text.setFont(font)
        text.setColor(tokens.on_accent)
        text.fill = pg.mkBrush(tokens.accent)


def _size(text: pg.TextItem) -> tuple[float, float]:
    return text.boundingRect().width(), text.boundingRect().height()


def _style_good(good: pg.LinearRegionItem, tokens: theme.Tokens) -> None:
    good.setBrush(QColor(tokens.accent_soft))
    good.setZValue(-5)
    for line in good.lines:
        line.setPen(pg.mkPen(None))


def _style_dot(token: str) -> Any:
    def style(dot: pg.ScatterPlotItem, tokens: theme.Tokens) -> None:
        dot.setBrush(QColor(getattr(tokens, token)))
        dot.setPen(pg.mkPen(tokens.surface, width=2))

    return style


def _style_marker(marker: pg.InfiniteLine, tokens: theme.Tokens) -> None:
    marker.setPen(pg.mkPen(tokens.accent, width=2))
    marker.setHoverPen(pg.mkPen(tokens.accent_hover, width=3))


class RateChart(Chart):
    """Losses over learning rates, with a marker that can be dragged, clicked or moved by keys.

    Signals:
        chosen(float): a person took another learning rate.
    """

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._points: Sequence[RatePoint] = ()
        self._result: RateRange | None = None
        self._rate: float | None = None
        self._smoothed = SeriesSpec(self.tr("smoothed"), "train", "", width=2.5)
        self._raw = SeriesSpec(self.tr("each step"), "text_faint", "o", width=0)
        self.plot = RatePlot(
            self._smoothed,
            self._raw,
            too_small=self.tr("too small"),
            too_large=self.tr("too large"),
        )
        self.add_plot(self.plot)
        self.plot.dragged.connect(self._on_picked)
        title = self.tr("Training loss over the learning rate")
        vstack(
            legend_row(title, (self._smoothed, self._raw)),
            (self.plot, 1),
            spacing=theme.GRID // 2,
            parent=self,
        )

    def set_points(self, points: Sequence[RatePoint], result: RateRange | None) -> None:
        """Show these; without a result yet there is nothing to choose."""
        self._points, self._result = points, result
        self.plot.set_points(points)
        self.plot.set_result(result)
        self.plot.set_pickable(is_pickable=self._is_pickable)
        self._describe()

    def set_rate(self, rate: float | None) -> None:
        """The chosen learning rate; None for none."""
        self._rate = rate
        self.plot.set_rate(rate, rate_text(rate) if rate is not None else "")
        self._describe()

    def set_present(self, rate: float) -> None:
        """The learning rate of the settings."""
        self.plot.set_present(rate, self.tr("set now"))

    @property
    def places(self) -> Sequence[float]:
        return [math.log10(point.learning_rate) for point in self._points]

    def reading(self, place: int) -> Reading:
        point = self._points[place]
        rows = ((self._smoothed, point.smoothed), (self._raw, point.loss))
        return Reading(
            rate_text(point.learning_rate),
            tuple(ReadingRow(spec.title, (formats.loss(loss),), spec) for spec, loss in rows),
        )

    def csv(self) -> str:
        if self._result is not None:
            return self._result.to_csv()
        rows = ((point.learning_rate, point.loss, point.smoothed) for point in self._points)
        return csv_text(("learning_rate", "loss", "smoothed"), rows)

    def choose(self, at: QPointF) -> None:
        if self._is_pickable:
            self._on_picked(10.0 ** at.x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        start = self._rate or (
            self._points[len(self._points) // 2].learning_rate if self._points else 0
        )
        if self._result is None or not start:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left:
                self._on_picked(start / KEY_STEP)
            case Qt.Key.Key_Right:
                self._on_picked(start * KEY_STEP)
            case Qt.Key.Key_Home if self._result.suggestion is not None:
                self._on_picked(self._result.suggestion)
            case _:
                super().keyPressEvent(event)

    @property
    def _is_pickable(self) -> bool:
        return self._result is not None and bool(self._points)

    def _on_picked(self, rate: float) -> None:
        first, last = self._points[0].learning_rate, self._points[-1].learning_rate
        two_digits = float(f"{min(max(rate, first), last):.1e}")
        if two_digits == self._rate and rate != two_digits:  # a key's step must lead somewhere
            digit = 10.0 ** (math.floor(math.log10(two_digits)) - 1)
            two_digits = float(f"{two_digits + math.copysign(digit, rate - two_digits):.1e}")
        self.chosen.emit(two_digits)

    def _describe(self) -> None:
        """Set the description for screen readers."""
        if self._result is None:
            text = self.tr("Loss over the learning rate; %n step(s) so far", "", len(self._points))
        elif self._result.suggestion is None:
            text = self.tr("Loss over the learning rate; nothing is suggested")
        else:
            text = self.tr("Loss over the learning rate; suggested is {rate}, chosen {chosen}")
            chosen = formats.NONE if self._rate is None else rate_text(self._rate)
            text = text.format(rate=rate_text(self._result.suggestion), chosen=chosen)
        self.setAccessibleName(text)

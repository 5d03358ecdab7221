"""The plot of a learning-rate range test: axes, curves and marks.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QResizeEvent

from tlstudio.core.rate_finder import (
    BELOW_LOWEST,
    HIGHEST_RATE,
    LOWEST_RATE,
    SETTLED,
    RatePoint,
    RateRange,
    rate_text,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.history_plot import AXIS_WIDTH_PX, BOTTOM_HEIGHT_PX, SeriesSpec

HEADROOM = 1.25  # times the loss of the start; what lies above it is out of sight
FEW_DECADES_PX = 44  # with less room for each, every second one is named
PRESENT_AT = 0.87  # of the height
ROOM_DECADES = 1.4  # that the words of a zone need


class RatePlot(pg.PlotWidget):  # type: ignore[misc]
    """Losses upright, learning rates across in orders of magnitude.

    Signals:
        picked(float): a learning rate was clicked, or the marker dragged to it.
        hovered(float): the pointer is over this learning rate; 0 when it left.
    """

    picked = Signal(float)
    hovered = Signal(float)

    _is_built = False  # Qt tells of changes before the constructor is through

    def __init__(
        self, smoothed: SeriesSpec, raw: SeriesSpec, *, too_small: str, too_large: str
    ) -> None:
        super().__init__()
        self._specs = (smoothed, raw)
        self._top = 1.0
        self._is_pickable = False
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.setContentsMargins(0, 4, 8, 0)
        self._box = item.getViewBox()
        self._box.setDefaultPadding(0)
        self._left, self._bottom = item.getAxis("left"), item.getAxis("bottom")
        self._left.setWidth(AXIS_WIDTH_PX)
        self._bottom.setHeight(BOTTOM_HEIGHT_PX)
        self._left.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)
        self._bottom.setStyle(tickLength=-4, tickTextOffset=4, hideOverlappingLabels=32)

        self._good = pg.LinearRegionItem(movable=False)
        self._present = pg.InfiniteLine(angle=90)
        self._present_text = pg.TextItem(anchor=(1, 0.5))
        self._raw = pg.PlotDataItem(useCache=False)
        self._smoothed = pg.PlotDataItem(antialias=True, useCache=False)
        self._lowest = pg.ScatterPlotItem(useCache=False)
        self._suggested = pg.ScatterPlotItem(useCache=False)
        self._marker = pg.InfiniteLine(angle=90, movable=True)
        self._marker_text = pg.TextItem(anchor=(0.5, 0))
        self._zones = [pg.TextItem(text, anchor=(0.5, 1)) for text in (too_small, too_large)]
        for drawn in (
            *(self._good, *self._zones, self._present, self._present_text, self._raw),
            *(self._smoothed, self._lowest, self._suggested, self._marker, self._marker_text),
        ):
            item.addItem(drawn, ignoreBounds=True)
        self._marker.sigDragged.connect(self._on_dragged)
        self._hide_marks()
        self._present.hide()
        self._present_text.hide()
        item.setXRange(math.log10(LOWEST_RATE), math.log10(HIGHEST_RATE), padding=0.02)
        self._set_top(1.0)
        self._is_built = True
        self.restyle()

    def set_points(self, points: Sequence[RatePoint]) -> None:
        """Draw these; the upright axis follows the losses at rates that teach nothing."""
        x = np.array([math.log10(point.learning_rate) for point in points])
        self._raw.setData(x, np.array([point.loss for point in points]))
        self._smoothed.setData(x, np.array([point.smoothed for point in points]))
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
        ends = (math.log10(LOWEST_RATE), low), (math.log10(lowest.learning_rate), 1.0)
        for text, (first, last) in zip(self._zones, ends, strict=True):
            text.setVisible(last - first > ROOM_DECADES)
            text.setPos((first + last) / 2, 0)

    def set_rate(self, rate: float | None, text: str) -> None:
        """Where the marker stands; None hides it."""
        self._marker.setVisible(rate is not None)
        self._marker_text.setVisible(rate is not None)
        if rate is not None:
            self._marker.setValue(math.log10(rate))
            self._marker_text.setText(text)
            self._place_texts()

    def set_present(self, rate: float, text: str) -> None:
        """The learning rate of the settings."""
        is_inside = LOWEST_RATE <= rate <= HIGHEST_RATE
        self._present.setVisible(is_inside)
        self._present_text.setVisible(is_inside)
        if is_inside:
            self._present.setValue(math.log10(rate))
            self._present_text.setText(text)
            self._place_texts()

    def set_pickable(self, *, is_pickable: bool) -> None:
        """Whether a rate can be chosen here."""
        self._is_pickable = is_pickable
        self._marker.setMovable(is_pickable)
        shape = Qt.CursorShape.PointingHandCursor if is_pickable else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._is_pickable and event.button() is Qt.MouseButton.LeftButton:
            rate = self._rate_at(event)
            if rate:
                self.picked.emit(rate)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hovered.emit(self._rate_at(event))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(0.0)
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        is_other = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if is_other and self._is_built:
            self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_built:
            self._name_decades()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        self.setBackground(tokens.surface)
        for axis in (self._left, self._bottom):
            axis.setTickFont(QFont(font))
            axis.setZValue(-1)
            axis.setTextPen(tokens.text_soft)
            axis.setPen(pg.mkPen(tokens.line_strong))
        self._left.setPen(pg.mkPen(None))
        self._left.setTickPen(pg.mkPen(tokens.line))
        self._left.setGrid(255)
        smoothed, _raw = self._specs
        self._smoothed.setPen(smoothed.pen(2.5))
        self._raw.setPen(None)
        self._raw.setSymbol("o")
        self._raw.setSymbolSize(3)
        self._raw.setSymbolPen(None)
        self._raw.setSymbolBrush(QColor(tokens.text_faint))
        self._good.setBrush(QColor(tokens.accent_soft))
        self._good.setZValue(-5)
        for line in self._good.lines:
            line.setPen(pg.mkPen(None))
        self._present.setPen(pg.mkPen(tokens.text_faint, width=1, style=Qt.PenStyle.DotLine))
        self._marker.setPen(pg.mkPen(tokens.accent, width=2))
        self._marker.setHoverPen(pg.mkPen(tokens.accent_hover, width=3))
        for dots, color, size in (
            (self._lowest, tokens.train, 9),
            (self._suggested, tokens.accent, 11),
        ):
            dots.setSize(size)
            dots.setBrush(QColor(color))
            dots.setPen(pg.mkPen(tokens.surface, width=2))
        for text in (*self._zones, self._present_text):
            text.setFont(QFont(font))
            text.setColor(tokens.text_soft)
        font.setWeight(QFont.Weight.DemiBold)
        self._marker_text.setFont(font)
        self._marker_text.setColor(tokens.on_accent)
        self._marker_text.fill = pg.mkBrush(tokens.accent)

    def _hide_marks(self) -> None:
        self._good.hide()
        self._lowest.setData([], [])
        self._suggested.setData([], [])
        for text in self._zones:
            text.hide()

    def _place_texts(self) -> None:
        """At the upper edge; the words beside the settings' rate lie below those of the marker."""
        self._marker_text.setPos(float(self._marker.value()), self._top)
        self._present_text.setPos(float(self._present.value()), PRESENT_AT * self._top)

    def _on_dragged(self, line: Any) -> None:
        self.picked.emit(10.0 ** float(line.value()))

    def _rate_at(self, event: QMouseEvent) -> float:
        """Under the pointer; 0 beside the axes."""
        place = self.mapToScene(event.position().toPoint())
        if not self._box.sceneBoundingRect().contains(place):
            return 0.0
        return float(10.0 ** self._box.mapSceneToView(QPointF(place)).x())

    def _set_top(self, highest: float) -> None:
        """The upright axis from zero to a round number."""
        power = 10.0 ** math.floor(math.log10(highest))
        self._top = next(
            t * power for t in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if t * power >= highest
        )
        self._box.setYRange(-0.02 * self._top, 1.02 * self._top, padding=0)
        self._place_texts()
        quarters = [self._top * k / 4 for k in range(5)]
        self._left.setTicks([[(value, f"{value:.3g}") for value in quarters], []])

    def _name_decades(self) -> None:
        first, last = round(math.log10(LOWEST_RATE)), round(math.log10(HIGHEST_RATE))
        step = 1 if (self.width() - AXIS_WIDTH_PX) / (last - first) > FEW_DECADES_PX else 2
        named = [(d, rate_text(10.0**d)) for d in range(first, last + 1, step)]
        self._bottom.setTicks([named, [(d, "") for d in range(first, last + 1)]])

"""The plot of a ball chart: axes, balls and the line of the best, zoomed and panned.

Importing this module imports pyqtgraph, which takes a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QResizeEvent

from tlstudio.gui.features.compare.ball_chart.layout import (
    Array,
    Rect,
    diameters,
    range_of,
    reference_px,
)
from tlstudio.gui.features.compare.ball_chart.values import (
    Ball,
    cost_ticks,
    fill_color,
    rim_color,
    worth_ticks,
)
from tlstudio.gui.kit import theme

AXIS_WIDTH_PX, AXIS_HEIGHT_PX = 44, 22
FURTHEST_OUT, FURTHEST_IN = 1.5, 0.01  # of the range that holds all balls


class BallPlot(pg.PlotWidget):  # type: ignore[misc]
    """Balls over a logarithmic axis of costs and an even one of worths.

    Signals:
        moved(): other things are in sight, or they lie elsewhere.
        zoomed(bool): whether something else than everything is shown.
    """

    moved = Signal()
    zoomed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.balls: tuple[Ball, ...] = ()
        self.is_fitted = True
        self._is_fitting = False
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 0, 0, 0)
        self._box = item.getViewBox()
        self._box.setDefaultPadding(0)
        self._left, self._bottom = item.getAxis("left"), item.getAxis("bottom")
        self._left.setWidth(AXIS_WIDTH_PX)
        self._bottom.setHeight(AXIS_HEIGHT_PX)
        self._left.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)
        self._bottom.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=24)
        self._best = pg.PlotDataItem(antialias=True, useCache=False)
        self._scatter = pg.ScatterPlotItem(pxMode=True, antialias=True)
        for drawn in (self._best, self._scatter):
            item.addItem(drawn, ignoreBounds=True)
        self._box.sigRangeChanged.connect(self._on_range_changed)
        self._box.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self.restyle()

    def set_balls(self, balls: Sequence[Ball]) -> None:
        """Draw these, the first ones lowest."""
        places = [(ball.key, ball.x, ball.y) for ball in self.balls]
        self.balls = tuple(balls)
        self._draw()
        if sorted(places) != sorted((ball.key, ball.x, ball.y) for ball in self.balls):
            self.reset()

    @property
    def values(self) -> Array:
        """Return ``[n, 2]``: logarithms of costs, and worths."""
        rows = [(ball.x, ball.y) for ball in self.balls]
        values = np.array(rows, float).reshape(-1, 2)
        values[:, 0] = np.log10(values[:, 0])
        return values

    @property
    def centres(self) -> Array:
        """Return the centres ``[n, 2]`` in pixels of the viewport."""
        left, top, width, height = self.area
        (x0, x1), (y0, y1) = self._box.viewRange()
        x, y = self.values.T
        return np.column_stack(
            [left + (x - x0) / (x1 - x0) * width, top + (y1 - y) / (y1 - y0) * height]
        )

    @property
    def radii(self) -> Array:
        """Return the radii ``[n]`` in pixels."""
        return diameters([ball.size for ball in self.balls], self.reference_px) / 2

    @property
    def reference_px(self) -> float:
        """Diameter of the ball that the legend explains sizes with."""
        return reference_px(self.width(), self.height())

    @property
    def area(self) -> Rect:
        """Return the area within the axes, in pixels of the viewport."""
        rect = self.mapFromScene(self._box.sceneBoundingRect()).boundingRect()
        return float(rect.x()), float(rect.y()), float(rect.width()), float(rect.height())

    def reset(self) -> None:
        """Zoom out until all balls are visible."""
        _, _, width, height = self.area
        if width < 40 or height < 40 or not self.balls:
            return
        values, radii = self.values, self.radii
        x = range_of(values[:, 0], radii, width)
        y = range_of(values[:, 1], radii, height)
        self._is_fitting = True
        self._box.setLimits(xMin=None, xMax=None, yMin=None, yMax=None)
        self._box.setLimits(minXRange=None, minYRange=None)
        self._box.setRange(xRange=x, yRange=y, padding=0)
        out = (FURTHEST_OUT - 1) / 2
        self._box.setLimits(
            xMin=x[0] - out * (x[1] - x[0]),
            xMax=x[1] + out * (x[1] - x[0]),
            yMin=y[0] - out * (y[1] - y[0]),
            yMax=y[1] + out * (y[1] - y[0]),
            minXRange=FURTHEST_IN * (x[1] - x[0]),
            minYRange=FURTHEST_IN * (y[1] - y[0]),
        )
        self._is_fitting = False
        self._set_fitted(True)
        self._on_range_changed()

    def zoom(self, factor: float, index: int = -1) -> None:
        """Show `factor` times as much, around a ball or the middle."""
        centre = tuple(self.values[index]) if index >= 0 else None
        self._box.scaleBy((factor, factor), center=centre)
        self._set_fitted(False)

    def bring_into_sight(self, index: int) -> None:
        """Pan to a ball that is out of sight."""
        x, y = map(float, self.values[index])
        (x0, x1), (y0, y1) = self._box.viewRange()
        if not (x0 <= x <= x1 and y0 <= y <= y1):
            self._box.translateBy(x=x - (x0 + x1) / 2, y=y - (y0 + y1) / 2)

    def restyle(self) -> None:
        """Take the colours of the palette in force."""
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        self.setBackground(tokens.surface)
        for axis in (self._left, self._bottom):
            axis.setTickFont(QFont(font))  # it keeps the object
            axis.setZValue(-1)  # the grid lies behind the balls
            axis.setTextPen(tokens.text_soft)
            axis.setPen(pg.mkPen(None))
            axis.setTickPen(pg.mkPen(tokens.line))
            axis.setGrid(255)
        line = QColor(tokens.text_faint)
        self._best.setPen(pg.mkPen(line, width=1.2, style=Qt.PenStyle.DashLine))
        self._draw()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is None or not hasattr(self, "_scatter"):  # pyqtgraph calls it while it is built
            return
        self._draw()  # large charts have larger balls
        if self.is_fitted:
            self.reset()
        else:
            self._on_range_changed()

    def _on_range_changed(self, *_: Any) -> None:
        if self._is_fitting:
            return
        (x0, x1), (y0, y1) = self._box.viewRange()
        width, height = self.area[2:]
        self._bottom.setTicks([cost_ticks(x0, x1, width), []])
        self._left.setTicks([worth_ticks(y0, y1, height), []])
        self.moved.emit()

    def _on_moved_by_hand(self, *_: Any) -> None:
        self._set_fitted(False)

    def _set_fitted(self, is_fitted: bool) -> None:
        if is_fitted != self.is_fitted:
            self.is_fitted = is_fitted
            self.zoomed.emit(not is_fitted)

    def _draw(self) -> None:
        values = self.values
        self._scatter.setData(
            x=values[:, 0],
            y=values[:, 1],
            size=2 * self.radii,
            brush=[pg.mkBrush(fill_color(ball)) for ball in self.balls],
            pen=[pg.mkPen(rim_color(ball), width=1) for ball in self.balls],
        )
        best = [index for index, ball in enumerate(self.balls) if ball.is_best]
        line = values[sorted(best, key=lambda index: self.balls[index].x)]
        self._best.setData(line[:, 0], line[:, 1])

"""The plot of a ball chart: axes, balls and the line of the best, zoomed and panned.

Importing this module imports pyqtgraph, which takes a moment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from tlstudio.gui.features.compare.ball_chart.layout import diameters, range_of, reference_px
from tlstudio.gui.features.compare.ball_chart.values import Ball, fill_color, rim_color
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.placing import Array
from tlstudio.gui.kit.chart.plot import ChartPlot, Span


class BallPlot(ChartPlot):
    """Balls over a logarithmic axis of costs and an even one of worths."""

    furthest_out = 1.5
    balls: tuple[Ball, ...] = ()

    def __init__(self) -> None:
        super().__init__(ticks.powers(), ticks.percent)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.bottom.setStyle(tickLength=0, tickTextOffset=6, hideOverlappingLabels=24)
        self._best = self.add(
            pg.PlotDataItem(antialias=True, useCache=False),
            lambda i, t: i.setPen(pg.mkPen(t.text_faint, width=1.2, style=Qt.PenStyle.DashLine)),
        )
        self._scatter = self.add(
            pg.ScatterPlotItem(pxMode=True, antialias=True),
            lambda item, tokens: self._draw_balls(item),
        )

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
        result: Array = np.add(self.area[:2], self.px(*self.values.T))
        return result

    @property
    def best(self) -> list[int]:
        """Return the indices of the best balls, the cheapest first."""
        best = [index for index, ball in enumerate(self.balls) if ball.is_best]
        return sorted(best, key=lambda index: self.balls[index].x)

    @property
    def radii(self) -> Array:
        """Return the radii ``[n]`` in pixels."""
        return diameters([ball.size for ball in self.balls], self.reference_px) / 2

    @property
    def reference_px(self) -> float:
        """Diameter of the ball that the legend explains sizes with."""
        return reference_px(self.width(), self.height())

    def home(self, width_px: float, height_px: float) -> tuple[Span, Span] | None:
        """Return the range in which all balls are visible."""
        if min(width_px, height_px) < 40 or not self.balls:
            return None
        values, radii = self.values, self.radii
        return range_of(values[:, 0], radii, width_px), range_of(values[:, 1], radii, height_px)

    def zoom_at(self, factor: float, index: int = -1) -> None:
        """Show `factor` times as much, around a ball or the middle."""
        self.zoom(factor, tuple(self.values[index]) if index >= 0 else None)

    def bring_into_sight(self, index: int) -> None:
        """Pan to a ball that is out of sight."""
        x, y = map(float, self.values[index])
        (x0, x1), (y0, y1) = self.box.viewRange()
        if not (x0 <= x <= x1 and y0 <= y <= y1):
            self.box.translateBy(x=x - (x0 + x1) / 2, y=y - (y0 + y1) / 2)

    def restyle(self) -> None:
        super().restyle()
        self.bottom.setPen(pg.mkPen(None))
        self.bottom.setTickPen(pg.mkPen(theme.current().line))
        self.bottom.setGrid(255)

    def _on_resized(self) -> None:
        self._draw()  # large charts have larger balls
        super()._on_resized()

    def _draw(self) -> None:
        values = self.values
        self._draw_balls(self._scatter)
        line = values[self.best]
        self._best.setData(line[:, 0], line[:, 1])

    def _draw_balls(self, scatter: pg.ScatterPlotItem) -> None:
        values = self.values
        scatter.setData(
            x=values[:, 0],
            y=values[:, 1],
            size=2 * self.radii,
            brush=[pg.mkBrush(fill_color(ball)) for ball in self.balls],
            pen=[pg.mkPen(rim_color(ball), width=1) for ball in self.balls],
        )

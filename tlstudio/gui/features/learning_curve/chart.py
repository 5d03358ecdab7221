"""The chart of a learning curve: what was measured, its continuation, and how sure that is.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from tlstudio.core.learning_curve import Growth
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.layout import vstack

TOP_DOT = (0, 6, 0, 0)  # a dot at 100% is seen whole
LEAST_SPAN = 0.1  # of the axis of accuracies
BAND_ALPHA = 46


class LearningCurveChart(Chart):
    """Accuracies upright, training images of a class across."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._growth: Growth | None = None
        self._measured = SeriesSpec(self.tr("measured"), "train", "o", width=0)
        self._fitted = SeriesSpec(self.tr("curve"), "train", "")
        self._beyond = SeriesSpec(self.tr("continued"), "train", "", dashed=True)
        self._plot = ChartPlot(y_ticks=ticks.percent)
        self._plot.item.setContentsMargins(0, 4, 8, 0)
        self._low, self._high = pg.PlotDataItem(), pg.PlotDataItem()
        for edge in (self._low, self._high):
            self._plot.add(edge, lambda item, _tokens: item.setPen(pg.mkPen(None)))
        self._band = self._plot.add(pg.FillBetweenItem(self._low, self._high), _style_band)
        self._band.setZValue(-5)
        self._now = self._plot.add(pg.InfiniteLine(angle=90), _style_now)
        for key in ("fitted", "beyond", "measured"):
            self._plot.add_curve(key, getattr(self, f"_{key}"))
        self._measured_dots = self._plot.add(
            pg.ScatterPlotItem(size=9, useCache=False), _style_dots
        )
        self.add_plot(self._plot)
        title = self.tr("Accuracy by training images of a class")
        specs = (self._measured, self._fitted, self._beyond)
        vstack(legend_row(title, specs), (self._plot, 1), spacing=theme.GRID // 2, parent=self)

    def set_growth(self, growth: Growth) -> None:
        """Show how the accuracy grows."""
        self._growth = growth
        sizes, means, last = growth.sizes, growth.means, growth.sizes[-1]
        for key, is_shown in (("fitted", growth.places <= last), ("beyond", growth.places >= last)):
            shown = growth.places[is_shown].tolist(), growth.middle[is_shown].tolist()
            self._plot.set_curve(key, *shown)
        self._plot.set_curve("measured", sizes.tolist(), means.tolist())
        self._measured_dots.setData(sizes, means)
        has_curve = bool(np.isfinite(growth.middle).all())
        level = np.full(len(growth.places), means[-1])  # where there is no curve
        self._low.setData(growth.places, growth.low if has_curve else level)
        self._high.setData(growth.places, growth.high if has_curve else level)
        self._band.setVisible(has_curve)
        self._now.setValue(last)
        values = [means, growth.low, growth.high] if has_curve else [means]
        low, high = float(np.min(np.concatenate(values))), float(np.max(np.concatenate(values)))
        middle, span = (low + high) / 2, max(LEAST_SPAN, (high - low) * 1.15)
        bottom = max(0.0, min(middle - span / 2, 1 - span))
        right = float(growth.places[-1]) * 1.02
        self._plot.set_home((0.0, right), (bottom, bottom + span), TOP_DOT)
        self._describe(growth)

    @property
    def places(self) -> Sequence[float]:
        growth = self._growth
        return [] if growth is None else [*growth.sizes.tolist(), float(growth.places[-1])]

    def reading(self, place: int) -> Reading | None:
        growth = self._growth
        if growth is None:
            return None
        size = self.places[place]
        rows = []
        if place < len(growth.sizes):
            mean = formats.percent(float(growth.means[place]))
            rows.append(ReadingRow(self._measured.title, (mean,), self._measured))
        curve = growth.at(size)
        if np.isfinite(curve.value):
            spec = self._beyond if place == len(growth.sizes) else self._fitted
            value = f"{formats.percent(curve.value)} ({_range(curve.low, curve.high)})"
            rows.append(ReadingRow(spec.title, (value,), spec))
        title = self.tr("%n image(s) of a class", "", round(size))
        return Reading(title, tuple(rows))

    def csv(self) -> str:
        growth = self._growth
        if growth is None:
            return super().csv()
        measured = dict(zip(growth.sizes.tolist(), growth.means.tolist(), strict=True))
        rows = zip(growth.places, growth.middle, growth.low, growth.high, strict=True)
        return csv_text(
            ("images_of_a_class", "measured", "curve", "low", "high"),
            (
                (float(x), measured.get(float(x)), float(m), float(a), float(b))
                for x, m, a, b in rows
            ),
        )

    def _describe(self, growth: Growth) -> None:
        parts = [self.reading(place) for place in range(len(self.places))]
        self.setAccessibleName(self.tr("Accuracy by training images of a class"))
        self.describe("\n".join(part.text for part in parts if part is not None))


def _range(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}"


def _style_band(band: pg.FillBetweenItem, tokens: theme.Tokens) -> None:
    colour = QColor(tokens.train)
    colour.setAlpha(BAND_ALPHA)
    band.setBrush(colour)


def _style_dots(dots: pg.ScatterPlotItem, tokens: theme.Tokens) -> None:
    dots.setBrush(QColor(tokens.train))
    dots.setPen(pg.mkPen(tokens.surface, width=1.5))


def _style_now(line: pg.InfiniteLine, tokens: theme.Tokens) -> None:
    line.setPen(pg.mkPen(tokens.line_strong, width=1))

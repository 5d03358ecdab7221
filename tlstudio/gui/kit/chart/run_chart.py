"""A metric over the epochs of several runs: a thin line for each run, a thick mean for an entry.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.metrics import METRICS, Direction, Unit
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import ChartPlot, translucent
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.run_curves import RunCurve, entry_spec
from tlstudio.gui.kit.interval_bar import AccuracyAxis
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import vstack

MARGINS_PX = (16.0, 9.0, 12.0, 9.0)


class RunChart(Chart):
    """Epochs across, the metric upright; the numbers of an epoch are told, best first.

    Args:
        metric: validation accuracy, or another one of `METRICS` that counts from zero.
    """

    def __init__(self, metric: str = "val_accuracy", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._metric = METRICS[metric]
        self._curves: tuple[RunCurve, ...] = ()
        self._shown: tuple[tuple[int, str], ...] = ()
        self._runs: dict[int, Any] = {}
        upright = ticks.percent if self._is_fraction else ticks.numbers
        self.plot = ChartPlot(ticks.whole(self.tr("epoch {n}").format(n=1)), upright)
        self.add_plot(self.plot)
        title = shown(self._metric.title)
        vstack(
            legend_row(title, ()),
            (self.plot, 1),
            spacing=theme.GRID // 2,
            parent=self,
        )
        self.setAccessibleName(self.tr("{metric} over the epochs").format(metric=title))

    @property
    def _is_fraction(self) -> bool:
        return self._metric.unit is Unit.FRACTION

    def set_curves(self, curves: Sequence[RunCurve], epochs: int) -> None:
        """Show these curves on an axis of so many epochs."""
        self._curves = tuple(curves)
        self._make_items()
        for curve in self._curves:
            x, y = _joined(curve.seeds)
            self._runs[curve.place].setData(x, y, connect="finite")
            says_more = len(curve.seeds) > 1 or list(curve.seeds) != [curve.mean]
            self._runs[curve.place].setVisible(says_more)
            self.plot.set_curve(
                str(curve.place), [epoch for epoch, _ in curve.mean], [v for _, v in curve.mean]
            )
        lines = [line for c in self._curves for line in (*c.seeds, c.mean)]
        values = [value for line in lines for _, value in line]
        if self._is_fraction:
            axis = AccuracyAxis.around(values)
            upright = (axis.low, axis.high)
        else:
            upright = (0.0, ticks.round_top(1.05 * max(values, default=1.0)))
        x = (1.0, float(epochs)) if epochs > 1 else (0.5, 1.5)
        self.plot.set_home(x, upright, MARGINS_PX)
        ends = [f"{c.title}: {self._text(c.mean[-1][1])}" for c in self._curves if c.mean]
        self.describe(", ".join(ends))
        self.point_at(self.place)

    def sizeHint(self) -> QSize:
        return QSize(560, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, super().minimumSizeHint().height())

    @property
    def places(self) -> Sequence[float]:
        return sorted({epoch for curve in self._curves for epoch, _ in curve.mean})

    def reading(self, place: int) -> Reading:
        """The numbers of one epoch, best first."""
        epoch = self.places[place]
        found = [(dict(curve.mean).get(int(epoch)), curve) for curve in self._curves]
        known = [(value, curve) for value, curve in found if value is not None]
        is_higher_better = self._metric.better is Direction.HIGHER
        known.sort(key=lambda pair: (pair[0], pair[1].title), reverse=is_higher_better)
        return Reading(
            self.tr("Epoch {n}").format(n=int(epoch)),
            tuple(
                ReadingRow(curve.title, (self._text(value),), entry_spec(curve.place))
                for value, curve in known
            ),
        )

    def csv(self) -> str:
        """A line for each epoch of each run, and of the means, whose run is called so."""
        return csv_text(
            ("entry", "run", "epoch", self._metric.name),
            (
                (curve.title, name, epoch, value)
                for curve in self._curves
                for name, line in (*enumerate(curve.seeds, start=1), ("mean", curve.mean))
                for epoch, value in line
            ),
        )

    def _text(self, value: float) -> str:
        return formats.metric(value, self._metric.unit)

    def _make_items(self) -> None:
        """Two items for each entry, kept as long as the entries are the same."""
        wanted = tuple((curve.place, curve.title) for curve in self._curves)
        if wanted == self._shown:
            return
        self._shown = wanted
        for item in (*self._runs.values(), *self.plot.curves.values()):
            self.plot.remove(item)
        self._runs.clear()
        self.plot.curves.clear()
        self.plot.specs.clear()
        for place, _ in wanted:
            token = entry_spec(place).token

            def style(item: Any, tokens: theme.Tokens, token: str = token) -> None:
                item.setPen(pg.mkPen(translucent(getattr(tokens, token), 0.45), width=1.2))

            item = pg.PlotDataItem(antialias=True, useCache=False)
            self._runs[place] = self.plot.add(item, style)
        for place, title in wanted:
            self.plot.add_curve(str(place), entry_spec(place, title))


def _joined(lines: Sequence[Sequence[tuple[int, float]]]) -> tuple[Any, Any]:
    """The points of several lines, with a gap between two of them."""
    points = [point for line in lines for point in (*line, (np.nan, np.nan))]
    x, y = np.array(points, float).reshape(-1, 2).T
    return x, y

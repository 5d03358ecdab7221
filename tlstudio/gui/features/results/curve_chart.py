"""One curve of a class against the rest: ROC, or precision over recall.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.layout import vstack

Points = Sequence[tuple[float, float]]


class CurveChart(Chart):
    """A curve from 0 to 1 on both axes.

    Args:
        title: of the chart.
        across, up: what the axes say.
    """

    def __init__(self, title: str, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._points: Points = ()
        self._across, self._up = across, up
        self.plot = ChartPlot(ticks.percent, ticks.percent)
        self.plot.add_curve("curve", SeriesSpec(title, "val", ""))
        self.plot.set_home((0.0, 1.0), (0.0, 1.0), (4, 6, 18, 4))
        self.add_plot(self.plot)
        vstack(
            legend_row(title, ()),
            (self.plot, 1),
            spacing=theme.GRID // 2,
            parent=self,
        )

    def set_points(self, points: Points) -> None:
        """Show this curve."""
        self._points = points
        self.plot.set_curve("curve", [x for x, _ in points], [y for _, y in points])

    @property
    def places(self) -> Sequence[float]:
        return [x for x, _ in self._points]

    def reading(self, place: int) -> Reading | None:
        x, y = self._points[place]
        rows = (
            ReadingRow(self._across, (formats.percent(x),)),
            ReadingRow(self._up, (formats.percent(y),)),
        )
        return Reading(self.accessibleName(), rows)

    def csv(self) -> str:
        return csv_text((self._across, self._up), self._points)

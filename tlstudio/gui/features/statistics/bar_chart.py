"""Bars over bins: counts of the splits on top of each other, or one class beside all others.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.statistics.quantities import Bins
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.plot import ChartPlot, Style
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.layout import vstack

APART_PX = 64.0  # of the words below the bars
WIDE = 0.86  # of a bar, as a share of its bin


@dataclass(frozen=True, slots=True)
class Group:
    """A group of images.

    Attributes:
        spec: its name and colour.
        counts: of its images in each bin.
    """

    spec: SeriesSpec
    counts: tuple[int, ...]


class BarChart(Chart):
    """A bar for each bin and group. A click, or Enter on what is pointed at, chooses a bin.

    Signals:
        bin_chosen(int): a bin with at least one image.
    """

    bin_chosen = Signal(int)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._bins: Bins | None = None
        self._groups: tuple[Group, ...] = ()
        self._is_stacked = True
        self.plot = ChartPlot(self._x_ticks, ticks.counts, zooms=(False, False))
        self._bars: list[pg.BarGraphItem] = []
        self.add_plot(self.plot)
        self._title = title
        self._heading = QWidget()
        self._column = vstack(self._heading, (self.plot, 1), spacing=2, parent=self)

    def set_bars(self, bins: Bins, groups: Sequence[Group], *, is_stacked: bool) -> None:
        """Show these; side by side they are shares of their group, as groups differ in size."""
        is_other = [g.spec for g in groups] != [g.spec for g in self._groups]
        self._bins, self._groups, self._is_stacked = bins, tuple(groups), is_stacked
        if is_other:
            self._replace_heading()
        for bar in self._bars:
            self.plot.remove(bar)
        self._bars = []
        base = [0.0] * bins.count
        highest = 0.0
        wide = WIDE if is_stacked else WIDE / len(groups)
        for number, group in enumerate(groups):
            heights = self._heights(group)
            shift = 0.0 if is_stacked else (number - (len(groups) - 1) / 2) * wide
            item = pg.BarGraphItem(
                x=[place + shift for place in range(bins.count)],
                y0=list(base),
                height=heights,
                width=wide,
            )
            self._bars.append(self.plot.add(item, _painted(group.spec)))
            tops = [low + high for low, high in zip(base, heights, strict=True)]
            highest = max([highest, *tops])
            if is_stacked:
                base = tops
        self.plot.left.set_ticks(ticks.counts if is_stacked else ticks.percent)
        top = ticks.round_top(highest)
        self.plot.set_home((-0.6, bins.count - 0.4), (0.0, top), (0, 6, 0, 0))
        self.plot.bottom.set_ticks(self._x_ticks)
        self.describe(self._words())
        self.point_at(-1)

    @property
    def places(self) -> Sequence[float]:
        return range(self._bins.count) if self._bins is not None else ()

    def reading(self, place: int) -> Reading | None:
        if self._bins is None:
            return None
        rows = [
            ReadingRow(group.spec.title, self._values(group, place), group.spec)
            for group in self._groups
        ]
        return Reading(self._bins.title(place), tuple(rows))

    def csv(self) -> str:
        bins = self._bins
        if bins is None:
            return super().csv()
        header = (self._title, *(group.spec.title for group in self._groups))
        return csv_text(
            header,
            (
                (bins.title(place), *(group.counts[place] for group in self._groups))
                for place in range(bins.count)
            ),
        )

    def choose(self, at: QPointF) -> None:
        self._choose(round(at.x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.place)
        else:
            super().keyPressEvent(event)

    # -- inside ----------------------------------------------------------------------------------

    def _choose(self, place: int) -> None:
        is_bin = self._bins is not None and 0 <= place < self._bins.count
        if is_bin and any(group.counts[place] for group in self._groups):
            self.bin_chosen.emit(place)

    def _heights(self, group: Group) -> list[float]:
        total = 1 if self._is_stacked else max(1, sum(group.counts))
        return [count / total for count in group.counts]

    def _values(self, group: Group, place: int) -> tuple[str, ...]:
        count = formats.count(group.counts[place])
        if self._is_stacked:
            return (count,)
        return (count, formats.percent(self._heights(group)[place]))

    def _replace_heading(self) -> None:
        row = legend_row(
            self._title, [group.spec for group in self._groups if len(self._groups) > 1], 0
        )
        heading = QWidget()
        heading.setLayout(row)
        self._column.replaceWidget(self._heading, heading)
        self._heading.hide()
        self._heading.deleteLater()
        self._heading = heading

    def _x_ticks(self, low: float, high: float, length_px: float) -> list[ticks.Tick]:
        """Words below the bars, or numbers at their edges, as many as have room."""
        bins = self._bins
        if bins is None or not bins.count:
            return []
        places = bins.names or bins.edges[:-1]  # there is no room beyond the last bar
        start = 0.0 if bins.names else -0.5
        each_px = length_px / max(1.0, high - low)
        longest = max(len(text) for text in places)
        every = max(1, round(max(APART_PX, 7.0 * longest + 8) / each_px + 0.49))
        return [(start + n, text) for n, text in enumerate(places) if n % every == 0]

    def _words(self) -> str:
        """The chart in words: its fullest bin."""
        if self._bins is None or not self._groups:
            return ""
        sums = [sum(counts) for counts in zip(*(g.counts for g in self._groups), strict=True)]
        fullest = max(range(len(sums)), key=sums.__getitem__)
        return f"{self._bins.title(fullest)}: {formats.count(sums[fullest])}"


def _painted(spec: SeriesSpec) -> Style:
    def style(item: pg.BarGraphItem, tokens: theme.Tokens) -> None:
        item.setOpts(brush=pg.mkBrush(getattr(tokens, spec.token)), pen=pg.mkPen(None))

    return style

"""The chart over a network's depth: probe accuracy, gradients and parameters.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import log10
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QSizePolicy, QWidget

from tlstudio.gui.features.advice.depth_points import DepthLabels, DepthPoint
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart, legend_row
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.placing import Rect
from tlstudio.gui.kit.chart.plot import ChartPlot, translucent
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.chart.series import SeriesSpec
from tlstudio.gui.kit.interval_bar import AccuracyAxis
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.log_scale import LogScale

TITLE_PX = 22
LEVEL_PX = 2  # between a line across and its text
BAR = 0.3  # of a column

Places = Callable[[ChartPlot, float, float], Iterable[Rect]]  # of a text so wide and high


class DepthPlot(ChartPlot):
    """One of the plots above each other, with shades behind what trains and what is chosen."""

    def __init__(self, title: str, bottom: ticks.Ticks = ticks.none) -> None:
        super().__init__(bottom, ticks.none, zooms=(True, False))
        self.item.setContentsMargins(0, 0, 8, 0)
        self._bands: list[pg.LinearRegionItem] = []
        self._items: list[Any] = []
        self.hovered_column = self._region("line_strong", -3)
        self.current_column = self._region("accent", -2)
        self._names: list[Any] = []
        self._texts: list[tuple[pg.TextItem, Places]] = []
        self._outlines: list[tuple[Sequence[float], Sequence[float]]] = []
        self._title = self._title_item(title, "text_soft")
        self._title.setPos(0, 4)
        self.moved.connect(self.place_texts)

    def show_bands(self, bands: Sequence[tuple[int, int]]) -> None:
        """Mark these depths, the first and the last of each row, as those that would train."""
        for old in (*self._bands, *self._names):
            self.remove(old)
        self._names = []
        self._bands = [self._region("accent_soft", -5, is_filled=True) for _ in bands]
        for band, (first, last) in zip(self._bands, bands, strict=True):
            band.setRegion((first - 0.48, last + 0.48))
            band.show()

    def name_bands(self, text: str) -> None:
        """Write over each band, at the upper edge, what it is."""
        self._names = [self._title_item(text, "accent") for _ in self._bands]

    def place_texts(self) -> None:
        """Names over their bands, and the texts where they hide nothing."""
        for name, band in zip(self._names, self._bands, strict=False):
            left = self.x_px(band.getRegion()[0]) - self.area[0]
            name.setPos(left + theme.GRID, 4)
        titles = [item.mapRectToParent(item.boundingRect()) for item in (self._title, *self._names)]
        labels = [rect.getRect() for rect in titles if rect.width()]
        outlines = [self.px(*outline) for outline in self._outlines]
        drawn = self.drawn()
        drawn = replace(drawn, lines=[*drawn.lines, *outlines], labels=labels)
        for text, places in self._texts:
            size = text.boundingRect()
            drawn = self.place_text(text, list(places(self, size.width(), size.height())), drawn)

    def show_column(self, region: pg.LinearRegionItem, index: int) -> None:
        """Frame a depth; -1 for none."""
        region.setVisible(index >= 0)
        region.setRegion((index - 0.46, index + 0.46))

    def clear_items(self) -> None:
        """Remove what was drawn since."""
        for item in (*self._items, *self.texts):
            self.remove(item)
        self._items, self._texts, self._outlines = [], [], []

    def put(self, item: Any, style: Any) -> Any:
        """Add an item that stays until `clear_items`."""
        self._items.append(self.add(item, style))
        return item

    def write(self, words: str, places: Places) -> pg.TextItem:
        """Write a text in the first of `places` that is free, the most important texts first."""
        text = self.add_text(self._style_text)
        text.setText(words)
        self._texts.append((text, places))
        return text

    @property
    def texts(self) -> list[pg.TextItem]:
        """What is written, the most important first; hidden where there is no room."""
        return [text for text, _ in self._texts]

    def level(self, value: float, last: float) -> None:
        """Draw a line across all depths."""
        self._outlines.append(([-0.5, last + 0.5], [value] * 2))
        line = self.put(
            pg.InfiniteLine(value, angle=0),
            lambda item, t: item.setPen(pg.mkPen(t.text_soft, width=1, style=Qt.PenStyle.DotLine)),
        )
        line.setZValue(-1)

    def bars(self, bars: Sequence[tuple[int, int]]) -> None:
        """Draw bars ``(depth, height)`` from zero."""
        for x, height in bars:
            left, right = x - BAR / 2, x + BAR / 2
            self._outlines.append(([left, left, right, right], [0, height, height, 0]))
        self.put(
            pg.BarGraphItem(
                x=[x for x, _ in bars], height=[h for _, h in bars], width=BAR, pen=None
            ),
            lambda item, tokens: item.setOpts(brush=QColor(tokens.line_strong)),
        )

    def _region(self, token: str, z: int, *, is_filled: bool = False) -> pg.LinearRegionItem:
        def style(region: Any, tokens: theme.Tokens) -> None:
            color = getattr(tokens, token)
            region.setBrush(QColor(color) if is_filled else translucent(color, 0.08))
            for line in region.lines:
                line.setPen(pg.mkPen(None) if is_filled else pg.mkPen(color, width=1.5))

        region = self.add(pg.LinearRegionItem((0, 1), movable=False), style)
        region.setZValue(z)
        region.hide()
        return region

    def _title_item(self, text: str, token: str) -> Any:
        """Words that are placed in pixels from the upper left corner."""

        def style(item: Any, tokens: theme.Tokens) -> None:
            font = QFont(self.font())
            font.setPixelSize(theme.TEXT_SMALL_PX)
            font.setWeight(QFont.Weight.DemiBold)
            item.setFont(font)
            item.setBrush(QColor(getattr(tokens, token)))

        return self.add_fixed(QGraphicsSimpleTextItem(text), style)

    def _style_text(self, text: pg.TextItem, tokens: theme.Tokens) -> None:
        text.setFont(self.small_font)
        text.setColor(tokens.text_soft)


class DepthChart(Chart):
    """Three plots above each other that share their depths; a click or the arrow keys choose one.

    Signals:
        chosen(str): a person chose the stage at this module path.
    """

    chosen = Signal(str)

    def __init__(self, labels: DepthLabels, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What the network knows at each depth"), parent)
        self._labels = labels
        self._points: Sequence[DepthPoint] = ()
        self._current = ""
        probe = SeriesSpec(labels.probe, "train", "o")
        knn = SeriesSpec(labels.knn, "val", "s", dashed=True, width=1.3)
        self.accuracy = DepthPlot("")
        self.gradient = DepthPlot(labels.gradient)
        self.parameters = DepthPlot(labels.parameters, self._name_ticks)
        layout = vstack(legend_row(labels.accuracy, (probe, knn)), spacing=0, parent=self)
        self._depth_plots = (self.accuracy, self.gradient, self.parameters)
        for plot, stretch in zip(self._depth_plots, (100, 30, 25), strict=True):
            layout.addWidget(plot, stretch)
            self.add_plot(plot)
        for key, spec in (("knn", knn), ("probe", probe)):
            self.accuracy.add_curve(key, spec)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def points(self) -> Sequence[DepthPoint]:
        return self._points

    @property
    def current(self) -> str:
        """Path of the chosen stage; empty without one."""
        return self._current if self._index_of(self._current) >= 0 else ""

    def set_points(self, points: Sequence[DepthPoint], chance: float) -> None:
        """Show these depths, from input to head; `chance` is what guessing gives."""
        self._points = tuple(points)
        bands = _stretches([point.trains for point in self._points])
        for plot in self._depth_plots:
            plot.clear_items()
            plot.show_bands(bands)
        self._draw_accuracies(chance)
        self._draw_gradients()
        self._draw_parameters()
        self.accuracy.name_bands(self._labels.trains)
        for plot in self._depth_plots:
            plot.place_texts()
        self.parameters.bottom.set_ticks(self._name_ticks)
        self._mark_current()
        self.point_at(-1)

    def set_current(self, path: str) -> None:
        """Mark the stage at `path`; none if there is no such stage."""
        self._current = path
        self._mark_current()

    def sizeHint(self) -> QSize:
        return QSize(640, 330)

    def column(self, index: int) -> QRectF:
        """Return the rectangle of a depth over all plots, in pixels of this widget."""
        plot = self.accuracy
        left, right = (plot.x_px(index + side) for side in (-0.5, 0.5))
        corner = plot.mapTo(self, QPoint(0, 0))
        return QRectF(corner.x() + left, 0, right - left, self.height())

    # -- what is told ----------------------------------------------------------------------------

    @property
    def places(self) -> range:
        return range(len(self._points))

    def reading(self, place: int) -> Reading:
        title, *lines = self._points[place].text.split("\n")
        return Reading(title, tuple(ReadingRow(line, ()) for line in lines))

    def csv(self) -> str:
        return csv_text(
            (
                *("path", "title", "probe_low", "probe", "probe_high", "neighbours"),
                *("gradient_to_weight", "parameters", "trains"),
            ),
            (
                (
                    *(p.path, p.title, *(p.interval or (None,) * 3), p.knn),
                    *(p.gradient, p.parameters, p.trains),
                )
                for p in self._points
            ),
        )

    # -- what is drawn ---------------------------------------------------------------------------

    def _draw_accuracies(self, chance: float) -> None:
        """Probe accuracy with its interval, nearest neighbours, and two levels to compare with."""
        plot, labels, last = self.accuracy, self._labels, len(self._points) - 1
        known = [(x, p.interval) for x, p in enumerate(self._points) if p.interval is not None]
        neighbours = [(x, p.knn) for x, p in enumerate(self._points) if p.knn is not None]
        if not known:
            neighbours = []
        x = [float(place) for place, _ in known]
        plot.set_curve("probe", x, [interval[1] for _, interval in known])
        plot.set_curve("knn", [place for place, _ in neighbours], [v for _, v in neighbours])
        ends = [value for _, (low, _, high) in known for value in (low, high)]
        axis = AccuracyAxis.around([*ends, *(value for _, value in neighbours)])
        self._set_home(plot, (axis.low, axis.high), TITLE_PX, 8)
        plot.left.set_ticks(ticks.percent if known else ticks.none)
        if not known:
            if self._points:
                plot.write(labels.nothing, _at(last / 2, 0.5, above=False))
            return
        bounds = [pg.PlotCurveItem(x, [i[end] for _, i in known]) for end in (0, 2)]
        band = plot.put(
            pg.FillBetweenItem(*bounds),
            lambda item, tokens: item.setBrush(translucent(tokens.train, 0.16)),
        )
        band.setZValue(-1.5)
        guess = f"{labels.chance} {formats.percent(chance)}"
        if chance >= axis.low:
            plot.level(chance, last)
            plot.write(guess, _along(chance, from_right=True))
        else:  # far below: the curves have the room
            plot.write(f"↓ {guess}", _along(axis.low, from_right=True))
        final = self._points[-1].interval
        if final is not None:
            plot.level(final[1], last)
            plot.write(f"{labels.final} {formats.percent(final[1])}", _along(final[1]))

    def _draw_gradients(self) -> None:
        """A stem with a dot each, on a logarithmic scale."""
        plot = self.gradient
        found = [(x, p.gradient) for x, p in enumerate(self._points) if p.gradient]
        scale = LogScale.of([gradient for _, gradient in found])
        self._set_home(plot, (scale.low, scale.high), TITLE_PX + 6, 8)
        ends = [(end, formats.ratio(10**end)) for end in (scale.low, scale.high)]
        plot.left.set_ticks(ticks.fixed(*ends))
        heights = [min(scale.high, max(scale.low, log10(gradient))) for _, gradient in found]
        plot.put(
            pg.PlotDataItem(
                [x for x, _ in found for _ in range(2)],
                [y for height in heights for y in (scale.low, height)],
                connect="pairs",
            ),
            lambda item, tokens: item.setPen(pg.mkPen(tokens.line_strong, width=2)),
        )
        plot.put(
            pg.ScatterPlotItem([x for x, _ in found], heights, size=8, pen=None, useCache=False),
            lambda item, tokens: item.setBrush(QColor(tokens.text_soft)),
        )

    def _draw_parameters(self) -> None:
        """A bar each, with its number."""
        plot = self.parameters
        found = [(x, p.parameters) for x, p in enumerate(self._points) if p.parameters]
        most = max((count for _, count in found), default=1)
        self._set_home(plot, (0, most), TITLE_PX + 2, 0)
        plot.bars(found)
        for x, count in sorted(found, key=lambda bar: -bar[1]):
            plot.write(formats.compact(count), _at(x, count))

    def _set_home(
        self, plot: DepthPlot, y: tuple[float, float], top_px: float, bottom_px: float
    ) -> None:
        x = (-0.5, max(0, len(self._points) - 1) + 0.5)
        plot.set_home(x, y, (0, top_px, 0, bottom_px))

    def _name_ticks(self, low: float, high: float, length_px: float) -> list[ticks.Tick]:
        """Return ticks with the names of the depths, as far as there is room."""
        metrics = QFontMetrics(self.parameters.small_font)
        room = int(length_px / max(high - low, 1e-9)) - 6
        return [(n, _shortened(p.title, metrics, room)) for n, p in enumerate(self._points)]

    # -- choosing --------------------------------------------------------------------------------

    def point_at(self, place: int) -> None:
        super().point_at(place)
        can_choose = self.place >= 0 and bool(self._points[self.place].path)
        shape = Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
        for plot in self._depth_plots:
            plot.cross.hide()  # the column is framed
            plot.show_column(plot.hovered_column, self.place)
            plot.viewport().setCursor(shape)

    def choose(self, at: QPointF) -> None:
        index = round(at.x())
        path = self._points[index].path if 0 <= index < len(self._points) else ""
        if path:
            self.set_current(path)
            self.chosen.emit(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in steps or not self._points:
            super().keyPressEvent(event)
            return
        index = self._index_of(self._current)
        target = index + steps[key] if index >= 0 else 0
        while 0 <= target < len(self._points) and not self._points[target].path:
            target += steps[key] if index >= 0 else 1
        self.choose(QPointF(target, 0))

    def _mark_current(self) -> None:
        index = self._index_of(self._current)
        for plot in self._depth_plots:
            plot.show_column(plot.current_column, index)
        self.describe(self._points[index].text if index >= 0 else "")

    def _index_of(self, path: str) -> int:
        found = (n for n, point in enumerate(self._points) if path and point.path == path)
        return next(found, -1)


def _at(x: float, y: float, *, above: bool = True) -> Places:
    """The one place over a point, or on it; aside as far as the plot's edges ask for it."""

    def places(plot: ChartPlot, width: float, height: float) -> Iterator[Rect]:
        ((across, down),) = plot.px([x], [y])
        left = min(max(across - width / 2, 0), plot.area[2] - width)
        yield left, down - (height + LEVEL_PX if above else height / 2), width, height

    return places


def _along(level: float, *, from_right: bool = False) -> Places:
    """Places over and under a line across, from the left or from the right."""

    def places(plot: ChartPlot, width: float, height: float) -> Iterator[Rect]:
        _, _, room, _ = plot.area
        ((_, down),) = plot.px([0.0], [level])
        for start in np.arange(theme.GRID, room - width - theme.GRID, theme.GRID):
            left = room - start - width if from_right else start
            yield left, down - height - LEVEL_PX, width, height
            yield left, down + LEVEL_PX, width, height

    return places


def _stretches(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the first and last index of each run of True."""
    found: list[tuple[int, int]] = []
    for place, flag in enumerate(flags):
        if not flag:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def _shortened(path: str, metrics: QFontMetrics, width_px: int) -> str:
    """A module path without its front parts, as far as there is no room for them."""
    for mark in (".", "_"):
        while metrics.horizontalAdvance(path) > width_px and mark in path:
            path = path.partition(mark)[2]
    return metrics.elidedText(path, Qt.TextElideMode.ElideLeft, width_px)

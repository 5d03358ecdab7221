"""A plan before it runs: the learning rate over the epochs, and below it every stage.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from math import log10
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QGraphicsRectItem, QSizePolicy, QWidget

from tlstudio.core.strategies.timeline import PlanTimeline, Statistics
from tlstudio.gui.features.strategy.rate_colours import (
    MARK_PX,
    fill_frozen,
    paint_mark,
    rate_colour,
    start_colour,
)
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.chart import Chart
from tlstudio.gui.kit.chart.export import csv_text
from tlstudio.gui.kit.chart.phase_marks import PhaseMarks
from tlstudio.gui.kit.chart.plot import BOTTOM_PX, ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, ReadingRow
from tlstudio.gui.kit.layout import vstack

CURVE_MOST_PX = 400
LABEL_LEAST_PX, LABEL_MOST_PX = 64, 150
ROW_LEAST_PX, ROW_MOST_PX = 12, 80
SEPARATE_FROM_PX = 7  # columns narrower than this touch
MARGIN_PX = MARK_PX + theme.GRID  # left of the first epoch, for the marks of the start
MOST_DECADES = 5.0
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}

Curve = tuple[tuple[float, float], ...]


class PlanGrid(pg.GraphicsObject):  # type: ignore[misc]
    """Stages in rows, from 0 downwards; epochs in columns, each as wide as 1 around its number."""

    def __init__(self) -> None:
        super().__init__()
        self._plan: PlanTimeline | None = None

    def set_plan(self, plan: PlanTimeline | None) -> None:
        self.prepareGeometryChange()
        self._plan = plan
        self.update()

    def boundingRect(self) -> QRectF:
        """Return a rectangle with room for the marks at the left; the same at every zoom."""
        if self._plan is None:
            return QRectF()
        rows, epochs = len(self._plan.rows), self._plan.epochs
        left = 1 + 0.1 * epochs
        return QRectF(0.5 - left, -rows, epochs + left, rows)

    def paint(self, painter: QPainter, *_: Any) -> None:
        if self._plan is not None:
            unit = self.pixelWidth(), self.pixelHeight()
            self._paint_cells(painter, self._plan, *unit)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter, self._plan, *unit)

    def _paint_cells(self, painter: QPainter, plan: PlanTimeline, wide: float, high: float) -> None:
        gap = wide if 1 / wide >= SEPARATE_FROM_PX else 0.0
        for row, stage in enumerate(plan.rows):
            for epoch in range(1, plan.epochs + 1):
                cell = cell_of(row, epoch).adjusted(0, high, -gap, 0)
                rate = plan.rate(row, epoch)
                if rate is None:
                    fill_frozen(
                        painter, cell, is_hatched=1 / high >= ROW_LEAST_PX, unit=(wide, high)
                    )
                else:
                    colour = rate_colour(stage.start, rate, plan.fastest, plan.slowest)
                    painter.fillRect(cell, colour)

    def _paint_marks(self, painter: QPainter, plan: PlanTimeline, wide: float, high: float) -> None:
        """Paint what running statistics do from the first epoch of a phase on."""
        for number, first in enumerate(plan.first_epochs):
            for row in range(len(plan.rows)):
                now = plan.cells[number][row].statistics
                before = plan.cells[number - 1][row].statistics if number else None
                if now is before or now is Statistics.NONE:
                    continue
                cell = cell_of(row, first)
                side = min(MARK_PX, 1 / high - 4)
                across, up = side * wide, side * high
                x = cell.left() - across - theme.GRID / 2 * wide
                if number:
                    x = cell.left() + min(0.5, across) - across / 2 + wide
                mark = QRectF(x, cell.center().y() - up / 2 + high / 2, across, up)
                paint_mark(painter, mark, now)


def cell_of(row: int, epoch: int) -> QRectF:
    """A stage in an epoch, in the units of the axes."""
    return QRectF(epoch - 0.5, -row - 1, 1, 1)


class PlanChart(Chart):
    """Rows are stages from the input to the head, columns epochs; arrow keys move the mark.

    Signals:
        pointed(int, int): row and epoch below the pointer or the mark; epoch 0 for none.
    """

    pointed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._plan: PlanTimeline | None = None
        self._curve: Curve = ()
        self._is_log = False
        self._marked = (0, 0)
        self._lines: list[pg.PlotDataItem] = []
        only_across = (True, False)
        self.rates = ChartPlot(ticks.none, ticks.none, zooms=only_across)
        epochs = ticks.whole(self.tr("epoch {n}").format(n=1))
        self.grid = ChartPlot(epochs, ticks.none, zooms=only_across, has_grid=False)
        self._cells = self.grid.add(PlanGrid(), lambda item, tokens: item.update())
        self._phases = [PhaseMarks(plot, z=1.0) for plot in (self.rates, self.grid)]
        self._frame = self.grid.add(
            QGraphicsRectItem(), lambda item, t: item.setPen(pg.mkPen(t.text, width=1.5))
        )
        self._frame.setZValue(2)
        self._frame.hide()
        layout = vstack(spacing=0, parent=self)
        for plot, stretch in ((self.rates, 1), (self.grid, 100)):
            plot.item.setContentsMargins(0, 4, 8, 0)
            layout.addWidget(plot, stretch)
            self.add_plot(plot)
        self.grid.setMinimumHeight(0)  # its rows say how high it is
        self.rates.setMaximumHeight(CURVE_MOST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Plan of the run: stages over the epochs"))

    @property
    def plan(self) -> PlanTimeline | None:
        return self._plan

    @property
    def marked(self) -> tuple[int, int]:
        """Row and epoch that are marked; epoch 0 for none."""
        return self._marked

    def set_plan(self, plan: PlanTimeline | None, curve: Curve, *, is_log: bool = False) -> None:
        """Show `plan`, or nothing without one.

        Args:
            curve: factor of the learning rate over the epochs that are done.
            is_log: whether each decade of it takes the same height.
        """
        self._plan, self._curve, self._is_log = plan, curve, is_log
        rows = len(plan.rows) if plan else 0
        self.grid.setMinimumHeight(rows * ROW_LEAST_PX + BOTTOM_PX + 4)
        self.grid.setMaximumHeight(rows * ROW_MOST_PX + BOTTOM_PX + 4)
        self.setMaximumHeight(CURVE_MOST_PX + self.grid.maximumHeight())
        self._cells.set_plan(plan)
        if plan is not None:
            self._name_rows(plan)
            self._draw_rates(plan)
            for phases in self._phases:
                phases.set_marks([(first, "") for first in plan.first_epochs[1:]])
            x = (0.5, plan.epochs + 0.5)
            self.rates.set_home(x, (0, 1), (MARGIN_PX, 8, 0, 10))
            self.grid.set_home(x, (-rows, 0), (MARGIN_PX, 0, 0, 0))
        self.mark(0, 0)

    def mark(self, row: int, epoch: int) -> None:
        """Mark a stage in an epoch; epoch 0 marks nothing."""
        plan = self._plan
        if plan is None or not (0 < epoch <= plan.epochs and 0 <= row < len(plan.rows)):
            row, epoch = 0, 0
        if (row, epoch) != self._marked:
            self._marked = (row, epoch)
            self._frame.setVisible(epoch > 0)
            self._frame.setRect(cell_of(row, epoch))
            self.pointed.emit(row, epoch)

    def sizeHint(self) -> QSize:
        rows = len(self._plan.rows) if self._plan else 8
        return QSize(560, self.rates.minimumHeight() + BOTTOM_PX + rows * 24)

    def cell_rect(self, row: int, epoch: int) -> QRectF:
        """Return the rectangle of a stage in an epoch, in pixels of `grid`."""
        cell, grid = cell_of(row, epoch), self.grid
        return QRectF(
            QPointF(grid.x_px(cell.left()), grid.y_px(cell.bottom())),
            QPointF(grid.x_px(cell.right()), grid.y_px(cell.top())),
        )

    # -- what is told ----------------------------------------------------------------------------

    @property
    def places(self) -> range:
        return range(1, self._plan.epochs + 1 if self._plan else 1)

    def reading(self, place: int) -> Reading:
        assert self._plan is not None
        epoch, plan = place + 1, self._plan
        rates = [(stage.title, plan.rate(row, epoch)) for row, stage in enumerate(plan.rows)]
        return Reading(
            self.tr("Epoch {n}").format(n=epoch),
            tuple(
                ReadingRow(title, (formats.NONE if rate is None else _text(rate),))
                for title, rate in rates
            ),
            (self.tr("learning rate"),),
        )

    def csv(self) -> str:
        """A line for each stage in each epoch; no learning rate while it is frozen."""
        plan = self._plan
        if plan is None:
            return super().csv()
        return csv_text(
            ("stage", "epoch", "learning_rate", "statistics"),
            (
                (stage.title, epoch, plan.rate(row, epoch), plan.cell(row, epoch).statistics.value)
                for row, stage in enumerate(plan.rows)
                for epoch in self.places
            ),
        )

    # -- what is drawn ---------------------------------------------------------------------------

    def _name_rows(self, plan: PlanTimeline) -> None:
        metrics = QFontMetrics(self.grid.small_font)
        widest = max(metrics.horizontalAdvance(row.title) for row in plan.rows)
        room = min(LABEL_MOST_PX, max(LABEL_LEAST_PX, widest + 2))
        self.grid.left.set_ticks(
            ticks.fixed(
                *(
                    (-row - 0.5, metrics.elidedText(s.title, Qt.TextElideMode.ElideMiddle, room))
                    for row, s in enumerate(plan.rows)
                )
            )
        )
        for plot in (self.rates, self.grid):
            plot.set_left_px(room + theme.GRID)

    def _draw_rates(self, plan: PlanTimeline) -> None:
        """Draw a line for each speed, from the epoch where the first stage of it joins."""
        for line in self._lines:
            self.rates.remove(line)
        self._lines = []
        self.rates.left.set_ticks(ticks.none)
        speeds = _speeds(plan)
        factors = [factor for _, factor in self._curve if factor > 0]
        if not speeds or not factors:
            return
        top = max(plan.fastest, plan.learning_rate * max(speeds) * max(factors))
        low = plan.learning_rate * min(speeds) * min(factors)
        is_log = self._is_log and top > low > 0
        decades = min(MOST_DECADES, max(1.0, log10(top / low))) if is_log else 1.0
        bottom = _text(top * 10.0**-decades) if is_log else "0"
        self.rates.left.set_ticks(ticks.fixed((0.0, bottom), (1.0, _text(top))))
        for speed, (first, row) in sorted(speeds.items()):
            points = []
            for done, factor in self._curve:
                share = plan.learning_rate * speed * factor / top
                if is_log:
                    share = 1 + log10(max(share, 10.0**-decades)) / decades
                if done >= first - 1:
                    points.append((done + 0.5, share))
            start, width = plan.rows[row].start, 2 if speed == max(speeds) else 1.4
            line = pg.PlotDataItem(
                [x for x, _ in points], [y for _, y in points], antialias=True, useCache=False
            )

            def style(item: Any, _: theme.Tokens, start: Any = start, width: float = width) -> None:
                item.setPen(pg.mkPen(QColor(start_colour(start)), width=width))

            self._lines.append(self.rates.add(line, style))

    # -- pointer and keys ------------------------------------------------------------------------

    def _on_hovered(self, at: QPointF | None) -> None:
        """Read out a stage in an epoch (below) or the learning rates of an epoch (above)."""
        if self.sender() is not self.grid:
            super()._on_hovered(at)
            at = None
        if at is None:
            self.mark(0, 0)
        else:
            self.mark(int(-at.y()), round(at.x()))

    def point_at(self, place: int) -> None:
        super().point_at(place)
        if place < 0:
            self.mark(0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, plan = STEPS.get(Qt.Key(event.key())), self._plan
        if step is None or plan is None:
            super().keyPressEvent(event)
            return
        row, epoch = self._marked if self._marked[1] else (len(plan.rows) - 1, -min(step[1], 0))
        row = min(max(row + step[0], 0), len(plan.rows) - 1)
        self.mark(row, min(max(epoch + step[1], 1), plan.epochs))


def _speeds(plan: PlanTimeline) -> dict[float, tuple[int, int]]:
    """Multiples of the learning rate, with the first epoch and the row that have them."""
    found: dict[float, tuple[int, int]] = {}
    for number, first in enumerate(plan.first_epochs):
        for row in reversed(range(len(plan.rows))):
            rate = plan.cells[number][row].rate
            if rate is not None:
                found.setdefault(rate, (first, row))
    return found


def _text(rate: float) -> str:
    return formats.learning_rate(float(f"{rate:.2g}"))

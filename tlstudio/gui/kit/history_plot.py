"""One chart over the epochs of a run.

With `history_charts` and `phase_marks` it imports pyqtgraph, which takes a moment:
pages import these when they are first shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.phase_marks import PhaseMarks

AXIS_WIDTH_PX = 44
BOTTOM_HEIGHT_PX = 22
MARGIN_PX = 9
TICK_PX = 34
FIRST_TICK_PX = 34
SYMBOLS_UP_TO = 60  # epochs; beyond that they would touch
DASH = (4.0, 2.5)
TICK_STEPS = (1, 5, 10, 20, 50, 100, 200)


class Scale(StrEnum):
    """What the upright axis measures."""

    PERCENT = "percent"  # values are fractions; always 0 to 100%
    FROM_ZERO = "from_zero"  # grows with the values, never shrinks during a run
    LOGARITHM = "logarithm"


@dataclass(frozen=True, slots=True)
class SeriesSpec:
    """One curve. Curves differ by symbol and dash as well as by colour.

    Attributes:
        title: in the language of the window.
        token: the colour by its name in `theme.Tokens`.
        symbol: as pyqtgraph calls it: ``o``, ``s``, ``t``, ``d``; empty for none.
        stepped: drawn as a stair, a stair tread for each epoch.
    """

    title: str
    token: str
    symbol: str = "o"
    dashed: bool = False
    stepped: bool = False

    def pen(self, width: float = 2.0) -> QPen:
        pen = QPen(QColor(getattr(theme.current(), self.token)), width)
        pen.setCosmetic(True)
        if self.dashed:
            pen.setDashPattern(DASH)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class LegendKey(QWidget):
    """A short piece of a curve, as the legend and the hover box show it."""

    def __init__(self, spec: SeriesSpec) -> None:
        super().__init__()
        self._spec = spec
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(24, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = self._spec.pen()
        y = self.height() / 2
        painter.setPen(pen)
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        x = self.width() / 2
        if self._spec.symbol == "o":
            painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
        elif self._spec.symbol == "s":
            painter.drawRect(int(x - 3), int(y - 3), 6, 6)


class HistoryPlot(QWidget):
    """A titled chart with its legend; epochs across, one value or several upright.

    Signals:
        hovered(int): the pointer is over this epoch; 0 when it left.
    """

    hovered = Signal(int)

    def __init__(self, title: str, scale: Scale, series: Mapping[str, SeriesSpec]) -> None:
        super().__init__()
        self._scale = scale
        self._series = dict(series)
        self._epochs = 1
        self._top = 1.0
        self._values: dict[str, np.ndarray[Any, Any]] = {}
        self._best: tuple[int, float | None, str] = (0, None, "")

        header = QHBoxLayout()
        header.setContentsMargins(AXIS_WIDTH_PX, 0, 0, 0)
        header.setSpacing(theme.GRID)
        header.addWidget(label(title, "section"))
        header.addStretch()
        if len(self._series) > 1:
            for spec in self._series.values():
                header.addWidget(LegendKey(spec))
                header.addWidget(label(spec.title, "hint"))

        self.view = pg.PlotWidget()
        self.view.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.viewport().installEventFilter(self)
        self._plot = self.view.getPlotItem()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setContentsMargins(0, 4, 8, 0)
        self._plot.getViewBox().setDefaultPadding(0)
        self._left, self._bottom = self._plot.getAxis("left"), self._plot.getAxis("bottom")
        self._left.setWidth(AXIS_WIDTH_PX)
        self._bottom.setHeight(BOTTOM_HEIGHT_PX)
        self._left.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)
        self._bottom.setStyle(tickLength=-4, tickTextOffset=4, hideOverlappingLabels=32)

        self._phases = PhaseMarks(self._plot)
        self._best_line = pg.InfiniteLine(angle=90)
        self._cross = pg.InfiniteLine(angle=90)
        self._curves = {
            key: pg.PlotDataItem(antialias=True, useCache=False) for key in self._series
        }
        self._dots = pg.ScatterPlotItem(useCache=False)
        self._star = pg.ScatterPlotItem(useCache=False)
        self._star_text = pg.TextItem(anchor=(0.5, 1))
        for item in (
            self._best_line,
            self._cross,
            *self._curves.values(),
            self._star,
            self._star_text,
            self._dots,
        ):
            self._plot.addItem(item, ignoreBounds=True)
        for item in (self._best_line, self._cross, self._star_text):
            item.hide()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)
        self.set_epochs(1)
        self._restyle()

    def set_epochs(self, epochs: int) -> None:
        """The planned number of epochs: the range of the axis."""
        self._epochs = max(epochs, 1)
        self._plot.setXRange(0.5, self._epochs + max(0.5, 0.03 * self._epochs), padding=0)
        self._update_ticks()
        self._update_symbols()

    def set_phases(self, phases: Sequence[tuple[int, str]]) -> None:
        """Lines where phases begin, with a text for each."""
        self._phases.set_marks(phases)

    def set_values(self, values: Mapping[str, Sequence[float | None]]) -> None:
        """The curves, one value an epoch from epoch 1 on; None leaves a gap."""
        count = max((len(v) for v in values.values()), default=0)
        if count > self._epochs:
            self.set_epochs(count)
        for key, curve in self._curves.items():
            y = np.array([math.nan if v is None else v for v in values.get(key, ())], dtype=float)
            y[~np.isfinite(y)] = math.nan
            if self._scale is Scale.LOGARITHM:
                y = np.log10(np.clip(y, 1e-12, None))
            self._values[key] = y
            if not np.isfinite(y).any():
                curve.setData([], [])
            elif self._series[key].stepped:
                edges = np.arange(len(y) + 1) + 0.5
                curve.setData(edges, y, stepMode="center", connect="all")
            else:
                curve.setData(np.arange(1, len(y) + 1, dtype=float), y, connect="finite")
        self._fit()

    def set_best(self, epoch: int, series: str = "", text: str = "") -> None:
        """Mark the best epoch with a line, and with a star and `text` on a curve; 0 for none."""
        values = self._values.get(series, np.array([]))
        value = float(values[epoch - 1]) if 0 < epoch <= len(values) else None
        self._best = (epoch, value, text)
        self._best_line.setVisible(epoch > 0)
        self._best_line.setValue(epoch)
        has_star = value is not None and math.isfinite(value)
        self._star.setData([epoch], [value]) if has_star else self._star.setData([], [])
        self._star_text.setVisible(has_star and bool(text))
        if value is not None and has_star:
            self._star_text.setText(text)
            middle = (epoch - 0.5) / self._epochs
            side = 0.0 if middle < 0.15 else 1.0 if middle > 0.85 else 0.5
            self._star_text.setAnchor((side, 1.15 if self._has_room_above(epoch, value) else -0.3))
            self._star_text.setPos(epoch, value)

    def _has_room_above(self, epoch: int, value: float) -> bool:
        """Whether words above a point would lie on no curve and within the chart."""
        low, high = self._plot.viewRange()[1]
        room = 0.18 * (high - low)
        around = slice(max(0, epoch - 2), epoch + 1)
        others = np.concatenate([v[around] for v in self._values.values()])
        return value + room < high and not ((others > value) & (others < value + room)).any()

    def point_at(self, epoch: int) -> None:
        """Show the crosshair at an epoch, with a dot on each curve; 0 hides it."""
        self._cross.setVisible(epoch > 0)
        self._cross.setValue(epoch)
        spots = [
            {"pos": (epoch, values[epoch - 1]), "brush": self._series[key].pen().color()}
            for key, values in self._values.items()
            if 0 < epoch <= len(values) and math.isfinite(values[epoch - 1])
        ]
        self._dots.setData(spots)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            position = self.view.mapToScene(event.position().toPoint())
            box = self._plot.getViewBox()
            inside = box.sceneBoundingRect().contains(position)
            epoch = round(box.mapSceneToView(position).x()) if inside else 0
            self.hovered.emit(min(max(epoch, 1), self._epochs) if inside else 0)
        elif event.type() == QEvent.Type.Leave:
            self.hovered.emit(0)
        return super().eventFilter(watched, event)

    def x_of(self, epoch: int) -> int:
        """Where an epoch lies, in pixels of this widget."""
        scene = self._plot.getViewBox().mapViewToScene(QPointF(epoch, 0))
        return int(self.view.mapTo(self, self.view.mapFromScene(scene)).x())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_ticks()
        self._fit()

    def _update_ticks(self) -> None:
        """Whole epochs, as many as there is room for."""
        room = max(2, (self.width() - AXIS_WIDTH_PX) // TICK_PX)
        step = next((s for s in TICK_STEPS if self._epochs / s <= room), 500)
        ticks = [1, *(t for t in range(step, self._epochs + 1, step) if t - 1 >= step / 2)]
        gap_px = (self.width() - AXIS_WIDTH_PX) * (ticks[1] - 1) / self._epochs if ticks[1:] else 99
        first = self.tr("epoch {n}").format(n=1) if gap_px > FIRST_TICK_PX else "1"
        self._bottom.setTicks([[(t, first if t == 1 else str(t)) for t in ticks], []])

    def _fit(self) -> None:
        """Ranges and ticks that stay as they are until a value no longer fits."""
        found = [v[np.isfinite(v)] for v in self._values.values()]
        values = np.concatenate(found) if found else np.array([])
        if self._scale is Scale.PERCENT:
            self._set_y(0, 1, [(v / 4, formats.percent(v / 4, 0)) for v in range(5)])
        elif self._scale is Scale.FROM_ZERO:
            highest = float(values.max()) if len(values) else 0.0
            if not len(values):
                self._top = 1.0  # a new run
            while self._top < highest * 1.05:
                self._top = _next_top(self._top)
            self._set_y(
                0, self._top, [(self._top * k / 4, f"{self._top * k / 4:g}") for k in range(5)]
            )
        else:
            low = math.floor(float(values.min()) + 1e-9) if len(values) else -4
            high = math.ceil(float(values.max()) - 1e-9) if len(values) else -2
            low = min(low, high - 1)
            step = max(1, math.ceil((high - low) / 3))
            decades = range(high, low - 1, -step)
            self._set_y(low, high, [(d, formats.learning_rate(10.0**d)) for d in decades])

    def _set_y(self, low: float, high: float, ticks: list[tuple[float, str]]) -> None:
        room = max(self.view.height() - BOTTOM_HEIGHT_PX - 2 * MARGIN_PX, 1)
        margin = (high - low) * min(MARGIN_PX / room, 0.5)  # for the labels at both ends
        self._plot.setYRange(low - margin, high + margin, padding=0)
        self._left.setTicks([ticks, []])

    def _update_symbols(self) -> None:
        shows = self._epochs <= SYMBOLS_UP_TO
        for key, spec in self._series.items():
            self._curves[key].setSymbol(spec.symbol if shows and spec.symbol else None)

    def _restyle(self) -> None:
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        self.view.setBackground(tokens.surface)
        for axis in (self._left, self._bottom):
            axis.setTickFont(QFont(font))  # it keeps the object
            axis.setZValue(-1)  # the grid lies behind the curves
            axis.setTextPen(tokens.text_soft)
            axis.setPen(pg.mkPen(tokens.line_strong))
        self._left.setPen(pg.mkPen(None))
        self._left.setTickPen(pg.mkPen(tokens.line))
        self._left.setGrid(255)
        for key, spec in self._series.items():
            curve, pen = self._curves[key], spec.pen()
            curve.setPen(pen)
            curve.setSymbolPen(None)
            curve.setSymbolBrush(pen.color())
            curve.setSymbolSize(6)
        self._cross.setPen(pg.mkPen(tokens.text_faint, width=1))
        self._best_line.setPen(pg.mkPen(tokens.text_faint, width=1, style=Qt.PenStyle.DotLine))
        self._dots.setPen(pg.mkPen(tokens.surface, width=2))
        self._dots.setSize(11)
        self._star.setSymbol("star")
        self._star.setSize(20)
        self._star.setBrush(QColor(tokens.val))
        self._star.setPen(pg.mkPen(tokens.surface, width=1.5))
        self._phases.restyle(QFont(font))
        font.setWeight(QFont.Weight.DemiBold)
        self._star_text.setFont(font)
        self._star_text.setColor(tokens.text)
        self._star_text.fill = pg.mkBrush(_translucent(tokens.surface))
        self._update_symbols()


def _translucent(color: str) -> QColor:
    result = QColor(color)
    result.setAlphaF(0.75)
    return result


def _next_top(top: float) -> float:
    """The next of 1, 2, 4, 8, 10, 20, 40, ... whose quarters are short numbers."""
    power = 10.0 ** math.floor(math.log10(top) + 1e-9)
    return next((t * power for t in (2, 4, 8, 10) if t * power > top * 1.0001), top * 2)

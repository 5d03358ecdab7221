"""A plot with axes, curves and marks; it can be zoomed and panned, and follows the theme.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.chart import ticks
from tlstudio.gui.kit.chart.placing import Drawn, Rect, best_place
from tlstudio.gui.kit.chart.series import SeriesSpec

LEFT_PX, BOTTOM_PX = 44, 22
LEAST_PX, FRAME_PX = 140, 6  # within the axes, and around both
FURTHEST_IN = 0.01  # of the range that holds everything
SYMBOLS_UP_TO = 60  # points; beyond that they would touch
STEP = 0.8  # of a zoom by keys
TEXT_MARGIN_PX = 2  # around the words of a label

Span = tuple[float, float]
Item = TypeVar("Item", bound=Any)
Style = Callable[[Any, theme.Tokens], object]


class TickAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose ticks are made anew for whatever is in sight."""

    def __init__(self, orientation: str, make_ticks: ticks.Ticks) -> None:
        super().__init__(orientation)
        self._make_ticks = make_ticks
        self._texts: dict[float, str] = {}

    @property
    def texts(self) -> list[str]:
        """The texts of the ticks, from low to high."""
        return list(self._texts.values())

    def set_ticks(self, make_ticks: ticks.Ticks) -> None:
        self._make_ticks = make_ticks
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[Any]:
        low, high = sorted((minVal, maxVal))
        self._texts = dict(self._make_ticks(low, high, size))
        return [(1.0, list(self._texts))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self._texts[value] for value in values]


class ChartBox(pg.ViewBox):  # type: ignore[misc]
    """The inside of a plot: only the left button drags; the right one is for the menu."""

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if ev.button() is Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
        else:
            ev.ignore()


class ChartPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot. The wheel zooms, dragging pans, a double click shows everything again.

    It is never lower than can be read; where that is too high for the window, the page scrolls.

    Args:
        x_ticks, y_ticks: of the axes, see `ticks`; without any, there is no axis below.
        zooms: whether each axis can be zoomed.
        has_grid: whether hairlines go across from the ticks of the left axis.

    Signals:
        hovered(QPointF | None): what the pointer is over, in the units of the axes.
        clicked(QPointF): the same of a click with the left button.
        moved(): something else is in sight, or it lies elsewhere.
        zoomed(bool): whether something else than everything is shown.
    """

    hovered = Signal(object)
    clicked = Signal(object)
    moved = Signal()
    zoomed = Signal(bool)

    furthest_out = 1.0  # of the range that shows everything
    _is_built = False  # Qt and pyqtgraph tell of changes before the constructor is through

    def __init__(
        self,
        x_ticks: ticks.Ticks = ticks.numbers,
        y_ticks: ticks.Ticks = ticks.numbers,
        *,
        zooms: tuple[bool, bool] = (True, True),
        has_grid: bool = True,
    ) -> None:
        self.left, self.bottom = TickAxis("left", y_ticks), TickAxis("bottom", x_ticks)
        super().__init__(
            viewBox=ChartBox(enableMenu=False),
            axisItems={"left": self.left, "bottom": self.bottom},
        )
        self.is_fitted = True
        self._has_grid = has_grid
        self._is_fitting = False
        self._home: tuple[Span, Span] = ((0.0, 1.0), (0.0, 1.0))
        self._margins = (0.0, 0.0, 0.0, 0.0)
        self._styles: list[tuple[Any, Style]] = []
        self.curves: dict[str, pg.PlotDataItem] = {}
        self.specs: dict[str, SeriesSpec] = {}
        self.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCacheMode(self.CacheModeFlag.CacheNone)  # else a drawing holds a picture of it
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # that of the chart
        self.item = self.getPlotItem()
        self.item.setMenuEnabled(False)
        self.item.hideButtons()
        self.item.setContentsMargins(0, 0, 0, 0)
        self.item.setMouseEnabled(*zooms)
        self.box = self.item.getViewBox()
        self.box.setDefaultPadding(0)
        self.set_left_px(LEFT_PX)
        below_px = 0 if x_ticks is ticks.none else BOTTOM_PX
        self.setMinimumHeight(LEAST_PX + FRAME_PX + below_px)
        if not below_px:
            self.item.hideAxis("bottom")
        self.bottom.setHeight(BOTTOM_PX)
        self.left.setStyle(
            tickLength=0,
            tickTextOffset=8,
            tickAlpha=255 if has_grid else 0,
            hideOverlappingLabels=False,
        )
        self.bottom.setStyle(
            tickLength=-4, tickTextOffset=4, tickAlpha=255, hideOverlappingLabels=32
        )
        self.cross = self.add(
            pg.InfiniteLine(angle=90), lambda i, t: i.setPen(pg.mkPen(t.text_faint, width=1))
        )
        self.cross.hide()
        self.dots = self.add(
            pg.ScatterPlotItem(size=11, useCache=False),
            lambda i, t: i.setPen(pg.mkPen(t.surface, width=2)),
        )
        self.dots.setZValue(10)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        self.box.sigRangeChangedManually.connect(self._on_moved_by_hand)
        self.scene().sigMouseClicked.connect(self._on_scene_clicked)
        self._is_built = True
        self.restyle()

    # -- what is drawn ---------------------------------------------------------------------------

    def add(self, item: Item, style: Style) -> Item:
        """Draw `item` too; `style(item, tokens)` gives it the colours of a theme."""
        self.item.addItem(item, ignoreBounds=True)
        self._styles.append((item, style))
        style(item, theme.current())
        return item

    def add_fixed(self, item: Item, style: Style) -> Item:
        """Add an item that is placed in pixels from the upper left corner."""
        item.setParentItem(self.box)
        self._styles.append((item, style))
        style(item, theme.current())
        return item

    def add_text(self, style: Style, angle: float = 0) -> pg.TextItem:
        """A label without words yet; `place_text` finds its place."""
        text = pg.TextItem(angle=angle)
        text.textItem.document().setDocumentMargin(TEXT_MARGIN_PX)
        return self.add_fixed(text, style)

    def place_text(
        self, text: pg.TextItem, places: Sequence[Rect], drawn: Drawn, *, must: bool = False
    ) -> Drawn:
        """Move a label to the first free place; without one it is hidden.

        Args:
            places, drawn: in pixels from the upper left corner.
            must: it is shown even so, where it hides least.

        Returns:
            `drawn` with this label.
        """
        _, _, width, height = self.area
        place, is_free = best_place(places, (0, 0, width, height), drawn)
        text.setVisible(must or is_free)
        if not text.isVisible():
            return drawn
        left, top, _, high = place
        text.setPos(left, top + high if text.angle else top)  # upright ones begin at their foot
        return replace(drawn, labels=[*drawn.labels, place])

    def remove(self, item: Any) -> None:
        """Remove `item` from the plot."""
        if item.parentItem() is self.box:
            item.setParentItem(None)
            self.scene().removeItem(item)
        else:
            self.item.removeItem(item)
        self._styles = [(other, style) for other, style in self._styles if other is not item]

    def add_curve(self, key: str, spec: SeriesSpec) -> pg.PlotDataItem:
        """A curve without points yet; `set_curve` gives it some."""
        self.specs[key] = spec
        curve = pg.PlotDataItem(antialias=True, useCache=False, connect="finite")
        self.curves[key] = self.add(curve, lambda item, tokens: _style_curve(item, spec))
        return curve

    def set_curve(self, key: str, x: Sequence[float], y: Sequence[float | None]) -> None:
        """The points of a curve; None and what is not finite leave gaps."""
        values = np.array([np.nan if v is None else v for v in y], dtype=float)
        values[~np.isfinite(values)] = np.nan
        places, curve, spec = np.asarray(x, float), self.curves[key], self.specs[key]
        if not np.isfinite(values).any():
            curve.setData([], [])
        elif spec.stepped:
            edges = np.append(places, places[-1] + 1) - 0.5
            curve.setData(edges, values, stepMode="center", connect="all")
        else:
            curve.setData(places, values, connect="finite")
            curve.setSymbol(spec.symbol if spec.symbol and len(places) <= SYMBOLS_UP_TO else None)

    def points(self, key: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Places and values of a curve, ``[n]`` each."""
        x, y = self.curves[key].getData()
        if x is None:
            return np.zeros(0), np.zeros(0)
        return ((x[1:] + x[:-1]) / 2 if len(x) > len(y) else x), y

    def point_at(self, x: float | None) -> None:
        """Show the crosshair at a place, with a dot on each curve; None hides it."""
        self.cross.setVisible(x is not None)
        spots = []
        if x is not None:
            self.cross.setValue(x)
            for key, spec in self.specs.items():
                places, values = self.points(key)
                for value in values[np.isclose(places, x)]:
                    if np.isfinite(value):
                        symbol = spec.symbol or "o"
                        spots.append({"pos": (x, value), "brush": spec.color, "symbol": symbol})
        self.dots.setData(spots)

    # -- what is in sight ------------------------------------------------------------------------

    def set_left_px(self, width: int) -> None:
        """Set the width of the left axis, labels included."""
        self.left.setWidth(width)

    def set_home(
        self, x: Span, y: Span, margins_px: tuple[float, float, float, float] = (0, 0, 0, 0)
    ) -> None:
        """Set the range that `reset` shows; it is shown at once unless a person has zoomed.

        Args:
            margins_px: left, top, right and bottom, beyond these ranges.
        """
        self._home, self._margins = (x, y), margins_px
        if self.is_fitted:
            self.reset()

    def home(self, width_px: float, height_px: float) -> tuple[Span, Span] | None:
        """The ranges that show everything in so much room; None if there is nothing to show."""
        left, top, right, bottom = self._margins
        (x0, x1), (y0, y1) = self._home
        x_unit = (x1 - x0) / max(1.0, width_px - left - right)
        y_unit = (y1 - y0) / max(1.0, height_px - top - bottom)
        return (
            (x0 - left * x_unit, x1 + right * x_unit),
            (y0 - bottom * y_unit, y1 + top * y_unit),
        )

    def reset(self) -> None:
        """Undo zooming and panning."""
        _, _, width, height = self.area
        found = self.home(width, height) if min(width, height) >= 1 else None
        if found is None:
            return
        x, y = found
        self._is_fitting = True
        self.box.setLimits(xMin=None, xMax=None, yMin=None, yMax=None)
        self.box.setLimits(minXRange=None, minYRange=None)
        self.box.setRange(xRange=x, yRange=y, padding=0)
        wide, high = x[1] - x[0], y[1] - y[0]
        out = (self.furthest_out - 1) / 2
        self.box.setLimits(xMin=x[0] - out * wide, xMax=x[1] + out * wide)
        self.box.setLimits(yMin=y[0] - out * high, yMax=y[1] + out * high)
        self.box.setLimits(minXRange=FURTHEST_IN * wide, minYRange=FURTHEST_IN * high)
        self._is_fitting = False
        self._set_fitted(True)
        self.moved.emit()

    @property
    def shows_home(self) -> bool:
        """Whether just what `home` says is in sight."""
        home = self.home(*self.area[2:])
        if home is None:
            return True
        sizes = np.array([[high - low] for low, high in home])
        return bool((np.abs(np.subtract(self.box.viewRange(), home)) < 1e-3 * sizes).all())

    def zoom(self, factor: float, centre: tuple[float, float] | None = None) -> None:
        """Show `factor` times as much, around a point or the middle."""
        can_x, can_y = self.box.state["mouseEnabled"]
        self.box.scaleBy((factor if can_x else 1, factor if can_y else 1), center=centre)
        self._on_moved_by_hand()

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Return left, top, width and height within the axes, in pixels of the viewport."""
        rect = self.viewportTransform().mapRect(self.box.sceneBoundingRect())
        return float(rect.x()), float(rect.y()), float(rect.width()), float(rect.height())

    def x_px(self, x: float) -> float:
        """Return the position of `x` in pixels of this widget."""
        left, _, width, _ = self.area
        (low, high), _ = self.box.viewRange()
        return float(left + (x - low) / (high - low) * width)

    def y_px(self, y: float) -> float:
        _, top, _, height = self.area
        _, (low, high) = self.box.viewRange()
        return float(top + (high - y) / (high - low) * height)

    def px(self, x: Any, y: Any) -> np.ndarray[Any, Any]:
        """Return points, ``[n, 2]``, in pixels from the upper left corner within the axes."""
        _, _, width, height = self.area
        (left, right), (low, high) = self.box.viewRange()
        across = (np.asarray(x, float) - left) / (right - left) * width
        down = (high - np.asarray(y, float)) / (high - low) * height
        return np.column_stack([across, down])

    def drawn(self) -> Drawn:
        """Points and lines of the curves that are shown, for the labels to keep off."""
        discs, lines = [np.zeros((0, 3))], []
        for key, spec in self.specs.items():
            curve = self.curves[key]
            x, y = curve.getData()
            if x is None or not curve.isVisible():
                continue
            if len(x) > len(y):  # a stair
                x, y = np.repeat(x, 2)[1:-1], np.repeat(y, 2)
            points = self.px(x, y)
            if spec.width:
                lines.append(points)
            if curve.opts["symbol"]:
                is_point = np.isfinite(points).all(axis=1)
                radius = curve.opts["symbolSize"] / 2
                discs.append(np.insert(points[is_point], 2, radius, axis=1))
        return Drawn(np.concatenate(discs), lines)

    # -- the theme -------------------------------------------------------------------------------

    @property
    def small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX - 1)
        return font

    def restyle(self) -> None:
        """Take the colours of the theme and the font."""
        tokens = theme.current()
        self.setBackground(tokens.surface)
        for axis in (self.left, self.bottom):
            axis.setTickFont(self.small_font)  # it keeps the object
            axis.setZValue(-1)  # the grid lies behind the curves
            axis.setTextPen(tokens.text_soft)
            axis.setPen(pg.mkPen(tokens.line_strong))
        self.left.setPen(pg.mkPen(None))
        self.left.setTickPen(pg.mkPen(tokens.line))
        self.left.setGrid(255 if self._has_grid else False)
        for item, style in self._styles:
            style(item, tokens)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        is_other = event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange)
        if is_other and self._is_built:
            self.restyle()

    # -- the pointer -----------------------------------------------------------------------------

    def at(self, position: QPointF) -> QPointF | None:
        """Return the values at a pixel of the viewport, in units of the axes; None outside them."""
        place = self.mapToScene(position.toPoint())
        if not self.box.sceneBoundingRect().contains(QPointF(place)):
            return None
        return QPointF(self.box.mapSceneToView(QPointF(place)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_dragged = event.buttons() != Qt.MouseButton.NoButton
        self.hovered.emit(None if is_dragged else self.at(event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(None)
        super().leaveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; where the page scrolls, only with Ctrl."""
        has_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if has_ctrl or not _scrolls(self.parentWidget()):
            super().wheelEvent(event)
            event.accept()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if event is None or not self._is_built:  # pyqtgraph calls it while it is built
            return
        self._on_resized()

    # -- inside ----------------------------------------------------------------------------------

    def _on_resized(self) -> None:
        if self.is_fitted:
            self.reset()
        else:
            self.moved.emit()

    def _on_scene_clicked(self, event: Any) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or event.double():
            return
        found = self.at(QPointF(self.mapFromScene(event.scenePos())))
        if found is not None:
            self.clicked.emit(found)

    def _on_range_changed(self, *_: Any) -> None:
        if not self._is_fitting:
            self.moved.emit()

    def _on_moved_by_hand(self, *_: Any) -> None:
        self._set_fitted(self.shows_home)

    def _set_fitted(self, is_fitted: bool) -> None:
        if is_fitted != self.is_fitted:
            self.is_fitted = is_fitted
            self.zoomed.emit(not is_fitted)


def _style_curve(curve: pg.PlotDataItem, spec: SeriesSpec) -> None:
    color = spec.color
    curve.setPen(spec.pen())
    is_thick = spec.width > 2
    curve.setSymbolPen(pg.mkPen(theme.current().surface, width=1) if is_thick else None)
    curve.setSymbolBrush(color)
    curve.setSymbolSize(8 if is_thick else 6 if spec.width else 3)


def _scrolls(widget: QWidget | None) -> bool:
    """Whether the wheel would scroll something around this widget."""
    while widget is not None:
        if isinstance(widget, QAbstractScrollArea):
            bar = widget.verticalScrollBar()
            if bar.isVisible() and bar.maximum() > bar.minimum():
                return True
        widget = widget.parentWidget()
    return False


def translucent(color: str, alpha: float = 0.75) -> QColor:
    """Return `color` with an alpha value."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result

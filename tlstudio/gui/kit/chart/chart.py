"""A chart: plots over the same places, with a readout, keys, zoom, a menu and export.

Importing this module imports pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from tlstudio.gui.kit import accessible, icons, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.chart import export
from tlstudio.gui.kit.chart.plot import LEFT_PX, STEP, ChartPlot
from tlstudio.gui.kit.chart.readout import Reading, Readout
from tlstudio.gui.kit.chart.series import LegendKey, SeriesSpec
from tlstudio.gui.kit.layout import Stretch, hstack

READOUT_TOP_PX = 48


def legend_row(title: str, specs: Sequence[SeriesSpec], indent_px: int = LEFT_PX) -> QHBoxLayout:
    """The line over a plot: its title at the left, which curve is which at the right."""
    keys = (part for spec in specs for part in (LegendKey(spec), label(spec.title, "hint")))
    margins = (indent_px, 0, 0, 0)
    return hstack(label(title, "section"), Stretch(), *keys, spacing=theme.GRID, margins=margins)


class Chart(QWidget):
    """Plots that share what is pointed at and, from left to right, what is in sight.

    The pointer or the arrow keys, Home and End go from place to place; Escape leaves. The wheel,
    + and - zoom, dragging pans; a double click, 0 or the button in the corner shows everything.
    The menu of the right mouse button saves the chart.

    A chart lays its plots out, tells its `places` and the `reading` of each, and its `csv`.

    Attributes:
        export: saves it; the menu offers nothing to save without.
    """

    spoken_as = accessible.Role.Chart

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: list[ChartPlot] = []
        self._summary = ""
        self._place = -1
        self._is_linking = False
        self.export: export.ChartExport | None = None
        self.readout = Readout(self)
        self.show_all = QToolButton(self)
        self.show_all.setProperty("role", "quiet")
        self.show_all.setToolTip(self.tr("Show everything (0)"))
        self.show_all.setAccessibleName(self.tr("Show everything"))
        self.show_all.clicked.connect(self.reset)
        self.show_all.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)

    # -- what a chart says of itself -------------------------------------------------------------

    @property
    def places(self) -> Sequence[float]:
        """The places that can be pointed at, from left to right, in units of the axis below."""
        return ()

    def reading(self, place: int) -> Reading | None:
        """Return the reading at one of `places`."""
        return None

    def csv(self) -> str:
        """The numbers that are drawn, as a table."""
        return export.csv_text((), ())

    # -- for screen readers ----------------------------------------------------------------------

    def spoken_count(self) -> int:
        return len(self.places)

    def spoken_text(self, index: int) -> str:
        reading = self.reading(index)
        return reading.text if reading is not None else ""

    def spoken_rect(self, index: int) -> QRect:
        return QRect()

    def spoken_current(self) -> int:
        return self._place

    # -- plots -----------------------------------------------------------------------------------

    def add_plot(self, plot: ChartPlot) -> ChartPlot:
        """Let a plot take part; the chart's layout places it."""
        self._plots.append(plot)
        plot.hovered.connect(self._on_hovered)
        plot.clicked.connect(self._on_clicked)
        plot.moved.connect(self._on_moved)
        plot.zoomed.connect(self._on_zoomed)
        return plot

    @property
    def place(self) -> int:
        """The index of the place that is pointed at; -1 for none."""
        return self._place

    def point_at(self, place: int) -> None:
        """Show the values of a place; any that is none hides them."""
        places = self.places
        self._place = place if 0 <= place < len(places) else -1
        x = places[self._place] if self._place >= 0 else None
        for plot in self._plots:
            plot.point_at(x)
        reading = self.reading(self._place) if self._place >= 0 else None
        self.readout.tell(reading)
        self.setAccessibleDescription(reading.text if reading is not None else self._summary)
        accessible.tell_current(self)
        if x is not None and reading is not None:
            self.readout.place(self._beside(x))

    def describe(self, summary: str) -> None:
        """Set the description for screen readers while no place is pointed at."""
        self._summary = summary
        if self._place < 0:
            self.setAccessibleDescription(summary)

    def choose(self, at: QPointF) -> None:
        """A person clicked there, in the units of the axes."""

    def reset(self) -> None:
        """Undo zooming and panning."""
        for plot in self._plots:
            plot.reset()

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much, around what is pointed at."""
        for plot in self._plots[:1]:
            centre = None
            if self._place >= 0:
                low, high = plot.box.viewRange()[1]
                centre = (self.places[self._place], (low + high) / 2)
            plot.zoom(factor, centre)

    # -- files -----------------------------------------------------------------------------------

    def image(self) -> QImage:
        """The chart as a picture, without crosshair."""
        place = self._prepare()
        image = export.picture(self)
        self.point_at(place)
        return image

    def svg(self) -> str:
        """Return the chart as SVG."""
        place = self._prepare()
        text = export.drawing(self, self.accessibleName())
        self.point_at(place)
        return text

    def _prepare(self) -> int:
        place = self._place
        self.point_at(-1)
        return place

    def fill_menu(self, menu: QMenu) -> None:
        """Add the chart's commands to a context menu."""
        whole = menu.addAction(self.tr("Show everything"), self.reset)
        whole.setEnabled(any(not plot.is_fitted for plot in self._plots))
        if self.export is not None:
            menu.addSeparator()
            self.export.fill(menu)

    # -- events ----------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        export.open_menu(self, self.fill_menu, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.places) - 1
        match event.key():
            case Qt.Key.Key_Left if last >= 0:
                self.point_at(max(self._place - 1, 0) if self._place >= 0 else last)
            case Qt.Key.Key_Right if last >= 0:
                self.point_at(min(self._place + 1, last))
            case Qt.Key.Key_Home if last >= 0:
                self.point_at(0)
            case Qt.Key.Key_End if last >= 0:
                self.point_at(last)
            case Qt.Key.Key_Escape if self._place >= 0:
                self.point_at(-1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / STEP)
            case Qt.Key.Key_0:
                self.reset()
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():  # the pointer still tells what it is over
            self.point_at(-1)

    # -- inside ----------------------------------------------------------------------------------

    def _on_hovered(self, at: QPointF | None) -> None:
        places = np.asarray(self.places, float)
        if at is None or not len(places):
            self.point_at(-1)
        else:
            self.point_at(int(np.argmin(np.abs(places - at.x()))))

    def _on_clicked(self, at: QPointF) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.choose(at)

    def _on_moved(self) -> None:
        """The other plots show the same places."""
        sender = self.sender()
        if self._is_linking or not isinstance(sender, ChartPlot) or sender.shows_home:
            return
        self._is_linking = True
        for plot in self._plots:
            if plot is not sender:
                plot.box.setXRange(*sender.box.viewRange()[0], padding=0)
                plot.is_fitted = False
        self._is_linking = False

    def _on_zoomed(self, is_zoomed: bool) -> None:
        if self._is_linking:
            return
        self._is_linking = True
        if not is_zoomed:
            self.reset()
        self._is_linking = False
        self._place_button()
        self.show_all.setVisible(is_zoomed)

    def _place_button(self) -> None:
        if self._plots:
            self.show_all.setIcon(icons.icon("fit"))
            self.show_all.setIconSize(QSize(16, 16))
            self.show_all.adjustSize()
            last = self._plots[0]
            left, top, width, _ = last.area
            corner = last.mapTo(self, QPoint(int(left + width), int(top)))
            self.show_all.move(corner.x() - self.show_all.width(), corner.y())
            self.show_all.raise_()

    def _beside(self, x: float) -> QPoint:
        """A point of the chart beside a place, in the plot that is under the pointer."""
        plot = next((p for p in self._plots if p.underMouse()), self._plots[0])
        at = plot.mapTo(self, QPoint(int(plot.x_px(x)), 0))
        return QPoint(at.x(), min(READOUT_TOP_PX, max(0, self.height() - self.readout.height())))

"""The ball chart: worth against cost, the area of a ball in proportion to a third number.

As in Bianco et al., "Benchmark Analysis of Representative Deep Neural Network Architectures",
2018. Importing this module imports pyqtgraph, which takes a moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.compare.ball_chart.info import BallInfo
from tlstudio.gui.features.compare.ball_chart.layout import hit, neighbour
from tlstudio.gui.features.compare.ball_chart.overlay import BallOverlay, Marks
from tlstudio.gui.features.compare.ball_chart.plot import BallPlot
from tlstudio.gui.features.compare.ball_chart.values import Ball, BallKey
from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.chart.export import ChartExport, csv_text, drawing, open_menu, picture
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import hstack, vstack

ZOOM_STEP = 0.8


class BallChart(QWidget):
    """Balls to look at and to choose from.

    The wheel and + and - zoom, dragging pans, a double click or 0 shows everything again. Arrow
    keys go from ball to ball; a click or Enter chooses. The menu of the right mouse button saves.

    Args:
        worth_title: what the upright axis shows.
        size_title: what the areas of the balls show.

    Signals:
        chosen(tuple): the key of the ball that a person wants.
        pointed(tuple | None): the key of the ball under the pointer or the keyboard's cursor.
        zoomed(bool): whether something else than everything is shown.
    """

    chosen = Signal(object)
    pointed = Signal(object)
    zoomed = Signal(bool)

    spoken_as = accessible.Role.Chart

    def __init__(self, worth_title: str, size_title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "multiply-adds")
        self.export: ChartExport | None = None
        self._chosen: BallKey | None = None
        self._pointed = -1
        self._cost_title = label("", "hint")
        self.footnote = ElidedLabel(where=Qt.TextElideMode.ElideRight)  # what the chart leaves out
        self.footnote.setProperty("role", "hint")
        self.plot = BallPlot()
        self.overlay = BallOverlay(size_title, self.plot.viewport())
        self.info = BallInfo(self)

        footer = hstack(
            (self.footnote, 1),
            self._cost_title,
            spacing=2 * theme.GRID,
            margins=(0, 0, theme.GRID, 0),
        )
        self._worth_title = label(worth_title, "hint")
        vstack(self._worth_title, (self.plot, 1), footer, spacing=2, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Ball chart"))

        self.plot.viewport().installEventFilter(self)
        self.plot.moved.connect(self._on_moved)
        self.plot.zoomed.connect(self.zoomed)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)

    @property
    def balls(self) -> tuple[Ball, ...]:
        """The balls in drawing order, lowest first."""
        return self.plot.balls

    def set_worth_title(self, title: str) -> None:
        """Say what the upright axis shows from now on."""
        self._worth_title.setText(title)

    def set_balls(self, balls: Sequence[Ball], cost_title: str) -> None:
        """Show these; what is chosen and pointed at stays if it is still there.

        Large balls lie below small ones, and those that are held back below all.
        """
        pointed = self.pointed_key
        self._cost_title.setText(cost_title)
        self._pointed = -1
        self.plot.set_balls(sorted(balls, key=lambda ball: (ball.is_shown, -ball.size)))
        self._pointed = self._index_of(pointed)
        self._mark()
        if self._pointed < 0:
            self.info.hide()

    def set_chosen(self, key: BallKey | None) -> None:
        """Draw a ring around this ball."""
        self._chosen = key
        self._mark()

    def point_at(self, key: BallKey | None) -> None:
        """Ring a ball thinly, as if the mouse were there; without its facts or `pointed`."""
        self._point(self._index_of(key), by_hand=False)

    @property
    def pointed_key(self) -> BallKey | None:
        return self.balls[self._pointed].key if self._pointed >= 0 else None

    def reset(self) -> None:
        """Zoom out until all balls are visible."""
        self.plot.reset()

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much, around the cursor or the middle."""
        self.plot.zoom_at(factor, self._pointed)

    # -- for screen readers ----------------------------------------------------------------------

    def spoken_count(self) -> int:
        return len(self.balls)

    def spoken_text(self, index: int) -> str:
        ball = self.balls[index]
        facts = (f"{name} {value}" for name, value in ball.facts)
        return ", ".join(part for part in (ball.title, ball.subtitle, *facts) if part)

    def spoken_rect(self, index: int) -> QRect:
        return QRect()

    def spoken_current(self) -> int:
        return self._pointed

    # -- files -----------------------------------------------------------------------------------

    def image(self) -> QImage:
        """The chart as a picture."""
        self._point(-1)
        return picture(self)

    def svg(self) -> str:
        """Return the chart as SVG."""
        self._point(-1)
        return drawing(self, self.accessibleName())

    def csv(self) -> str:
        """A line for each ball that no filter holds back."""
        rows = ((b.title, b.subtitle, b.x, b.y, b.size) for b in self.balls if b.is_shown)
        return csv_text(("network", "weights", "cost", "worth", "size"), rows)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.export is not None:
            open_menu(self, self.export.fill, event.globalPos())

    # -- events ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                at = event.position()
                dragged = event.buttons() != Qt.MouseButton.NoButton
                self._point(-1 if dragged else self._hit(at.x(), at.y()))
            case QEvent.Type.Leave:
                self._point(-1)
            case QEvent.Type.Resize:
                self.overlay.resize(self.plot.viewport().size())
                self._mark()
            case QEvent.Type.MouseButtonPress:
                self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Left:
                self._step(-1, 0)
            case Qt.Key.Key_Right:
                self._step(1, 0)
            case Qt.Key.Key_Up:
                self._step(0, -1)
            case Qt.Key.Key_Down:
                self._step(0, 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self._pointed >= 0:
                self.chosen.emit(self.balls[self._pointed].key)
            case Qt.Key.Key_Escape if self._pointed >= 0:
                self._point(-1)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(ZOOM_STEP)
            case Qt.Key.Key_Minus:
                self.zoom(1 / ZOOM_STEP)
            case Qt.Key.Key_0:
                self.reset()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(-1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._mark()

    # -- inside ----------------------------------------------------------------------------------

    def _on_moved(self) -> None:
        self._mark()
        self.info.hide()

    def _on_clicked(self, event: Any) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or event.double():
            return
        at = self.plot.mapFromScene(event.scenePos())
        index = self._hit(at.x(), at.y())
        if index >= 0:
            self.chosen.emit(self.balls[index].key)

    def _step(self, dx: int, dy: int) -> None:
        """Go to the next ball in a direction, at first to the chosen or the best one."""
        shown = [index for index, ball in enumerate(self.balls) if ball.is_shown]
        if not shown:
            return
        if self._pointed in shown:
            centres = self.overlay.marks.centres[shown]
            index = shown[neighbour(shown.index(self._pointed), dx, dy, centres)]
        else:
            start = self._index_of(self._chosen)
            best = max(shown, key=lambda index: self.balls[index].y)
            index = start if start in shown else best
        self.plot.bring_into_sight(index)
        self._point(index)

    def _hit(self, x_px: float, y_px: float) -> int:
        left, top, width, height = self.plot.area
        if not (left <= x_px <= left + width and top <= y_px <= top + height):
            return -1
        shown = np.array([index for index, ball in enumerate(self.balls) if ball.is_shown], int)
        marks = self.overlay.marks
        found = hit(x_px, y_px, marks.centres[shown], marks.radii[shown])
        return int(shown[found]) if found >= 0 else -1

    def _point(self, index: int, *, by_hand: bool = True) -> None:
        changed = index != self._pointed
        self._pointed = index
        self.overlay.point_at(index)
        if index < 0 or not by_hand:
            self.info.hide()
        else:
            marks = self.overlay.marks
            x, y = (round(float(value)) for value in marks.centres[index])
            corner = self.plot.mapTo(self, self.plot.viewport().pos())
            self.info.show_ball(
                self.balls[index], x + corner.x(), y + corner.y(), round(marks.radii[index])
            )
        if changed and by_hand:
            self.pointed.emit(self.pointed_key)
            accessible.tell_current(self)

    def _index_of(self, key: BallKey | None) -> int:
        return next((i for i, ball in enumerate(self.balls) if ball.key == key), -1)

    def _mark(self) -> None:
        ranked = [index for index, ball in enumerate(self.balls) if ball.rank and ball.is_shown]
        self.overlay.set_marks(
            Marks(
                centres=self.plot.centres,
                radii=self.plot.radii,
                best=self.plot.best,
                titles=[ball.title for ball in self.balls],
                order=sorted(ranked, key=lambda index: self.balls[index].rank),
                chosen=self._index_of(self._chosen),
                pointed=self._pointed,
                area=self.plot.area,
                reference_px=self.plot.reference_px,
            )
        )

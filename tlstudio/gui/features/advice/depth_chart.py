"""What a network knows at each depth: probe accuracy, gradients and parameters, input to head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tlstudio.gui.features.advice.depth_lanes import DepthPainter

LEFT_PX, RIGHT_PX = 44, 8
NAMES_PX = 20
TITLE_PX = 20
GRADIENT_PX, PARAMETERS_PX = 40, 30
GRADIENT_SHARE, PARAMETERS_SHARE = 0.13, 0.11  # of a high chart
GAP_PX = 12
ACCURACY_AT_LEAST_PX = 130


@dataclass(frozen=True, slots=True)
class DepthPoint:
    """One depth.

    Attributes:
        path: module path; empty for what is none (the image itself).
        title: below the charts.
        text: all its numbers, for the tooltip and screen readers.
        interval: low, measured and high probe accuracy, fractions.
        knn: accuracy of the nearest neighbours, fraction.
        gradient: norm of the gradient over the norm of the weights.
        parameters: of the stage.
        trains: whether it would train.
    """

    path: str
    title: str
    text: str = ""
    interval: tuple[float, float, float] | None = None
    knn: float | None = None
    gradient: float | None = None
    parameters: int = 0
    trains: bool = False


@dataclass(frozen=True, slots=True)
class DepthLabels:
    """The words in the chart."""

    accuracy: str
    probe: str
    knn: str
    gradient: str
    parameters: str
    trains: str
    chance: str
    final: str
    nothing: str  # in the place of curves that there are not


class DepthChart(QWidget):
    """Three charts above each other that share their depths; a click or the arrow keys choose one.

    Signals:
        chosen(str): a person chose the stage at this module path.
    """

    chosen = Signal(str)

    def __init__(self, labels: DepthLabels, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._points: Sequence[DepthPoint] = ()
        self._chance = 0.0
        self._current = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What the network knows at each depth"))

    @property
    def points(self) -> Sequence[DepthPoint]:
        return self._points

    @property
    def current(self) -> str:
        """Path of the chosen stage; empty without one."""
        return self._current if self._index_of(self._current) >= 0 else ""

    def set_points(self, points: Sequence[DepthPoint], chance: float) -> None:
        """Show these depths, from input to head; `chance` is what guessing gives."""
        self._points, self._chance = tuple(points), chance
        self._hovered = -1
        self._describe()
        self.update()

    def set_current(self, path: str) -> None:
        """Mark the stage at `path`; none if there is no such stage."""
        self._current = path
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, 330)

    def minimumSizeHint(self) -> QSize:
        fixed = 4 * TITLE_PX + GRADIENT_PX + PARAMETERS_PX + 2 * GAP_PX + NAMES_PX
        return QSize(360, fixed + ACCURACY_AT_LEAST_PX)

    def column(self, index: int) -> QRectF:
        """Where all of one depth is."""
        room = self.width() - LEFT_PX - RIGHT_PX
        width = room / max(1, len(self._points))
        return QRectF(LEFT_PX + index * width, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = [self.column(index) for index in range(len(self._points))]
        lanes = DepthPainter(painter, self.font(), self._points, columns, self._labels)
        current = self._index_of(self._current)
        top = TITLE_PX + GAP_PX // 2
        lanes.paint_header(QRectF(0, 0, self.width() - RIGHT_PX, TITLE_PX))
        body = QRectF(LEFT_PX, top, self.width() - LEFT_PX - RIGHT_PX, self.height() - top)
        lanes.paint_columns(body, self._hovered, current, has_focus=self.hasFocus())
        bottom = self.height() - NAMES_PX
        lanes.paint_names(QRectF(0, bottom, self.width(), NAMES_PX), current)
        height = max(PARAMETERS_PX, PARAMETERS_SHARE * self.height())
        area = QRectF(body.left(), bottom - height, body.width(), height)
        lanes.paint_parameters(area)
        area = QRectF(area)
        area.moveBottom(area.top() - TITLE_PX - GAP_PX)
        area.setTop(area.bottom() - max(GRADIENT_PX, GRADIENT_SHARE * self.height()))
        lanes.paint_gradients(area)
        top += TITLE_PX + 4
        area = QRectF(body.left(), top, body.width(), area.top() - TITLE_PX - GAP_PX - top)
        lanes.paint_accuracies(area, self._chance)

    # -- choosing --------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            if index >= 0:
                QToolTip.showText(event.globalPos(), self._points[index].text, self)
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        self._hover(index)
        can_choose = index >= 0 and bool(self._points[index].path)
        shape = Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self._choose(index)

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
        if 0 <= target < len(self._points):
            self._choose(target)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _choose(self, index: int) -> None:
        path = self._points[index].path
        if path:
            self.set_current(path)
            self.chosen.emit(path)

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            self._hovered = index
            self.update()

    def _index_at(self, position: QPoint) -> int:
        for index in range(len(self._points)):
            if self.column(index).contains(position.toPointF()):
                return index
        return -1

    def _index_of(self, path: str) -> int:
        found = (n for n, point in enumerate(self._points) if path and point.path == path)
        return next(found, -1)

    def _describe(self) -> None:
        index = self._index_of(self._current)
        self.setAccessibleDescription(self._points[index].text if index >= 0 else "")

"""A plan before it runs: the learning rate over the epochs, and below it every stage."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.strategies.timeline import PlanTimeline, Statistics
from tlstudio.gui.features.strategy.rate_colours import fill_frozen, rate_colour, start_colour
from tlstudio.gui.kit import formats, theme

CURVE_LEAST_PX, CURVE_MOST_PX = 96, 220
AXIS_PX, GAP_PX = 22, 10
LABEL_LEAST_PX, LABEL_MOST_PX = 64, 150
ROW_LEAST_PX, ROW_MOST_PX = 12, 44
SEPARATE_FROM_PX = 7  # columns narrower than this touch
MARK_PX = 7
TICKS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
MOST_DECADES = 5.0

Curve = tuple[tuple[float, float], ...]


class PlanChart(QWidget):
    """Rows are stages from the input to the head, columns epochs; arrow keys move the mark.

    Signals:
        pointed(int, int): row and epoch below the pointer or the mark; epoch 0 for none.
    """

    pointed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: PlanTimeline | None = None
        self._curve: Curve = ()
        self._is_log = False
        self._point = (0, 0)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Plan of the run: stages over the epochs"))

    @property
    def plan(self) -> PlanTimeline | None:
        return self._plan

    @property
    def point(self) -> tuple[int, int]:
        """Row and epoch that are marked; epoch 0 for none."""
        return self._point

    def set_plan(self, plan: PlanTimeline | None, curve: Curve, *, is_log: bool = False) -> None:
        """Show `plan`, or nothing.

        Args:
            curve: factor of the learning rate over the epochs that are done.
            is_log: whether each decade of it takes the same height.
        """
        self._plan, self._curve, self._is_log = plan, curve, is_log
        rows = len(plan.rows) if plan else 0
        self.setMaximumHeight(CURVE_MOST_PX + GAP_PX + AXIS_PX + rows * ROW_MOST_PX)
        self.updateGeometry()
        self.point_at(0, 0)
        self.update()

    def point_at(self, row: int, epoch: int) -> None:
        """Mark a stage in an epoch; epoch 0 marks nothing."""
        plan = self._plan
        if plan is None or not (0 < epoch <= plan.epochs and 0 <= row < len(plan.rows)):
            row, epoch = 0, 0
        if (row, epoch) != self._point:
            self._point = (row, epoch)
            self.pointed.emit(row, epoch)
            self.update()

    def sizeHint(self) -> QSize:
        rows = len(self._plan.rows) if self._plan else 8
        return QSize(560, CURVE_LEAST_PX + GAP_PX + AXIS_PX + rows * 24)

    def minimumSizeHint(self) -> QSize:
        rows = len(self._plan.rows) if self._plan else 4
        return QSize(280, CURVE_LEAST_PX + GAP_PX + AXIS_PX + rows * ROW_LEAST_PX)

    # -- where things are ------------------------------------------------------------------------

    def _curve_px(self) -> int:
        """What rows of full height leave to the curves."""
        rows = len(self._plan.rows) if self._plan else 1
        left = self.height() - GAP_PX - AXIS_PX - rows * ROW_MOST_PX
        return min(CURVE_MOST_PX, max(CURVE_LEAST_PX, left))

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        return font

    def _label_px(self) -> int:
        metrics = QFontMetrics(self._font())
        titles = [row.title for row in self._plan.rows] if self._plan else []
        widest = max((metrics.horizontalAdvance(title) for title in titles), default=0)
        return min(LABEL_MOST_PX, max(LABEL_LEAST_PX, widest)) + MARK_PX + 2 * theme.GRID

    def _grid(self) -> QRectF:
        rows = max(1, len(self._plan.rows)) if self._plan else 1
        top = self._curve_px() + GAP_PX
        room = self.height() - top - AXIS_PX
        height = min(ROW_MOST_PX, max(ROW_LEAST_PX, room // rows)) * rows
        left = self._label_px()
        return QRectF(left, top, max(1, self.width() - left - 2), height)

    def cell_rect(self, row: int, epoch: int) -> QRectF:
        """Where a stage is in an epoch."""
        assert self._plan is not None
        grid = self._grid()
        wide, high = grid.width() / self._plan.epochs, grid.height() / len(self._plan.rows)
        return QRectF(grid.left() + (epoch - 1) * wide, grid.top() + row * high, wide, high)

    def _at(self, position: QPointF) -> tuple[int, int]:
        grid, plan = self._grid(), self._plan
        if plan is None or not grid.contains(position):
            return 0, 0
        epoch = int((position.x() - grid.left()) / grid.width() * plan.epochs) + 1
        row = int((position.y() - grid.top()) / grid.height() * len(plan.rows))
        return row, epoch

    # -- painting --------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        self._paint_rows(painter, self._plan)
        self._paint_phases(painter, self._plan)
        self._paint_curves(painter, self._plan)
        self._paint_axis(painter, self._plan)
        self._paint_point(painter)

    def _paint_rows(self, painter: QPainter, plan: PlanTimeline) -> None:
        tokens = theme.current()
        metrics = QFontMetrics(self._font())
        names = self._label_px() - MARK_PX - 2 * theme.GRID
        for row, stage in enumerate(plan.rows):
            first = self.cell_rect(row, 1)
            gap = 1.0 if first.width() >= SEPARATE_FROM_PX else 0.0
            for epoch in range(1, plan.epochs + 1):
                cell = self.cell_rect(row, epoch).adjusted(0, 0, -gap, -1)
                rate = plan.rate(row, epoch)
                if rate is None:
                    fill_frozen(painter, cell, is_hatched=first.height() >= ROW_LEAST_PX)
                else:
                    colour = rate_colour(stage.start, rate, plan.fastest, plan.slowest)
                    painter.fillRect(cell, colour)
            painter.setPen(QColor(tokens.text))
            title = metrics.elidedText(stage.title, Qt.TextElideMode.ElideMiddle, names)
            box = QRectF(0, first.top(), names, first.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, title
            )

    def _paint_phases(self, painter: QPainter, plan: PlanTimeline) -> None:
        """Where phases begin, and what running statistics do from then on."""
        tokens, grid = theme.current(), self._grid()
        for number, first in enumerate(plan.first_epochs):
            if number:
                x = self.cell_rect(0, first).left() - 0.5
                painter.setPen(QPen(QColor(tokens.text_faint), 1, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x, 0), QPointF(x, grid.bottom()))
            for row in range(len(plan.rows)):
                now = plan.cells[number][row].statistics
                before = plan.cells[number - 1][row].statistics if number else None
                if now is before or now is Statistics.NONE:
                    continue
                cell = self.cell_rect(row, first)
                side = min(MARK_PX, cell.height() - 4)
                if number:
                    x = cell.left() + min(cell.width() / 2, side) - side / 2 + 1
                else:
                    x = grid.left() - theme.GRID - side
                paint_mark(painter, QRectF(x, cell.center().y() - side / 2 - 0.5, side, side), now)

    def _paint_curves(self, painter: QPainter, plan: PlanTimeline) -> None:
        """One line for each speed; it begins where the first stage of that speed joins."""
        tokens, grid = theme.current(), self._grid()
        area = QRectF(grid.left(), 16, grid.width(), self._curve_px() - 16)
        painter.setPen(QColor(tokens.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        lines: dict[float, tuple[int, int]] = {}  # rate -> first epoch, row
        for number, first in enumerate(plan.first_epochs):
            for row in reversed(range(len(plan.rows))):
                rate = plan.cells[number][row].rate
                if rate is not None:
                    lines.setdefault(rate, (first, row))
        factors = [factor for _, factor in self._curve if factor > 0]
        if not lines or not factors:
            return
        top, low = plan.fastest, plan.learning_rate * min(lines) * min(factors)
        top = max(top, plan.learning_rate * max(lines) * max(factors))
        is_log = self._is_log and top > low > 0
        decades = min(MOST_DECADES, max(1.0, log10(top / low))) if is_log else 1.0
        for rate, (first, row) in sorted(lines.items()):
            points = QPolygonF()
            for done, factor in self._curve:
                if done < first - 1:
                    continue
                value = plan.learning_rate * rate * factor
                share = value / top
                if is_log:
                    share = 1 + log10(max(share, 10.0**-decades)) / decades
                x = area.left() + area.width() * done / plan.epochs
                points.append(QPointF(x, area.bottom() - 2 - (area.height() - 4) * share))
            colour = start_colour(plan.rows[row].start)
            painter.setPen(QPen(colour, 2 if rate == max(lines) else 1.4))
            painter.drawPolyline(points)
        painter.setPen(QColor(tokens.text_soft))
        names = QRectF(0, area.top() - 8, grid.left() - theme.GRID, 16)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(names, side, _rate(top))
        names.moveTop(area.bottom() - 9)
        painter.drawText(names, side, _rate(top * 10.0**-decades) if is_log else "0")

    def _paint_axis(self, painter: QPainter, plan: PlanTimeline) -> None:
        grid, metrics = self._grid(), QFontMetrics(self._font())
        painter.setPen(QColor(theme.current().text_soft))
        wide = grid.width() / plan.epochs
        last = metrics.horizontalAdvance(str(plan.epochs)) + 12
        step = next((n for n in TICKS if n * wide >= last), TICKS[-1])
        ticks = [1, *(n for n in range(step, plan.epochs + 1, step) if n > 1)]
        if len(ticks) > 1 and (ticks[1] - 1) * wide < last:
            ticks.pop(1)
        for epoch in ticks:
            middle = self.cell_rect(0, epoch).center().x()
            box = QRectF(middle - 40, grid.bottom() + 2, 80, AXIS_PX - 4)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(epoch))
        box = QRectF(0, grid.bottom() + 2, grid.left() - theme.GRID, AXIS_PX - 4)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, side, self.tr("epoch"))

    def _paint_point(self, painter: QPainter) -> None:
        row, epoch = self._point
        if epoch:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.current().text), 1.5))
            painter.drawRect(self.cell_rect(row, epoch).adjusted(-0.5, -0.5, -0.5, -0.5))

    # -- pointer and keys ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.point_at(0, 0)
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.point_at(*self._at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step, plan = steps.get(Qt.Key(event.key())), self._plan
        if step is None or plan is None:
            super().keyPressEvent(event)
            return
        row, epoch = self._point if self._point[1] else (len(plan.rows) - 1, 0 - min(step[1], 0))
        row = min(max(row + step[0], 0), len(plan.rows) - 1)
        self.point_at(row, min(max(epoch + step[1], 1), plan.epochs))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.point_at(0, 0)


def paint_mark(painter: QPainter, area: QRectF, statistics: Statistics) -> None:
    """A ring where running statistics are frozen, a disc where they move, half of one between."""
    tokens = theme.current()
    colour = QColor(tokens.frozen if statistics is Statistics.FIXED else tokens.text)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(QColor(tokens.surface))
    painter.drawEllipse(area)
    painter.setBrush(colour)
    if statistics is Statistics.MOVE:
        painter.drawEllipse(area)
    elif statistics is Statistics.SOME_MOVE:
        painter.drawPie(area, 90 * 16, 180 * 16)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _rate(rate: float) -> str:
    return formats.learning_rate(float(f"{rate:.2g}"))

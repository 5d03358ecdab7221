"""The logits of some classes as bars that a person drags, and what functions make of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.formula_line import number
from tlstudio.gui.kit import accessible, theme

LOW, HIGH = -6.0, 14.0
STEP = 0.1
NUDGE = 0.5  # by an arrow key
HEAD_PX, ROW_PX, BAR_PX = 32, 48, 16
ROWS, MOST_ROW_PX = 5, 84  # in a large window
NAME_PX, NUMBER_PX, GAP_PX = 136, 56, 24


class LogitTable(QWidget):
    """A row for each class, a column for each function, and the sum of each column below.

    Args:
        name: for screen readers.
        titles: of the four columns: classes, identity, softmax, sigmoid.
        total: of the row of sums.

    Signals:
        moved(int, float): a person gave the logit of this row this value.
        row_chosen(int): a person chose a row.
    """

    moved = Signal(int, float)
    row_chosen = Signal(int)

    spoken_as = accessible.Role.List

    def __init__(
        self, name: str, titles: Sequence[str], total: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._titles, self._total = tuple(titles), total
        self._names: tuple[str, ...] = ()
        self._columns: tuple[tuple[float, ...], ...] = ((), (), ())
        self._at = 0
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(2 * HEAD_PX + ROWS * MOST_ROW_PX)

    @property
    def row(self) -> int:
        return self._at

    def set_row(self, row: int) -> None:
        """Choose a row; nothing is emitted."""
        self._at = row
        self.update()

    def show_values(
        self,
        names: Sequence[str],
        logits: Sequence[float],
        softmax: Sequence[float],
        sigmoid: Sequence[float],
    ) -> None:
        self._names = tuple(names)
        self._columns = (tuple(logits), tuple(softmax), tuple(sigmoid))
        self._at = min(self._at, max(0, len(self._names) - 1))
        self.updateGeometry()
        self.update()

    def spoken_count(self) -> int:
        return len(self._names)

    def spoken_text(self, index: int) -> str:
        values = (number(column[index], 3) for column in self._columns)
        said = zip(self._titles[1:], values, strict=True)
        return ", ".join([self._names[index], *(f"{title} {value}" for title, value in said)])

    def spoken_rect(self, index: int) -> object:
        return self._row_rect(index).toRect()

    def spoken_current(self) -> int:
        return self._at

    @property
    def _row_px(self) -> int:
        room = (self.height() - 2 * HEAD_PX) // (len(self._names) or ROWS)
        return min(max(ROW_PX, room), MOST_ROW_PX)

    def sizeHint(self) -> QSize:
        return QSize(640, HEAD_PX + (len(self._names) or ROWS) * ROW_PX + HEAD_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(520, self.sizeHint().height())

    def point_of(self, row: int, logit: float) -> QPointF:
        """Where a logit of this value is in the widget."""
        column = self._column(0)
        x = column.left() + column.width() * (logit - LOW) / (HIGH - LOW)
        return QPointF(x, self._row_rect(row).center().y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int((event.position().y() - HEAD_PX) // self._row_px)
        if 0 <= row < len(self._names):
            self._choose(row)
            self._drag_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._names:
            self._drag_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                further = 1 if event.key() == Qt.Key.Key_Down else -1
                self._choose(max(0, min(self._at + further, len(self._names) - 1)))
            case Qt.Key.Key_Left | Qt.Key.Key_Right if self._names:
                change = NUDGE if event.key() == Qt.Key.Key_Right else -NUDGE
                self._set(self._columns[0][self._at] + change)
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.current()
        self._paint_head(painter)
        for index in range(len(self._names)):
            row = self._row_rect(index)
            is_chosen = index == self._at
            if is_chosen:
                painter.fillRect(row, QColor(tokens.accent_soft))
            font = QFont(self.font())
            font.setWeight(QFont.Weight.DemiBold if is_chosen else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(tokens.text))
            words = QRectF(row.left() + theme.GRID, row.top(), NAME_PX - theme.GRID, row.height())
            name = painter.fontMetrics().elidedText(
                self._names[index], Qt.TextElideMode.ElideRight, int(words.width())
            )
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
            for column in range(3):
                self._paint_cell(painter, index, column)
        self._paint_sums(painter)

    def _paint_head(self, painter: QPainter) -> None:
        painter.setPen(QColor(theme.current().text_soft))
        middle = Qt.AlignmentFlag.AlignVCenter
        for column, title in enumerate(self._titles):
            area = self._column(column - 1) if column else QRectF(theme.GRID, 0, NAME_PX, 1)
            room = QRectF(area.left(), 0, area.width() + NUMBER_PX, HEAD_PX)
            painter.drawText(room, middle, title)

    def _paint_cell(self, painter: QPainter, index: int, column: int) -> None:
        tokens = theme.current()
        area, row = self._column(column), self._row_rect(index)
        value = self._columns[column][index]
        low, high = (LOW, HIGH) if column == 0 else (0.0, 1.0)
        scale = area.width() / (high - low)
        zero = area.left() + (0 - low) * scale
        end = area.left() + (max(low, min(high, value)) - low) * scale
        top = row.center().y() - BAR_PX / 2
        painter.fillRect(QRectF(area.left(), top, area.width(), BAR_PX), QColor(tokens.raised))
        colour = QColor((tokens.accent, tokens.train, tokens.val)[column])
        painter.fillRect(QRectF(min(zero, end), top, abs(end - zero), BAR_PX), colour)
        if column == 0:  # what is dragged
            painter.setPen(QPen(QColor(tokens.line_strong), 1))
            painter.drawLine(QPointF(zero, row.top() + 8), QPointF(zero, row.bottom() - 8))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(QColor(tokens.surface))
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawEllipse(QPointF(end, row.center().y()), 8, 8)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(tokens.text))
        room = QRectF(area.right(), row.top(), NUMBER_PX, row.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, right, number(value, 1 if column == 0 else 3))

    def _paint_sums(self, painter: QPainter) -> None:
        if not self._names:
            return
        tokens = theme.current()
        top = HEAD_PX + len(self._names) * self._row_px
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(0, top, self.width(), top)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(theme.GRID, top, NAME_PX, HEAD_PX), middle, self._total)
        for column in range(3):
            room = QRectF(self._column(column).right(), top, NUMBER_PX, HEAD_PX)
            text = number(sum(self._columns[column]), 1 if column == 0 else 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, text)

    def _column(self, column: int) -> QRectF:
        """The bars of a column: the one that is dragged is as wide as both others."""
        room = self.width() - NAME_PX - 3 * NUMBER_PX - 3 * GAP_PX
        part = room / 4
        lefts = (0.0, 2 * part, 3 * part)
        left = NAME_PX + lefts[column] + column * (NUMBER_PX + GAP_PX) + GAP_PX / 2
        return QRectF(left, 0, 2 * part if column == 0 else part, self.height())

    def _row_rect(self, index: int) -> QRectF:
        return QRectF(0, HEAD_PX + index * self._row_px, self.width(), self._row_px)

    def _choose(self, row: int) -> None:
        if row != self._at:
            self.set_row(row)
            self.row_chosen.emit(row)

    def _drag_to(self, x: float) -> None:
        column = self._column(0)
        self._set(LOW + (HIGH - LOW) * (x - column.left()) / column.width())

    def _set(self, logit: float) -> None:
        logit = max(LOW, min(HIGH, round(logit / STEP) * STEP))
        if abs(logit - self._columns[0][self._at]) >= STEP / 2:
            self.moved.emit(self._at, logit)

"""The list of accuracies per class; a click shows only that class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import theme

ROW_PX = 44
BAR_PX = 4
EDGE_PX = 8


@dataclass(frozen=True, slots=True)
class ClassCount:
    """The number of recognised images of a class, and of all its images."""

    name: str
    right: int
    total: int


class ClassAccuracyList(QWidget):
    """A row for each class: name, right of total, bar. One of them may be chosen.

    Signals:
        chosen(int): a class index; -1 for all classes.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: tuple[ClassCount, ...] = ()
        self._current = -1
        self._hovered = -1
        self._focused = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Accuracy of each class"))

    @property
    def counts(self) -> tuple[ClassCount, ...]:
        return self._counts

    def set_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show these classes, in class order."""
        self._counts = tuple(counts)
        self._focused = min(self._focused, max(0, len(self._counts) - 1))
        self.setAccessibleDescription(
            ", ".join(
                self.tr("{name}: {right} of {total}").format(
                    name=c.name, right=c.right, total=c.total
                )
                for c in self._counts
            )
        )
        self.updateGeometry()
        self.update()

    def set_current(self, index: int) -> None:
        """Mark a class as chosen; -1 for none. Emits nothing."""
        self._current = index
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(184, ROW_PX * len(self._counts))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, count in enumerate(self._counts):
            row = self._row(number)
            if row.intersects(event.rect()):
                self._paint_row(painter, row, number, count)

    def _paint_row(self, painter: QPainter, row: QRect, number: int, count: ClassCount) -> None:
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        if self.hasFocus() and number == self._focused:
            painter.setPen(QPen(QColor(tokens.accent), 1))
        fill = {self._current: tokens.accent_soft, self._hovered: tokens.raised}
        if number == self._current or number == self._hovered:
            painter.setBrush(QColor(fill[number]))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

        inner = row.adjusted(EDGE_PX, 6, -EDGE_PX, -6)
        metrics = QFontMetrics(self.font())
        numbers = f"{count.right} / {count.total}"
        numbers_px = metrics.horizontalAdvance(numbers)
        name = metrics.elidedText(
            count.name, Qt.TextElideMode.ElideMiddle, inner.width() - numbers_px - 12
        )
        top = int(Qt.AlignmentFlag.AlignTop)
        painter.setPen(QColor(tokens.text))
        painter.drawText(inner, top, name)
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(inner, top | int(Qt.AlignmentFlag.AlignRight), numbers)

        bar = QRectF(inner.left(), inner.bottom() - BAR_PX, inner.width(), BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised if number != self._hovered else tokens.line))
        painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)
        if count.right:
            bar.setWidth(max(BAR_PX, bar.width() * count.right / count.total))
            painter.setBrush(QColor(tokens.right))
            painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._row_at(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._row_at(event.position().toPoint().y())
        if event.button() == Qt.MouseButton.LeftButton and number >= 0:
            self._choose(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._counts) - 1
        match event.key():
            case Qt.Key.Key_Up:
                self._focused = max(0, self._focused - 1)
            case Qt.Key.Key_Down:
                self._focused = min(last, self._focused + 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if self._counts:
                self._choose(self._focused)
            case _:
                super().keyPressEvent(event)
        self.update()

    def _choose(self, number: int) -> None:
        """Choosing the chosen class again shows all."""
        self._focused = number
        self._current = -1 if number == self._current else number
        self.update()
        self.chosen.emit(self._current)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()

    def _row(self, number: int) -> QRect:
        return QRect(0, number * ROW_PX, self.width(), ROW_PX)

    def _row_at(self, y: int) -> int:
        number = y // ROW_PX
        return number if 0 <= number < len(self._counts) else -1

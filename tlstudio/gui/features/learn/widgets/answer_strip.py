"""The cards of a quiz in a row: which are right, wrong, or not answered yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import accessible, theme

MARK_PX = 12
MOST_PX = 22  # from one mark to the next
HEIGHT_PX = 28


class AnswerStrip(QWidget):
    """A mark for each card: a disc is right, a cross is wrong, a ring is open.

    Signals:
        chosen(int): a person clicked on a card.
    """

    chosen = Signal(int)

    spoken_as = accessible.Role.StaticText

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[bool | None, ...] = ()
        self._at = 0
        self.setFixedHeight(HEIGHT_PX)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_marks(self, marks: Sequence[bool | None], at: int) -> None:
        """Show which are right, and the card that is shown."""
        self._marks, self._at = tuple(marks), at
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(MOST_PX * max(1, len(self._marks)), HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(MARK_PX, HEIGHT_PX)

    @property
    def _step(self) -> float:
        return min(MOST_PX, self.width() / max(1, len(self._marks)))

    def center_of(self, number: int) -> QPointF:
        """Where the mark of a card is."""
        return QPointF((number + 0.5) * self._step, HEIGHT_PX / 2 - 3)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = int(event.position().x() // self._step)
        if self.rect().contains(event.position().toPoint()) and number < len(self._marks):
            self.chosen.emit(number)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(MARK_PX, self._step - 2)
        for number, is_right in enumerate(self._marks):
            center = self.center_of(number)
            box = QRectF(center.x() - side / 2, center.y() - side / 2, side, side)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if is_right is None:
                painter.setPen(QPen(QColor(tokens.line_strong), 1.5))
                painter.drawEllipse(box.adjusted(1, 1, -1, -1))
            elif is_right:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.right))
                painter.drawEllipse(box)
            else:
                painter.setPen(QPen(QColor(tokens.wrong), 2.5))
                inner = box.adjusted(2, 2, -2, -2)
                painter.drawLine(inner.topLeft(), inner.bottomRight())
                painter.drawLine(inner.topRight(), inner.bottomLeft())
            if number == self._at:
                painter.setPen(QPen(QColor(tokens.accent), 2))
                below = box.bottom() + 5
                painter.drawLine(QPointF(box.left(), below), QPointF(box.right(), below))

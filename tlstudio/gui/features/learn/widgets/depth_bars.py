"""A bar for each layer along the depth of a network; a person drags from layer to layer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.learn.widgets.dragged import DraggedRow
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.kit import theme

HEAD_PX, AXIS_PX = 40, 20
WIDEST_PX = 96
GAP = 0.25  # of a bar's place


class DepthBars(DraggedRow):
    """Soft bars of what is possible, with solid ones of what was measured inside them.

    Args:
        name: for screen readers.
        title: above the bars.
        ends: below the first and the last bar.
    """

    def __init__(
        self, name: str, title: str, ends: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self._title, self._ends = title, ends
        self._heights: tuple[int, ...] = ()
        self._measured: dict[int, int] = {}
        self._mark: tuple[int, str] | None = None

    def count(self) -> int:
        return len(self._heights)

    def place_at(self, x: float) -> int:
        area, place = self._area()
        return int((x - area.left()) // place)

    def set_heights(self, heights: Sequence[int], mark: tuple[int, str]) -> None:
        """Show other bars, none of them measured.

        Args:
            mark: a height and its name, for a line across all bars.
        """
        self._heights, self._mark, self._measured = tuple(heights), mark, {}
        self.set_position(self.position)

    def set_measured(self, measured: dict[int, int]) -> None:
        """Show what was measured, by the numbers of the bars."""
        self._measured = dict(measured)
        self.update()

    def set_position(self, position: int) -> None:
        super().set_position(position)
        if self._heights:
            said = f"{self.position + 1} / {len(self._heights)}: {self._heights[self.position]}"
            self.setAccessibleDescription(said)

    def bar_rect(self, number: int) -> QRectF:
        """Where a bar is in the widget."""
        area, place = self._area()
        return self._bar(area, place, number, self._heights[number])

    def sizeHint(self) -> QSize:
        return QSize(400, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.current()
        area, place = self._area()
        painter.setPen(QColor(tokens.text))
        head = QRectF(area.left(), theme.GRID / 2, area.width(), HEAD_PX)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, self._title)
        for number, height in enumerate(self._heights):
            is_chosen = number == self.position
            bar = self._bar(area, place, number, height)
            painter.fillRect(bar, QColor(tokens.accent if is_chosen else tokens.line_strong))
            measured = self._measured.get(number)
            if measured is not None:
                inner = self._bar(area, place, number, measured)
                painter.fillRect(inner, QColor(tokens.val))
        if self._mark is not None and self._heights:
            self._paint_mark(painter, area, *self._mark)
            self._paint_number(painter, self.bar_rect(self.position))
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_ends(painter, area)

    def _area(self) -> tuple[QRectF, float]:
        """Where all bars are, and how wide the place of one is."""
        grid = theme.GRID
        area = QRectF(self.rect()).adjusted(grid, HEAD_PX + grid, -grid, -AXIS_PX)
        return area, min(area.width() / max(1, len(self._heights)), WIDEST_PX)

    @property
    def _highest(self) -> int:
        """What the whole height stands for: the mark is never below a bar that it is above."""
        return max(*self._heights, self._mark[0] if self._mark is not None else 0, 1)

    def _bar(self, area: QRectF, place: float, number: int, height: int) -> QRectF:
        high = area.height() * height / self._highest
        gap = place * GAP
        left = area.left() + number * place + gap / 2
        return QRectF(left, area.bottom() - high, place - gap, high)

    def _paint_mark(self, painter: QPainter, area: QRectF, height: int, name: str) -> None:
        y = area.bottom() - area.height() * height / self._highest
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(tokens.text))
        room = QRectF(area.left(), y - AXIS_PX, area.width(), AXIS_PX - 2)
        used = self._area()[1] * len(self._heights)
        is_beside = area.width() - used > painter.fontMetrics().horizontalAdvance(name)
        side = Qt.AlignmentFlag.AlignRight if is_beside else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, side | Qt.AlignmentFlag.AlignBottom, name)

    def _paint_number(self, painter: QPainter, bar: QRectF) -> None:
        """The height of the chosen bar, above it."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().accent))
        above = QRectF(bar.center().x() - 40, bar.top() - AXIS_PX, 80, AXIS_PX - 2)
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        painter.drawText(above, bottom, str(self._heights[self.position]))
        painter.setFont(self.font())

    def _paint_ends(self, painter: QPainter, area: QRectF) -> None:
        set_font(painter, theme.TEXT_SMALL_PX)
        painter.setPen(QColor(theme.current().text_soft))
        last = area.left() + self._area()[1] * len(self._heights)
        below = QRectF(area.left(), area.bottom() + 2, last - area.left(), AXIS_PX - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self._ends[0])
        if len(self._heights) > 1:
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._ends[1])
        painter.setFont(self.font())

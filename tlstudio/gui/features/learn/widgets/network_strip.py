"""A network as a row of its stages: what is frozen, what trains, and perhaps a border between."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.cases import Part
from tlstudio.gui.features.learn.widgets.dragged import DraggedRow
from tlstudio.gui.features.learn.widgets.fonts import set_font
from tlstudio.gui.kit import formats, icons, theme

GAP_PX = 6
COUNT_PX, NAME_PX = 22, 22
LEAST_SHARE = 0.3  # of the height, for the stage with the fewest parameters
HANDLE_PX = 10
LOCK_PX = 18


class NetworkStrip(DraggedRow):
    """Blocks from the input to the head; a higher one has more parameters (by their logarithm).

    Args:
        can_drag: whether the border between frozen and trained can be dragged; its position is
            how many stages stay frozen. The head always trains.
    """

    def __init__(self, parent: QWidget | None = None, *, can_drag: bool = False) -> None:
        super().__init__("", parent, can_drag=can_drag, cursor=Qt.CursorShape.SplitHCursor)
        self._parts: tuple[Part, ...] = ()
        self.setAccessibleName(self.tr("What trains of the network"))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The stages that are shown."""
        return self._parts

    def count(self) -> int:
        return len(self._parts)

    def place_at(self, x: float) -> int:
        return round(x * len(self._parts) / max(1, self.width()))

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Show these stages."""
        self._parts = tuple(parts)
        training = [part.name for part in self._parts if part.rate]
        self.setAccessibleDescription(self.tr("trains: {names}").format(names=", ".join(training)))
        self.update()

    def part_rect(self, at: int) -> QRectF:
        """Where a stage is in the widget."""
        count = max(1, len(self._parts))
        wide = self.width() / count
        return QRectF(at * wide + GAP_PX / 2, 0, wide - GAP_PX, self.height())

    def sizeHint(self) -> QSize:
        return QSize(440, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, part in enumerate(self._parts):
            self._paint_part(painter, self.part_rect(at), part)
        if self.can_drag and self._parts:
            self._paint_border(painter)

    def _paint_part(self, painter: QPainter, column: QRectF, part: Part) -> None:
        tokens = theme.current()
        block = self._block(column, part)
        colour = QColor(tokens.accent if part.rate else tokens.raised)
        if 0 < part.rate < 1:
            colour = QColor(tokens.accent_soft)
        painter.setPen(QPen(QColor(tokens.accent if part.rate else tokens.line_strong), 1))
        painter.setBrush(colour)
        painter.drawRoundedRect(block, theme.GRID / 2, theme.GRID / 2)
        set_font(painter, theme.TEXT_SMALL_PX)
        painter.setPen(QColor(tokens.text_soft))
        above = QRectF(column.left(), block.top() - COUNT_PX, column.width(), COUNT_PX)
        self._text(painter, above, formats.compact(part.parameters))
        painter.setPen(QColor(tokens.text))
        below = QRectF(column.left(), block.bottom(), column.width(), NAME_PX)
        self._text(painter, below, part.name)
        if not part.rate:
            lock = QRectF(0, 0, LOCK_PX, LOCK_PX)
            lock.moveCenter(block.center())
            icons.icon("frozen", "frozen").paint(painter, lock.toRect())
            return
        set_font(painter, theme.TEXT_PX + 2, strong=True)
        painter.setPen(QColor(tokens.on_accent if part.rate >= 1 else tokens.accent))
        self._text(painter, block, f"×{part.rate:g}")

    def _block(self, column: QRectF, part: Part) -> QRectF:
        sizes = [math.log10(max(10, each.parameters)) for each in self._parts]
        low, high = min(sizes), max(sizes)
        share = (math.log10(max(10, part.parameters)) - low) / ((high - low) or 1)
        handle = 2 * HANDLE_PX if self.can_drag else 0
        room = column.height() - handle - COUNT_PX - NAME_PX
        height = room * (LEAST_SHARE + (1 - LEAST_SHARE) * share)
        return QRectF(column.left(), column.bottom() - NAME_PX - height, column.width(), height)

    def _paint_border(self, painter: QPainter) -> None:
        tokens = theme.current()
        x = max(2.0, self.position * self.width() / len(self._parts))
        bottom = self.height() - NAME_PX
        painter.setPen(QPen(QColor(tokens.val), 3))
        painter.drawLine(QPointF(x, HANDLE_PX), QPointF(x, bottom))
        painter.setPen(QPen(QColor(tokens.surface), 2))
        painter.setBrush(QColor(tokens.val))
        painter.drawEllipse(QPointF(max(x, HANDLE_PX + 2.0), HANDLE_PX + 2.0), HANDLE_PX, HANDLE_PX)

    def _text(self, painter: QPainter, room: QRectF, text: str) -> None:
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideLeft, int(room.width()) + GAP_PX)
        wide = room.adjusted(-GAP_PX, 0, GAP_PX, 0)
        painter.drawText(wide, Qt.AlignmentFlag.AlignCenter, shown)

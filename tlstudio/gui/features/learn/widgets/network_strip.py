"""A network as a row of its stages: what is frozen, what trains, and perhaps a border between."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.lessons.cases import Part
from tlstudio.gui.kit import accessible, formats, icons, theme

GAP_PX = 6
COUNT_PX, NAME_PX = 22, 22
LEAST_SHARE = 0.3  # of the height, for the stage with the fewest parameters
HANDLE_PX = 10
LOCK_PX = 18


class NetworkStrip(QWidget):
    """Blocks from the input to the head; a higher one has more parameters (by their logarithm).

    Args:
        can_drag: whether the border between frozen and trained can be dragged.

    Signals:
        moved(int): a person moved the border; so many stages are frozen.
    """

    moved = Signal(int)

    spoken_as = accessible.Role.Graphic

    def __init__(self, parent: QWidget | None = None, *, can_drag: bool = False) -> None:
        super().__init__(parent)
        self._parts: tuple[Part, ...] = ()
        self._can_drag = can_drag
        self._border = 0
        self.setAccessibleName(self.tr("What trains of the network"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if can_drag:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.SplitHCursor)

    @property
    def border(self) -> int:
        """How many stages stay frozen; the head always trains."""
        return self._border

    @property
    def parts(self) -> tuple[Part, ...]:
        """The stages that are shown."""
        return self._parts

    def set_border(self, border: int) -> None:
        """Put the border behind so many stages; nothing is emitted."""
        self._border = max(0, min(border, len(self._parts) - 1))
        self.update()

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._can_drag and self._parts:
            self._move(round(event.position().x() * len(self._parts) / max(1, self.width())))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        ends = {Qt.Key.Key_Home: -len(self._parts), Qt.Key.Key_End: len(self._parts)}
        step = (steps | ends).get(Qt.Key(event.key()))
        if step is None or not self._can_drag:
            super().keyPressEvent(event)
        else:
            self._move(self._border + step)

    def _move(self, border: int) -> None:
        before = self._border
        self.set_border(border)
        if self._border != before:
            self.moved.emit(self._border)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, part in enumerate(self._parts):
            self._paint_part(painter, self.part_rect(at), part)
        if self._can_drag and self._parts:
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
        painter.setFont(self._font(theme.TEXT_SMALL_PX))
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
        painter.setFont(self._font(theme.TEXT_PX + 2, strong=True))
        painter.setPen(QColor(tokens.on_accent if part.rate >= 1 else tokens.accent))
        self._text(painter, block, f"×{part.rate:g}")

    def _block(self, column: QRectF, part: Part) -> QRectF:
        sizes = [math.log10(max(10, each.parameters)) for each in self._parts]
        low, high = min(sizes), max(sizes)
        share = (math.log10(max(10, part.parameters)) - low) / ((high - low) or 1)
        handle = 2 * HANDLE_PX if self._can_drag else 0
        room = column.height() - handle - COUNT_PX - NAME_PX
        height = room * (LEAST_SHARE + (1 - LEAST_SHARE) * share)
        return QRectF(column.left(), column.bottom() - NAME_PX - height, column.width(), height)

    def _paint_border(self, painter: QPainter) -> None:
        tokens = theme.current()
        x = max(2.0, self._border * self.width() / len(self._parts))
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

    def _font(self, pixels: int, *, strong: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        if strong:
            font.setWeight(QFont.Weight.DemiBold)
        return font

"""The blocks of a network in a row, with arcs for the shortcuts around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.features.learn.widgets.dragged import Dragged
from tlstudio.gui.kit import accessible, theme

BLOCK_PX, ARC_PX = 24, 20


class BlockChain(Dragged):
    """A person chooses a block that has a shortcut, by click or arrow keys.

    A block's colour is the fuller the more of it is added; one that is dropped is empty.

    Args:
        name: for screen readers.

    Signals:
        chosen(str): a person chose the block of this path.
    """

    chosen = Signal(str)

    spoken_as = accessible.Role.List

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._blocks: Sequence[tuple[str, bool]] = ()
        self._scales: Mapping[str, float] = {}
        self._current = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def current(self) -> str:
        """Path of the block that is chosen; empty while there are none."""
        return self._current

    def set_blocks(self, blocks: Sequence[tuple[str, bool]], current: str) -> None:
        """Show blocks, each with its path and whether it has a shortcut."""
        self._blocks, self._current = blocks, current
        self.update()

    def set_scales(self, scales: Mapping[str, float]) -> None:
        """By what the blocks are multiplied; 1 where nothing is said."""
        self._scales = scales
        self.update()

    def block_rect(self, path: str) -> QRectF:
        """Where a block is."""
        number = next(at for at, (own, _) in enumerate(self._blocks) if own == path)
        return self._block(number)

    def spoken_count(self) -> int:
        return len(self._blocks)

    def spoken_text(self, index: int) -> str:
        path, has_shortcut = self._blocks[index]
        return f"{path} × {self._scales.get(path, 1):g}" if has_shortcut else path

    def spoken_rect(self, index: int) -> QRect:
        return self._block(index).toRect()

    def spoken_current(self) -> int:
        paths = [path for path, _ in self._blocks]
        return paths.index(self._current) if self._current in paths else -1

    def sizeHint(self) -> QSize:
        return QSize(560, BLOCK_PX + ARC_PX + 12)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, BLOCK_PX + ARC_PX + 12)

    def drag_to(self, at: QPointF) -> None:
        for number, (path, has_shortcut) in enumerate(self._blocks):
            area = self._block(number).adjusted(-4, -ARC_PX, 4, 8)
            if has_shortcut and area.contains(at):
                self._choose(path)

    def press(self, key: int, *, is_far: bool) -> bool:
        further = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}.get(key)
        paths = [path for path, has_shortcut in self._blocks if has_shortcut]
        if further is None or self._current not in paths:
            return False
        at = paths.index(self._current) + further
        self._choose(paths[max(0, min(at, len(paths) - 1))])
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._blocks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme.current()
        first, last = self._block(0), self._block(len(self._blocks) - 1)
        painter.setPen(QPen(QColor(tokens.line_strong), 2))
        painter.drawLine(QPointF(0, first.center().y()), QPointF(self.width(), last.center().y()))
        for number, (path, has_shortcut) in enumerate(self._blocks):
            self._paint_block(painter, self._block(number), path, has_shortcut)

    def _paint_block(self, painter: QPainter, place: QRectF, path: str, has_shortcut: bool) -> None:
        tokens = theme.current()
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.setBrush(QColor(tokens.raised))
        if has_shortcut:
            scale = self._scales.get(path, 1)
            arc = QPainterPath(QPointF(place.left() - 4, place.center().y()))
            over = place.top() - ARC_PX
            arc.cubicTo(
                QPointF(place.left() - 4, over),
                QPointF(place.right() + 4, over),
                QPointF(place.right() + 4, place.center().y()),
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.entry_2), 2))
            painter.drawPath(arc)
            colour = QColor(tokens.entry_1)
            painter.setBrush(QColor(tokens.surface))
            painter.setPen(
                QPen(colour, 1.5, Qt.PenStyle.SolidLine if scale else Qt.PenStyle.DotLine)
            )
            painter.drawRoundedRect(place, 4, 4)
            colour.setAlphaF(min(1.0, float(scale)) * 0.85)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
        painter.drawRoundedRect(place, 4, 4)
        if path == self._current:
            self._paint_current(painter, place)

    def _paint_current(self, painter: QPainter, place: QRectF) -> None:
        accent = QColor(theme.current().accent)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 2 if self.hasFocus() else 1.5))
        painter.drawRoundedRect(place.adjusted(-3, -3, 3, 3), 6, 6)
        below = QRectF(place.left(), place.bottom() + 6, place.width(), 3)
        painter.fillRect(below, accent)

    def _block(self, number: int) -> QRectF:
        step = self.width() / len(self._blocks)
        side = min(BLOCK_PX, 0.65 * step)
        return QRectF((number + 0.5) * step - side / 2, ARC_PX, side, side)

    def _choose(self, path: str) -> None:
        if path != self._current:
            self._current = path
            self.update()
            accessible.tell_current(self)
            self.chosen.emit(path)

"""A dense grid of little pictures with a number each: feature maps, or filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.cell_area import CellArea
from tlstudio.gui.kit.grid_geometry import GridGeometry
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.picture_painting import draw_picture

CELL_PX, CELL_MAX_PX = 76, 208
CELL_STEP_PX = 8
GAP_PX = 8
PAIR_GAP_PX = 2
RADIUS_PX = 4
NUMBER_PX = 11


@dataclass(frozen=True, slots=True)
class MapCell:
    """A cell: its pictures side by side, the number in its corner, and its tooltip."""

    pixmaps: tuple[QPixmap, ...]
    number: str
    text: str = ""


class MapGrid(CellArea):
    """Cells in rows that fill the width; one may be chosen by mouse and by keyboard.

    Signals:
        hovered(int): the mouse is over another cell, or the keyboard went there; -1 for none.
        activated(int): click, Enter or Space on a cell.
        page_wanted(int): PageUp at the top (-1) or PageDown at the bottom (1).
    """

    hovered = Signal(int)
    activated = Signal(int)
    page_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "feature-map")
        self._cells: Sequence[MapCell] = ()
        self._text = ""
        self._current = -1
        self._is_stale = False
        self._geometry = self._fitted()
        self.viewport().setMouseTracking(True)

    @property
    def cells(self) -> Sequence[MapCell]:
        return self._cells

    @property
    def current_index(self) -> int:
        """The cell that the keyboard is on; -1 for none."""
        return self._current

    def set_cells(self, cells: Sequence[MapCell]) -> None:
        """Show these; the scroll position and the chosen place stay where they can."""
        self._cells, self._text, self._is_stale = cells, "", False
        self._current = self._current if self._current < len(cells) else -1
        self._hovered = -1
        self.setAccessibleDescription(self.tr("%n picture(s)", "", len(cells)))
        self._arrange()

    def set_text(self, text: str) -> None:
        """Words in place of cells."""
        self._cells, self._text, self._current, self._hovered = (), text, -1, -1
        self.setAccessibleDescription(text)
        self._arrange()

    def set_stale(self, is_stale: bool) -> None:
        """Fade what is shown while its successor is on its way."""
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.viewport().update()

    def set_current_index(self, index: int) -> None:
        """Go to a cell and bring it into view; -1 for none."""
        self._current = index if 0 <= index < len(self._cells) else -1
        if self._current >= 0:
            self._bring_into_view(self._current)
            self.setAccessibleDescription(self._cells[self._current].text)
            accessible.tell_current(self)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(560, 400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _fitted(self) -> GridGeometry:
        """The largest cells with which all are in sight; small ones where they never are."""
        for cell_px in range(CELL_MAX_PX, CELL_PX, -CELL_STEP_PX):
            geometry = self._with_cells(cell_px)
            if geometry.height_px <= self.viewport().height():
                return geometry
        return self._with_cells(CELL_PX)

    def _with_cells(self, cell_px: int) -> GridGeometry:
        parts = max(1, len(self._cells[0].pixmaps)) if self._cells else 1
        return GridGeometry.fitted(
            len(self._cells),
            self.width() - self.verticalScrollBar().sizeHint().width(),  # whether it shows or not
            cell_px * parts,
            0,
            gap_px=GAP_PX,
            tall=1 / parts,
        )

    def _arrange(self) -> None:
        self._set_geometry(self._fitted(), 2)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._cells:
            self._paint_words(painter, self._text)
            return
        painter.setOpacity(0.5 if self._is_stale else 1.0)
        for index in self._visible():
            rect = self.cell_rect(index)
            if event.rect().intersects(rect.adjusted(-4, -4, 4, 4)):
                self._paint_cell(painter, rect, index)

    def _paint_cell(self, painter: QPainter, rect: QRect, index: int) -> None:
        cell = self._cells[index]
        ratio = self.devicePixelRatioF()
        width = (rect.width() - PAIR_GAP_PX * (len(cell.pixmaps) - 1)) / max(1, len(cell.pixmaps))
        for number, pixmap in enumerate(cell.pixmaps):
            left = rect.left() + number * (width + PAIR_GAP_PX)
            place = QRectF(left, rect.top(), width, rect.height())
            draw_picture(painter, pixmap, place, ratio, RADIUS_PX)
        if index == self._hovered or (index == self._current and self.hasFocus()):
            tokens = theme.current()
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(-2, -2, 2, 2), 6, 6)
            self._paint_number(painter, rect, cell.number)

    def _paint_number(self, painter: QPainter, rect: QRect, number: str) -> None:
        """A chip in the corner, only where somebody looks: the pictures come first."""
        tokens = theme.current()
        font = QFont(self.font())
        font.setPixelSize(NUMBER_PX)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(number) + 8
        chip = QRectF(rect.left() + 4, rect.top() + 4, width, NUMBER_PX + 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(chip, 3, 3)
        painter.setPen(QColor(tokens.text))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, number)

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.set_current_index(index)
            self.activated.emit(index)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the first click may just have brought the grid back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, height = Qt.Key(event.key()), self.viewport().height()
        index = self._geometry.after_key(key, self._current, height)
        if index is not None and self._cells:
            if index == self._current and key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self.page_wanted.emit(1 if key == Qt.Key.Key_PageDown else -1)
                return
            self.set_current_index(index)
            self.hovered.emit(index)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current >= 0:
                self.activated.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._keyboard_focus and self._current < 0:
            self.set_current_index(0)
        self.viewport().update()

    def spoken_current(self) -> int:
        return self._current

    def _text_of(self, index: int) -> str:
        return self._cells[index].text

    def _hover(self, index: int) -> None:
        if index != self._hovered:
            for cell in (self._hovered, index):
                if cell >= 0:
                    self.viewport().update(self.cell_rect(cell).adjusted(-4, -4, 4, 4))
            self._hovered = index
            shape = Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.hovered.emit(index)

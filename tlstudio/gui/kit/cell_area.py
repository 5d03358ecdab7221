"""Rows of cells that scroll: where they are, what is under the mouse, and the words of a cell."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.grid_geometry import CellGeometry, GridGeometry

_REASONS = Qt.FocusReason
BY_KEY = (  # or by the studio, which puts the focus where the keys are wanted next
    _REASONS.OtherFocusReason,
    _REASONS.TabFocusReason,
    _REASONS.BacktabFocusReason,
    _REASONS.ShortcutFocusReason,
)
LEAST_STEP_PX = 24  # of a notch of the wheel


class CellArea(QAbstractScrollArea):
    """Shows a part of a `CellGeometry`; the grids that derive from it paint the cells."""

    spoken_as = accessible.Role.List

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._geometry: CellGeometry = GridGeometry.fitted(0, 0, LEAST_STEP_PX, 0)
        self._hovered = -1
        self._keyboard_focus = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def cell_rect(self, index: int) -> QRect:
        """Return the rectangle of a cell, in the coordinates of the viewport."""
        return self._geometry.cell(index).translated(0, -self.verticalScrollBar().value())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            if index >= 0:
                QToolTip.showText(
                    event.globalPos(), plain_tip(self._text_of(index)), self.viewport()
                )
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._index_at(event.position().toPoint()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._keyboard_focus = event.reason() in BY_KEY
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._keyboard_focus = False
        self.viewport().update()

    # -- for screen readers ----------------------------------------------------------------------

    def spoken_count(self) -> int:
        return self._geometry.count

    def spoken_text(self, index: int) -> str:
        return self._text_of(index)

    def spoken_rect(self, index: int) -> QRect:
        return self.cell_rect(index).translated(self.viewport().pos())

    def spoken_current(self) -> int:
        return -1

    # -- for the grids ---------------------------------------------------------------------------

    def _text_of(self, index: int) -> str:
        """Return the tooltip and accessible text of a cell."""
        return ""

    def _hover(self, index: int) -> None:
        """The mouse is over this cell; -1 for none."""
        if index != self._hovered:
            self._hovered = index
            self.viewport().update()

    def _set_geometry(self, geometry: CellGeometry, steps_a_row: int) -> None:
        """Let the bar reach all cells; it takes so many steps from row to row."""
        self._geometry = geometry
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, geometry.height_px - height))
        bar.setEnabled(bar.maximum() > 0)  # else it keeps its room, so that nothing jumps, unseen
        bar.setPageStep(height)
        bar.setSingleStep(max(LEAST_STEP_PX, geometry.pitch_px // steps_a_row))
        self.viewport().update()

    def _visible(self) -> range:
        return self._geometry.visible(self.verticalScrollBar().value(), self.viewport().height())

    def _index_at(self, point: QPoint) -> int:
        return self._geometry.index_at(point + QPoint(0, self.verticalScrollBar().value()))

    def _bring_into_view(self, index: int) -> None:
        bar, cell = self.verticalScrollBar(), self._geometry.cell(index)
        if cell.top() < bar.value():
            bar.setValue(cell.top() - 4)
        elif cell.bottom() > bar.value() + self.viewport().height():
            bar.setValue(cell.bottom() - self.viewport().height() + 4)

    def _paint_focus(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.viewport().rect().adjusted(1, 1, -1, -1), 6, 6)

    def _paint_words(self, painter: QPainter, text: str) -> None:
        """Paint a text in the place of the cells."""
        painter.setPen(QColor(theme.current().text_soft))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect().adjusted(24, 24, -24, -24), flags, text)

"""A table of whole rows: what is below the mouse is highlighted from edge to edge."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tlstudio.gui.kit import theme


class RowDelegate(QStyledItemDelegate):
    """Highlights the whole row below the mouse."""

    def __init__(self, table: RowTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # a row is chosen, not a cell
        if index.row() == self._table.hovered_row:
            option.state |= QStyle.StateFlag.State_MouseOver
        else:
            option.state &= ~QStyle.StateFlag.State_MouseOver


class RowTable(QTableView):
    """Rows without a grid, selected as a whole; nothing can be edited.

    Attributes:
        hovered_row: the row below the mouse; -1 for none.
    """

    def __init__(self, rows: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self._mouse_y: int | None = None  # in the viewport
        self.setModel(rows)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW_PX)
        rows.modelReset.connect(self._hover_below_mouse)
        rows.layoutChanged.connect(self._hover_below_mouse)
        self.verticalScrollBar().valueChanged.connect(self._hover_below_mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._mouse_y = event.position().toPoint().y()
        self._hover_below_mouse()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:  # for the header, too
            self._mouse_y = None
            self._hover_below_mouse()
        return super().viewportEvent(event)

    def _hover_below_mouse(self) -> None:
        row = -1 if self._mouse_y is None else self.rowAt(self._mouse_y)
        if row != self.hovered_row:
            for changed in {row, self.hovered_row} - {-1}:
                top = self.rowViewportPosition(changed)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))
            self.hovered_row = row

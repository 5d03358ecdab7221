"""The classes of the dataset that is being made: renamed in place, and dropped on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from tlstudio.gui.kit import formats
from tlstudio.gui.kit.drop_zone import local_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlstudio.gui.features.gather.jobs import GatherClass

DRAGGED = "application/x-tlstudio-gathered"  # images of this window, dragged to another class
_NAME = Qt.ItemDataRole.UserRole
_COUNT_PLACE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClassTree(QTreeWidget):
    """A row for each class with the number of its images.

    Signals:
        chosen(str): another class is shown.
        renamed(str, str): its name before and after.
        moved_to(str): the images that are dragged go into this class.
        dropped(str, list[Path]): files for this class; empty for none, where folders are classes.
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    moved_to = Signal(str)
    dropped = Signal(str, list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Classes"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.currentItemChanged.connect(self._on_current_changed)
        self.itemChanged.connect(self._on_item_changed)

    @property
    def current(self) -> str:
        """The name of the chosen class; empty for unsorted images, or none."""
        item = self.currentItem()
        return item.data(0, _NAME) if item is not None else ""

    @property
    def names(self) -> list[str]:
        """All rows, in their order."""
        items = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [item.data(0, _NAME) for item in items if item is not None]

    def set_classes(self, classes: Sequence[GatherClass], current: str) -> None:
        """Show these, and choose one of them."""
        with QSignalBlocker(self):
            self.clear()
            for one in classes:
                item = QTreeWidgetItem([one.name, formats.count(len(one.images))])
                item.setData(0, _NAME, one.name)
                item.setTextAlignment(
                    1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )
                if one.name:
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                else:
                    item.setText(0, self.tr("Not sorted yet"))
                self.addTopLevelItem(item)
                if one.name == current:
                    self.setCurrentItem(item)
            first = self.topLevelItem(0)
            if self.currentItem() is None and first is not None:
                self.setCurrentItem(first)

    def rename_current(self) -> None:
        """Let the name of the chosen class be edited."""
        item = self.currentItem()
        if item is not None and self.current:
            self.editItem(item, 0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _is_welcome(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        item = self.itemAt(event.position().toPoint())
        self.clearSelection()
        if item is not None:
            item.setSelected(True)  # where it would go
        if item is None and event.mimeData().hasFormat(DRAGGED):
            event.ignore()
        else:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_current()

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_current()
        item = self.itemAt(event.position().toPoint())
        name = item.data(0, _NAME) if item is not None else ""
        data = event.mimeData()
        if data.hasFormat(DRAGGED):
            if item is None:
                return
            self.moved_to.emit(name)
        else:
            self.dropped.emit(name, local_paths(data))
        event.acceptProposedAction()

    def _show_current(self) -> None:
        self.clearSelection()
        item = self.currentItem()
        if item is not None:
            item.setSelected(True)

    def _on_current_changed(self) -> None:
        self.chosen.emit(self.current)

    def _on_item_changed(self, item: QTreeWidgetItem, column: int) -> None:
        before, after = item.data(0, _NAME), item.text(0)
        if column == 0 and after != before:
            self.renamed.emit(before, after)


def _is_welcome(data: QMimeData) -> bool:
    return data.hasFormat(DRAGGED) or bool(local_paths(data))

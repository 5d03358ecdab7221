"""A list of any number of rows of one height."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QListView, QWidget


class LongList(QListView):
    """Rows that are not seen are not measured; and while nobody sees the list, none is laid out.

    Qt lays out all rows anew, hidden or not, whenever the look of the application changes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setUniformItemSizes(True)
        self._is_out_of_date = False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange and not self.isVisible():
            self._is_out_of_date = True
            return QAbstractScrollArea.event(self, event)
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_out_of_date:
            self._is_out_of_date = False
            self.doItemsLayout()

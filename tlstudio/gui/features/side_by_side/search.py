"""A line and a list to find one network of the catalog with."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from tlstudio.core.networks.catalog import ModelFilter
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.popup import Popup
from tlstudio.gui.kit.search_line import SearchLine
from tlstudio.gui.state.session import Session

WIDTH_PX, HEIGHT_PX = 320, 360
MOST_SHOWN = 200


class NetworkSearch(Popup):
    """Offers what a few words match; Enter takes the marked one, a click any.

    Signals:
        chosen(str): a person chose this network.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.line = SearchLine()
        self.line.setPlaceholderText(self.tr("Search networks"))
        self.line.setAccessibleName(self.line.placeholderText())
        self.line.setClearButtonEnabled(True)
        self.line.typed.connect(self._offer)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Networks"))
        self.list.itemClicked.connect(self._on_taken)
        self.list.itemActivated.connect(self._on_taken)
        vstack(self.line, (self.list, 1), spacing=theme.GRID, margins=theme.GRID, parent=self)

    def open_below(self, button: QWidget) -> None:
        """Show it at a button, with every network on offer."""
        self.line.clear()
        self._offer("")
        corner = button.mapToGlobal(button.rect().bottomRight())
        self.open_at(QRect(corner.x() - WIDTH_PX, corner.y(), WIDTH_PX, HEIGHT_PX), button)
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows in the line move the mark in the list, Enter takes it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                step = 1 if key is Qt.Key.Key_Down else -1
                row = self.list.currentRow() + step
                self.list.setCurrentRow(max(0, min(row, self.list.count() - 1)))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._on_taken(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _offer(self, text: str) -> None:
        taken = self._session.beside.models
        found = ModelFilter(query=text)(self._session.network.models)
        self.list.clear()
        for spec in [spec for spec in found if spec.name not in taken][:MOST_SHOWN]:
            item = QListWidgetItem(spec.title)
            item.setData(Qt.ItemDataRole.UserRole, spec.name)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _on_taken(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.close()
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))

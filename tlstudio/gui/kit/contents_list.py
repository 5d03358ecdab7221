"""A list of pages under headings, of which one is chosen: the contents of a window to read in."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import plain_tip

PLACE_ROLE = Qt.ItemDataRole.UserRole + 1


class ContentsList(QListWidget):
    """Titles of pages, each with the place that it stands for; headings cannot be chosen.

    A title that is wider than the list takes two lines.

    Signals:
        place_chosen(str): a person chose a page.
    """

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "contents")
        self.setItemDelegate(_WrappedTitle(self))
        self.setWordWrap(True)  # rows are laid out anew with each width, and when they are dressed
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.currentItemChanged.connect(self._on_current_changed)

    @property
    def places(self) -> list[str]:
        """What can be chosen now, in its order."""
        items = (self.item(row) for row in range(self.count()))
        return [place for item in items if (place := item.data(PLACE_ROLE))]

    def add_pages(self, heading: str, pages: Iterable[tuple[str, str]]) -> None:
        """Add a heading and the pages below it, each as its place and its title."""
        top = QListWidgetItem(heading, self)
        top.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        top.setFont(font)
        top.setForeground(QColor(theme.current().text_soft))
        for place, title in pages:
            item = QListWidgetItem(title, self)
            item.setData(PLACE_ROLE, place)
            item.setToolTip(plain_tip(title))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:  # headings have a colour of their own
            for row in range(self.count()):
                if not self.item(row).data(PLACE_ROLE):
                    self.item(row).setForeground(QColor(theme.current().text_soft))

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        place = item.data(PLACE_ROLE) if item is not None else None
        if place:
            self.place_chosen.emit(place)


class _WrappedTitle(QStyledItemDelegate):
    """Works out how high wrapped words are from the room that they really have.

    Qt forgets the theme's padding there, and takes the scroll bar for one of another style.
    """

    def __init__(self, view: ContentsList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        own = QStyleOptionViewItem(option)
        own.rect.setWidth(self._view.viewport().width() - 2 * theme.GRID)
        size = super().sizeHint(own, index)
        if size.height() > theme.ROW_PX:  # several lines, which would touch those of its neighbours
            size.setHeight(size.height() + theme.GRID)
        return size

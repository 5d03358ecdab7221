"""What there is in the Learn window, by chapter."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from tlstudio.core.lessons.lesson import CHAPTER_TITLES
from tlstudio.core.lessons.table import LESSONS
from tlstudio.gui.features.learn.screens import PAGE_KINDS, SCREENS
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.language import core_text

PLACE_ROLE = Qt.ItemDataRole.UserRole + 1


class Contents(QListWidget):
    """The lessons by chapter, then the other pages; headings cannot be chosen.

    Signals:
        place_chosen(str): a person chose a page.
    """

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Lessons"))
        self.setProperty("role", "contents")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.places: list[str] = []
        self._fill()
        self.currentItemChanged.connect(self._on_current_changed)

    @property
    def title(self) -> str:
        """Of the page that is marked."""
        item = self.currentItem()
        return item.text() if item is not None else ""

    def show_place(self, place: str) -> None:
        """Mark the page that is shown; nothing is emitted."""
        blocked = self.blockSignals(True)
        for row in range(self.count()):
            if self.item(row).data(PLACE_ROLE) == place:
                self.setCurrentRow(row)
        if place in self.places[:1]:
            self.scrollToTop()  # its heading, too
        elif self.currentItem() is not None:
            self.scrollToItem(self.currentItem())
        self.blockSignals(blocked)

    def neighbour(self, place: str, further: int) -> str:
        """The page so many places further on; empty where there is none."""
        at = self.places.index(place) + further if place in self.places else 0
        return self.places[at] if 0 <= at < len(self.places) else ""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        item = self.currentItem()
        if item is not None:
            self.doItemsLayout()  # only now its rows have their height
            self.show_place(item.data(PLACE_ROLE))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            for row in range(self.count()):
                if not self.item(row).data(PLACE_ROLE):
                    self.item(row).setForeground(QColor(theme.current().text_soft))

    def _fill(self) -> None:
        shown = [lesson for lesson in LESSONS if lesson.id in SCREENS]
        for chapter, lessons in groupby(shown, key=lambda lesson: lesson.chapter):
            rows = [(f"lesson/{one.id}", core_text(one.title)) for one in lessons]
            self._add(core_text(CHAPTER_TITLES[chapter]), rows)
        for kind in PAGE_KINDS:
            pages = [
                (f"{kind.kind}/{name}" if name else kind.kind, title)
                for name, title in kind.entries()
            ]
            self._add(QCoreApplication.translate("LearnWindow", kind.title), pages)

    def _add(self, heading: str, rows: list[tuple[str, str]]) -> None:
        top = QListWidgetItem(heading, self)
        top.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        top.setFont(font)
        top.setForeground(QColor(theme.current().text_soft))
        for place, title in rows:
            item = QListWidgetItem(title, self)
            item.setData(PLACE_ROLE, place)
            item.setToolTip(plain_tip(title))
            self.places.append(place)

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        place = item.data(PLACE_ROLE) if item is not None else None
        if place:
            self.place_chosen.emit(place)

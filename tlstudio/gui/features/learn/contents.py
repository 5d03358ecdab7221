"""What there is in the Learn window, by chapter."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.lessons.lesson import CHAPTER_TITLES
from tlstudio.core.lessons.table import LESSONS
from tlstudio.gui.features.learn.screens import PAGE_KINDS, SCREENS
from tlstudio.gui.kit.contents_list import PLACE_ROLE, ContentsList
from tlstudio.gui.kit.language import core_text


class Contents(ContentsList):
    """The lessons by chapter, then the other pages; headings cannot be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Lessons"))
        self._fill()

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
            self.show_place(item.data(PLACE_ROLE))

    def _fill(self) -> None:
        shown = [lesson for lesson in LESSONS if lesson.id in SCREENS]
        for chapter, lessons in groupby(shown, key=lambda lesson: lesson.chapter):
            rows = [(f"lesson/{one.id}", core_text(one.title)) for one in lessons]
            self.add_pages(core_text(CHAPTER_TITLES[chapter]), rows)
        for kind in PAGE_KINDS:
            pages = [
                (f"{kind.kind}/{name}" if name else kind.kind, title)
                for name, title in kind.entries()
            ]
            self.add_pages(QCoreApplication.translate("LearnWindow", kind.title), pages)

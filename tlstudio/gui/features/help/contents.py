"""What there is to read in the help, as a list that a search narrows down."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from tlstudio.core.finding import MatchKind, folded, match
from tlstudio.core.guide import Chapter
from tlstudio.core.help import HelpKind, find_help, help_entries
from tlstudio.gui.features.help.pages import all_chapters
from tlstudio.gui.kit import language, theme
from tlstudio.gui.kit.basics import plain_tip

PLACE_ROLE = Qt.ItemDataRole.UserRole + 1


class Contents(QListWidget):
    """Chapters, then terms, settings and marks by their titles; headings cannot be chosen.

    Signals:
        place_chosen(str): a person chose a page.
    """

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Contents of the help"))
        self.setProperty("role", "contents")
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self._chapters = all_chapters()
        self._query, self._place = "", ""
        self.currentItemChanged.connect(self._on_current_changed)
        self.itemClicked.connect(self._on_clicked)
        self._fill()

    @property
    def places(self) -> list[str]:
        """What can be chosen now, in its order."""
        items = (self.item(row) for row in range(self.count()))
        return [place for item in items if (place := item.data(PLACE_ROLE))]

    def search(self, query: str) -> None:
        """Show what `query` finds: names first, then pages that speak of it."""
        self._query = query
        self._fill()

    def show_place(self, place: str) -> None:
        """Mark where the reader is, if that is listed now; nothing is emitted."""
        self._place = place
        blocked = self.blockSignals(True)
        for row in range(self.count()):
            if self.item(row).data(PLACE_ROLE) == place:
                self.setCurrentRow(row)
                if row == 1:
                    self.scrollToTop()  # its heading, too
                break
        else:
            self.setCurrentRow(-1)
        self.blockSignals(blocked)

    def choose_next(self, rows: int) -> None:
        """Choose what stands so many rows further on, headings not counted."""
        places = self.places
        if places:
            at = places.index(self._place) + rows if self._place in places else 0
            self.place_chosen.emit(places[max(0, min(at, len(places) - 1))])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._fill()  # headings have a colour of their own

    def _fill(self) -> None:
        blocked = self.blockSignals(True)
        self.clear()
        code, query = language.current(), folded(self._query)
        found = [chapter for chapter in self._chapters if not query or _tells(chapter, query)]
        entries = find_help(self._query, code)
        if query:
            best = [(entry.title, f"term/{entry.id}") for entry in entries]
            self._add(self.tr("Glossary"), best)
            self._add(self.tr("Guide"), [(chapter.title, chapter.name) for chapter in found])
        else:
            self._add(self.tr("Guide"), [(chapter.title, chapter.name) for chapter in found])
            for title, is_mark in ((self.tr("Glossary"), False), (self.tr("Marks"), True)):
                rows = [
                    (entry.title, f"term/{entry.id}")
                    for entry in help_entries(code)
                    if (entry.kind is HelpKind.MARK) is is_mark
                ]
                self._add(title, sorted(rows, key=lambda row: row[0].casefold()))
        self.blockSignals(blocked)
        self.show_place(self._place)

    def _add(self, heading: str, rows: list[tuple[str, str]]) -> None:
        """A heading and what stands below it; neither without any."""
        if not rows:
            return
        top = QListWidgetItem(heading, self)
        top.setFlags(Qt.ItemFlag.NoItemFlags)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold)
        top.setFont(font)
        top.setForeground(QColor(theme.current().text_soft))
        for title, place in rows:
            item = QListWidgetItem(title, self)
            item.setData(PLACE_ROLE, place)
            item.setToolTip(plain_tip(title))

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        place = item.data(PLACE_ROLE) if item is not None else None
        if place:
            self.place_chosen.emit(place)

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._on_current_changed(item)  # also the one that is current already


def _tells(chapter: Chapter, query: str) -> bool:
    kind = match(query, folded(chapter.title))
    if kind is not None and kind is not MatchKind.LETTERS:
        return True
    return query in folded(chapter.text)

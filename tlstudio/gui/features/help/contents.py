"""What there is to read in the help, as a list that a search narrows down."""

from __future__ import annotations

from PySide6.QtWidgets import QListWidgetItem, QWidget

from tlstudio.core.finding import MatchKind, folded, match
from tlstudio.core.guide import Chapter
from tlstudio.core.help import HelpKind, find_help, help_entries
from tlstudio.gui.features.help.pages import all_chapters
from tlstudio.gui.kit import language
from tlstudio.gui.kit.contents_list import PLACE_ROLE, ContentsList


class Contents(ContentsList):
    """Chapters, then terms, settings and marks by their titles; headings cannot be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Contents of the help"))
        self._chapters = all_chapters()
        self._query, self._place = "", ""
        self.itemClicked.connect(self._on_clicked)
        self._fill()

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
        if rows:
            self.add_pages(heading, ((place, title) for title, place in rows))

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._on_current_changed(item)  # also the one that is current already


def _tells(chapter: Chapter, query: str) -> bool:
    kind = match(query, folded(chapter.title))
    if kind is not None and kind is not MatchKind.LETTERS:
        return True
    return query in folded(chapter.text)

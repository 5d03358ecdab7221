"""The window of the help: guide, glossary, what is new; it stays open beside the studio."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QDialog, QLineEdit, QToolButton, QWidget

from tlstudio.core.help import help_entry
from tlstudio.core.storage import resources_dir
from tlstudio.gui.features.help.contents import Contents
from tlstudio.gui.features.help.pages import (
    LESSON,
    PREFERENCE,
    SETTING,
    all_chapters,
    place_of,
    term_page,
)
from tlstudio.gui.features.help.reader import Reader
from tlstudio.gui.kit import icons, language, theme
from tlstudio.gui.kit.basics import line, plain_tip
from tlstudio.gui.kit.layout import fit_to_screen, hstack, vstack
from tlstudio.gui.kit.search_line import SearchLine
from tlstudio.gui.state.session import Dialog, Session

SIZE = QSize(980, 680)
CONTENTS_PX, CONTENTS_SHARE = 264, 0.42  # less in a narrow window


def open_help(session: Session, widget: QWidget, place: str = "") -> HelpWindow:
    """Show the help beside the window of `widget`; there is one for each window.

    Args:
        place: ``guide/03-train``, ``term/freeze``, ``glossary``, ``new`` or ``contributing``;
            empty for where it was last.
    """
    window = widget.window()
    found = window.findChild(HelpWindow) or HelpWindow(session, window)
    found.show()
    found.raise_()
    found.activateWindow()
    found.go_to(place or session.preferences.help_place)
    return found


class HelpWindow(QDialog):
    """On the left what there is to read, with a search; on the right the page.

    Attributes:
        place: of the page that is shown.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.place = ""
        self._before: list[str] = []
        self._after: list[str] = []
        self._chapters = {chapter.name: chapter for chapter in all_chapters()}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Help"))
        self.setSizeGripEnabled(False)
        fit_to_screen(self, SIZE)
        self.search = SearchLine()
        self.search.setPlaceholderText(self.tr("Search the help"))
        self.search.setAccessibleName(self.tr("Search the help"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.back = self._button("previous", self.tr("Back"))
        self.forward = self._button("next", self.tr("Forward"))
        self.contents = Contents()
        self.reader = Reader()
        self.reader.setAccessibleName(self.tr("Page of the help"))
        self._lay_out()

        self.search.typed.connect(self._on_typed)
        self.search.installEventFilter(self)
        self.contents.place_chosen.connect(self.go_to)
        self.reader.link_clicked.connect(self._on_link)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        keys = QKeySequence.StandardKey
        QShortcut(keys.Back, self).activated.connect(self.go_back)
        QShortcut(keys.Forward, self).activated.connect(self.go_forward)
        QShortcut(keys.Find, self).activated.connect(self._on_find)
        self.restoreGeometry(session.preferences.help_geometry)
        self.search.setFocus()

    def go_to(self, place: str) -> None:
        """Show a page; the first one where there is no such place."""
        shown = self._known(place)
        if shown != self.place:
            if self.place:
                self._before.append(self.place)
            self._after.clear()
            self._show(shown)
        elif "#" in place:
            self._show_anchor(place)
        self.contents.show_place(shown)

    def go_back(self) -> None:
        """Show the page before."""
        if self._before:
            self._after.append(self.place)
            self._show(self._before.pop())

    def go_forward(self) -> None:
        """Show the page that was left with `go_back`."""
        if self._after:
            self._before.append(self.place)
            self._show(self._after.pop())

    def _known(self, place: str) -> str:
        """`place` without its anchor, or else the first page that there is."""
        name = place.partition("#")[0]
        kind, _, rest = name.partition("/")
        if kind == "term" and (entry := help_entry(rest, language.current())) is not None:
            return f"term/{entry.id}"
        if name in self._chapters:
            return name
        places = self.contents.places
        terms = [one for one in places if one.startswith("term/")]
        return next(iter(terms if place == "glossary" else places or terms), "")

    def _show(self, place: str) -> None:
        self.place = place
        chapter = self._chapters.get(place)
        if chapter is not None:
            self.reader.show_text(chapter.text, chapter.folder)
        else:
            entry = help_entry(place.partition("/")[2], language.current())
            self.reader.show_text(term_page(entry) if entry is not None else "", resources_dir())
        self.contents.show_place(place)
        self.back.setEnabled(bool(self._before))
        self.forward.setEnabled(bool(self._after))
        self._session.preferences.help_place = place

    def _show_anchor(self, place: str) -> None:
        self.reader.scrollToAnchor(place.partition("#")[2])

    def _on_link(self, link: str) -> None:
        scheme, _, rest = link.partition(":")
        place = place_of(link)
        if place:
            self.go_to(place)
        elif scheme == SETTING:
            self._session.network.show_field(rest)
            self._leave()
        elif scheme == PREFERENCE:
            self._leave()
            self._session.open_dialog(Dialog.PREFERENCES)
        elif scheme == LESSON:
            self._session.learn(f"lesson/{rest}")
        elif scheme in ("https", "http"):
            QDesktopServices.openUrl(QUrl(link))

    def _leave(self) -> None:
        """Give the keyboard back to the studio; the help stays open."""
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()

    def _on_typed(self, query: str) -> None:
        self.contents.search(query)
        places = self.contents.places
        if query.strip() and places and self.place not in places[:1]:
            self._show(places[0])

    def _on_find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line the arrows choose in the list, and Enter goes to the page."""
        if watched is self.search and event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            if event.key() in rows:
                self.contents.choose_next(rows[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.reader.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(min(CONTENTS_PX, round(CONTENTS_SHARE * self.width())))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._session.preferences.help_geometry = self.saveGeometry()
        super().closeEvent(event)

    def _button(self, icon: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setAccessibleName(title)
        button.setToolTip(plain_tip(title))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setEnabled(False)
        return button

    def _lay_out(self) -> None:
        self._side = side = QWidget()
        side.setProperty("role", "page")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        grid = theme.GRID
        bar = hstack((self.search, 1), self.back, self.forward, spacing=grid // 2)
        vstack(bar, (self.contents, 1), spacing=grid, margins=(grid, grid, 0, 0), parent=side)
        hstack(side, line(vertical=True), (self.reader, 1), spacing=0, parent=self)

"""The Learn window: on the left what there is to learn, on the right one lesson."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tlstudio.core.lessons.table import find_lesson
from tlstudio.core.lessons.target import Target
from tlstudio.gui.features.learn.contents import Contents
from tlstudio.gui.features.learn.screens import PAGE_KINDS, SCREENS
from tlstudio.gui.features.learn.state import LearnState
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, line
from tlstudio.gui.kit.layout import fit_to_screen, hstack, vstack
from tlstudio.gui.kit.page_stack import ScrolledPages
from tlstudio.gui.state.session import Session

NAME = "learn"  # by which the main window finds it
SIZE = QSize(1280, 840)
WIDE_PX = 960
CONTENTS_PX, NARROW_CONTENTS_PX = 208, 144  # the latter in a window that is not wide
LEAST = QSize(720, 480)


def open_learn(session: Session, widget: QWidget, place: str = "") -> LearnWindow:
    """Show the Learn window beside the window of `widget`; there is one for each window.

    Args:
        place: ``lesson/<id>``, or of another page; empty for where it was last.
    """
    window = widget.window()
    found = window.findChild(LearnWindow) or LearnWindow(session, window)
    before = found.place if found.isVisible() else ""
    found.go_to(place or session.feature(LearnState).place)
    found.offer_way_back(before)
    found.show()
    found.raise_()
    found.activateWindow()
    found._focus_page()
    return found


class LearnWindow(QDialog):
    """Holds the screen that is shown alone; what was dragged in others is kept by the state.

    Attributes:
        place: of the page that is shown.
        page: its widget.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._state = session.feature(LearnState)
        self.place = self._before = ""
        self.page: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setObjectName(NAME)
        self.setWindowTitle(self.tr("Learn"))
        self.setSizeGripEnabled(False)
        fit_to_screen(self, SIZE)
        self.setMinimumSize(LEAST.boundedTo(self.size()))
        self.contents = Contents()
        self._side = side = QWidget()
        side.setProperty("role", "page")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.back_button = IconButton(self.tr("Back"), "previous", "quiet", self._on_back)
        self.back_button.hide()
        left = Qt.AlignmentFlag.AlignLeft
        vstack(
            (self.back_button, left),
            self.contents,
            spacing=0,
            margins=(theme.GRID, theme.GRID, 0, 0),
            parent=side,
        )
        self._pages = ScrolledPages()  # a lesson is whole in the usual size
        hstack(side, line(vertical=True), (self._pages, 1), spacing=0, parent=self)
        self.contents.place_chosen.connect(self.go_to)
        self.contents.clicked.connect(self._focus_page)  # keys answer there; Tab leads back
        session.target_requested.connect(self._on_target_requested)
        for keys, further in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(lambda further=further: self._go_further(further))
        self.restoreGeometry(session.preferences.learn_geometry)

    def go_to(self, place: str) -> None:
        """Show a page; the first one where there is no such place."""
        shown = place if place in self.contents.places else next(iter(self.contents.places), "")
        if not shown or shown == self.place:
            return
        focused = QApplication.focusWidget()
        old, self.page = self.page, self._made(shown)
        had_keyboard = old is not None and focused is not None and old.isAncestorOf(focused)
        self._pages.addWidget(self.page)
        self._pages.setCurrentWidget(self.page)
        if old is not None:
            old.deleteLater()
        if had_keyboard:
            self.page.setFocus()  # the arrows go on to drag
        self.place = self._state.place = shown
        self.contents.show_place(shown)
        self.back_button.hide()

    def offer_way_back(self, place: str) -> None:
        """A link of another page, such as a quiz answer, led here: offer the way back to it."""
        self._before = place
        self.back_button.setVisible(place not in ("", self.place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setFixedWidth(CONTENTS_PX if self.width() >= WIDE_PX else NARROW_CONTENTS_PX)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._session.preferences.learn_geometry = self.saveGeometry()
        super().closeEvent(event)

    def _made(self, place: str) -> QWidget:
        kind, _, name = place.partition("/")
        lesson = find_lesson(name) if kind == "lesson" else None
        make = next((row.make for row in PAGE_KINDS if row.kind == kind), None)
        if lesson is not None:
            page = SCREENS[name](self._session, lesson)
        else:
            assert make is not None
            page = make(self._session, name)
        assert isinstance(page, QWidget)
        page.setProperty("role", "page")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        return page

    def _go_further(self, further: int) -> None:
        self.go_to(self.contents.neighbour(self.place, further) or self.place)

    def _focus_page(self) -> None:
        if self.page is not None:
            self.page.setFocus()  # goes to what is dragged

    def _on_back(self) -> None:
        self.go_to(self._before)
        self._focus_page()

    def _on_target_requested(self, target: Target) -> None:
        """The studio is set up below: a window over it would hide what shall be seen."""
        if not target.place:
            self.close()
            self._session.notifications.info(
                self.tr("This is where “{title}” leads.").format(title=self.contents.title),
                action=self.tr("Back to it"),
                act=partial(self._session.learn, self.place),
                about=NAME,
            )

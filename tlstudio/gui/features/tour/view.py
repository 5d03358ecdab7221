"""The tour over a window: card and rings, kept beside controls that come and go."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from tlstudio.gui.features.tour.card import TourCard
from tlstudio.gui.features.tour.ring import Ring
from tlstudio.gui.features.tour.state import TourState
from tlstudio.gui.features.tour.steps import STEPS, is_elsewhere, targets, words
from tlstudio.gui.state.session import Session

KEPT_FREE = ("header_action",)  # what is next must be pressed with the card there, too
WATCH_MS = 150  # pages are built, views scroll, fields come and go


class Tour(QObject):
    """Shows the step of `TourState` over a window, by whose object names controls are found."""

    def __init__(self, session: Session, window: QMainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._state = session.feature(TourState)
        self._window = window
        self._found: dict[str, QWidget] = {}
        self._said = ("", "")
        self.card = TourCard(window)
        self.rings: list[Ring] = []
        self._watch = QTimer(self, interval=WATCH_MS)
        self._watch.timeout.connect(self.arrange)
        self.card.next_wanted.connect(self._state.next)
        self.card.back_wanted.connect(self._state.back)
        self.card.skip_wanted.connect(lambda: self._state.end(for_good=True))
        self.card.left.connect(self._state.end)
        self._state.changed.connect(self._show)
        self._state.ended.connect(self._on_ended)
        window.installEventFilter(self)

    def open(self) -> None:
        """Show it, and let the keyboard speak to it."""
        self._show()
        self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self.arrange()
            elif (  # nobody else had a use for the key
                self._state.step is not None
                and isinstance(event, QKeyEvent)
                and event.type() == QEvent.Type.KeyPress
                and event.key() == Qt.Key.Key_Escape
            ):
                self._state.end()
                return True
        return False

    def _show(self) -> None:
        step = self._state.step
        if step is None:
            return
        title, text = QCoreApplication.translate("tour", step.title), words(step, self._session)
        if (title, text) != self._said:
            self._said = (title, text)
            self.card.show_step(self._state.place, len(STEPS), title, text)
            said = QAccessibleAnnouncementEvent(self.card, f"{title}. {text}")
            QAccessible.updateAccessibility(said)
        self.arrange()
        self.card.raise_()
        self.card.show()
        self._watch.start()

    def _on_ended(self) -> None:
        self._watch.stop()
        had_keyboard = self.card.isAncestorOf(self._window.focusWidget() or self._window)
        for part in (self.card, *self.rings):
            part.hide()
        if had_keyboard:
            self._window.setFocus(Qt.FocusReason.OtherFocusReason)

    def arrange(self) -> None:
        """Put rings around what the step points at, and the card beside them."""
        step = self._state.step
        if step is None or not self._window.isVisible():
            return
        groups = targets(step, self._session)
        if is_elsewhere(step, self._session):
            groups = ((f"step_{step.page.value}",),)  # the way there
        rects: list[QRect] = []
        for group in groups:
            rects = [rect for name in group if not (rect := self._seen(name)).isEmpty()]
            if rects:
                break
        while len(self.rings) < len(rects):
            self.rings.append(Ring(self._window))
        for ring, rect in zip(self.rings, rects, strict=False):
            ring.show_around(rect)
        for ring in self.rings[len(rects) :]:
            ring.hide()
        room = self._window.rect()
        room.setTop(self._window.menuBar().geometry().bottom() + 1)
        self.card.place_beside(rects, room, [self._seen(name) for name in KEPT_FREE])

    def _seen(self, name: str) -> QRect:
        """Where in the window the control is, as far as it is not scrolled out of sight."""
        widget = self._found.get(name)
        if widget is None or not isValid(widget) or not widget.isVisible():
            named = self._window.findChildren(QWidget, name)
            widget = next((one for one in named if one.isVisible()), None)
        if widget is None or widget.window() is not self._window:
            return QRect()
        self._found[name] = widget
        rect, inner = widget.rect(), widget
        while inner is not self._window and (outer := inner.parentWidget()) is not None:
            rect = rect.translated(inner.pos()) & outer.rect()
            inner = outer
        return rect


def open_tour(session: Session, window: QMainWindow) -> Tour:
    """Take the tour over `window`, from its first step or from where a person is in it."""
    session.feature(TourState).begin()
    tour = window.findChild(Tour) or Tour(session, window)
    tour.open()
    return tour

"""Explains what the keyboard is at, what a tooltip is open for, or what is clicked on."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QCursor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWhatsThis, QWidget

from tlstudio.core.help import help_entry
from tlstudio.gui.features.help.card import HelpCard
from tlstudio.gui.features.help.window import open_help
from tlstudio.gui.kit import language
from tlstudio.gui.kit.help_mark import Explained, explained
from tlstudio.gui.state.session import Session


def explain_here(session: Session) -> bool:
    """Explain what a tooltip is shown for, or else what has the focus; False for neither."""
    thing = None
    if QToolTip.isVisible():
        at = QCursor.pos()
        thing = explained(QApplication.widgetAt(at), at)
    thing = thing or explained(QApplication.focusWidget())
    return thing is not None and show_card(session, thing) is not None


def show_card(session: Session, thing: Explained) -> HelpCard | None:
    """Open the card of a thing; None where the help does not know it."""
    entry = help_entry(thing.name, language.current())
    if entry is None:
        return None
    window = thing.widget.window()
    if isinstance(window, HelpCard):  # F1 again
        window.more.click()
        return window
    more = partial(open_help, session, lasting(window), f"term/{entry.id}")
    card = HelpCard(entry, more, window)
    QToolTip.hideText()
    card.open_for(thing)
    return card


def lasting(window: QWidget) -> QWidget:
    """`window`, or the one below it where it is a popup, which would take its dialogs along."""
    below = window.parentWidget()
    is_popup = window.windowType() == Qt.WindowType.Popup
    return lasting(below.window()) if is_popup and below is not None else window


class WhatsThis(QObject):
    """Answers Qt's What's This mode from when it begins until it ends, then deletes itself."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.LeaveWhatsThisMode:
                self.deleteLater()
            case QEvent.Type.QueryWhatsThis | QEvent.Type.WhatsThis if isinstance(
                event, QHelpEvent
            ):
                thing = self._thing(watched, event.globalPos())
                event.setAccepted(thing is not None)
                if thing is not None and event.type() is QEvent.Type.WhatsThis:
                    QWhatsThis.leaveWhatsThisMode()  # as Qt's own text would
                    show_card(self._session, thing)
                return True
        return False

    def _thing(self, watched: QObject, at: QPoint) -> Explained | None:
        return explained(watched, at) if isinstance(watched, QWidget) else None

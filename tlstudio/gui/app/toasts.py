"""Toasts: messages that come up in a corner of the window and go away by themselves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QToolButton, QWidget

from tlstudio.gui.kit import accessible, icons, theme
from tlstudio.gui.kit.basics import IconButton, IconLabel, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.state.notifications import Level, Notification

WIDTH_PX = 400
SHOWN = 3
MARGIN_PX = 16
WATCH_MS = 200

_TOKENS = {
    Level.INFO: "accent",
    Level.SUCCESS: "right",
    Level.WARNING: "warning",
    Level.ERROR: "wrong",
}
_SECONDS = {Level.INFO: 5, Level.SUCCESS: 5, Level.WARNING: 9, Level.ERROR: 15}
_ACTION_SECONDS = 15


class Toast(QFrame):
    """A message. It stays while the mouse is on it.

    Signals:
        closed(Toast)
    """

    closed = Signal(object)

    def __init__(self, notification: Notification, parent: QWidget) -> None:
        super().__init__(parent)
        self.notification = notification
        self.setProperty("role", "toast")
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(notification.text)
        self.setAccessibleDescription(notification.hint)
        close = QToolButton()
        close.setIcon(icons.icon("close"))
        close.setIconSize(QSize(14, 14))
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(self._close)
        words = vstack(label(notification.text, wrap=True), spacing=2)
        if notification.hint:
            words.addWidget(label(notification.hint, "hint", wrap=True))
        if notification.action:
            self.action = IconButton(notification.action, "", "weblink", self._act)
            links = [self.action]
            if notification.further:
                further = IconButton(notification.further, "", "weblink", self._act_further)
                further.setObjectName("further")
                links.append(further)
            words.addLayout(hstack(*links, Stretch(), spacing=16))
        top = Qt.AlignmentFlag.AlignTop
        level = notification.level
        hstack(
            (IconLabel(level.value, 20, _TOKENS[level]), top),
            (words, 1),
            (close, top),
            spacing=12,
            margins=(14, 12, 8, 12),
            parent=self,
        )
        for button in self.findChildren(QAbstractButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click takes no keyboard
        seconds = _ACTION_SECONDS if notification.action else _SECONDS[level]
        self._timer = QTimer(self, singleShot=True, interval=1000 * seconds)
        self._timer.timeout.connect(self._close)
        self._timer.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._close()

    def _act(self) -> None:
        self._close()
        if self.notification.act is not None:
            self.notification.act()

    def _act_further(self) -> None:
        self._close()
        if self.notification.act_further is not None:
            self.notification.act_further()

    def _close(self) -> None:
        self.hide()
        self.closed.emit(self)


class Toasts(QObject):
    """Stacks toasts at the right of a window's content, from below, where no button is covered."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self._toasts: list[Toast] = []
        self._watch = QTimer(self, interval=WATCH_MS)  # views and their buttons come and go
        self._watch.timeout.connect(self._arrange)
        host.installEventFilter(self)

    @property
    def shown(self) -> tuple[Notification, ...]:
        """The toasts on the screen, oldest first."""
        return tuple(toast.notification for toast in self._toasts)

    def show_notification(self, notification: Notification) -> None:
        """Show it; a newer one about the same takes its place, the oldest make room."""
        for toast in list(self._toasts):
            shown = toast.notification
            if shown == notification or (shown.about and shown.about == notification.about):
                self._remove(toast)
        while len(self._toasts) >= SHOWN:
            self._remove(self._toasts[0])
        toast = Toast(notification, self._host)
        toast.closed.connect(self._remove)
        self._toasts.append(toast)
        toast.show()
        said = f"{notification.text} {notification.hint}".strip()
        accessible.announce(toast, said, is_urgent=notification.level is Level.ERROR)
        self._arrange()
        self._watch.start()

    def clear_problems(self) -> None:
        """Take warnings and errors away, which are over; the Help menu keeps them."""
        for toast in list(self._toasts):
            if toast.notification.level in (Level.WARNING, Level.ERROR):
                self._remove(toast)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._arrange()
        return False

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._arrange()

    def _arrange(self) -> None:
        if not self._toasts:
            self._watch.stop()
            return
        buttons = self._buttons()
        bottom = self._host.height() - MARGIN_PX
        for toast in reversed(self._toasts):
            toast.setFixedWidth(min(WIDTH_PX, self._host.width() - 2 * MARGIN_PX))
            toast.resize(toast.width(), toast.heightForWidth(toast.width()))
            left = self._host.width() - toast.width() - MARGIN_PX
            place = _free_place(QRect(QPoint(left, 0), toast.size()), bottom, buttons)
            toast.setGeometry(place)
            toast.raise_()
            bottom = place.top() - theme.GRID

    def _buttons(self) -> list[QRect]:
        """Where a person may want to press while a message is there."""
        return [
            self._seen(button)
            for button in self._host.findChildren(QAbstractButton)
            if button.isVisible() and not isinstance(button.parent(), Toast)
        ]

    def _seen(self, button: QWidget) -> QRect:
        """What of it is not scrolled out of sight."""
        rect, widget = button.rect(), button
        while widget is not self._host and (parent := widget.parentWidget()) is not None:
            rect = rect.translated(widget.pos()) & parent.rect()
            widget = parent
        return rect


def _free_place(toast: QRect, bottom: int, buttons: list[QRect]) -> QRect:
    """The lowest place above `bottom` that covers no button; `bottom` itself if there is none."""
    place = QRect(toast)
    place.moveBottom(bottom)
    while place.top() >= 0:
        covered = [button for button in buttons if button.intersects(place)]
        if not covered:
            return place
        place.moveBottom(min(button.top() for button in covered) - theme.GRID)
    place.moveBottom(bottom)
    return place

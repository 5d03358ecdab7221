"""A line to search in, which knows a Korean syllable before it is complete."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class SearchLine(QLineEdit):
    """A line that tells of what is typed while it is still being composed, too.

    Signals:
        typed(str): the text as a person sees it, with a syllable that is not complete yet.
        left(): the keyboard went elsewhere in the window.
    """

    typed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(self.typed)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        super().inputMethodEvent(event)
        place, text = self.cursorPosition(), self.text()
        self.typed.emit(text[:place] + event.preeditString() + text[place:])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        elsewhere = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in elsewhere:
            self.left.emit()

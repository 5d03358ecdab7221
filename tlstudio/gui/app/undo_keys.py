"""Which undo a key means: that of the text that is being typed, or that of the studio."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tlstudio.gui.kit.number_field import NumberField
from tlstudio.gui.state.undo import UndoState

KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class UndoKeys(QObject):
    """Decides in the field that has the focus, and makes each visit to a field a step of its own.

    A text field takes its own text back as long as there is some to take back. A number is taken
    while it is typed, so that the studio's undo brings back number and setting together; only what
    could not be taken is text.
    """

    def __init__(self, undo: UndoState, parent: QObject) -> None:
        super().__init__(parent)
        self._undo = undo
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        self._undo.seal()
        if isinstance(new, QLineEdit | NumberField):
            new.removeEventFilter(self)
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not any(event.matches(key) for key in KEYS) or _has_own(watched, event):
            return False
        event.ignore()
        return True


def _has_own(field: QObject, event: QKeyEvent) -> bool:
    if isinstance(field, NumberField):
        return field.problem is not None
    if not isinstance(field, QLineEdit) or field.isReadOnly():
        return False
    is_undo = event.matches(QKeySequence.StandardKey.Undo)
    return field.isUndoAvailable() if is_undo else field.isRedoAvailable()

"""F1 and Shift+F1 in modal dialogs, which hold back the keys of the window's menus."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

NAME = "help_key"  # of the shortcuts that a dialog was given


class HelpKeys(QObject):
    """Gives a modal dialog the keys of these actions when the keyboard first comes to it."""

    def __init__(self, actions: tuple[QAction, ...], parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, _before: QWidget | None, focused: QWidget | None) -> None:
        dialog = focused.window() if focused is not None else None
        if dialog is None or not dialog.isModal() or dialog.findChild(QShortcut, NAME):
            return
        for action in self._actions:
            shortcut = QShortcut(action.shortcut(), dialog)
            shortcut.setObjectName(NAME)
            shortcut.activated.connect(action.trigger)

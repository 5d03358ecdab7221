"""Someone has the keyboard at all times: the page, where what had it is gone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget


class FocusKeeper(QObject):
    """Hands the focus of a widget that was hidden or deleted to what is shown in its place.

    Qt drops it where nothing beside the widget takes it. Tab would begin at the top of the window
    then, and a screen reader would fall silent.

    Args:
        window: whose focus is kept.
        heir: says who takes it; it shows no ring, and the next Tab goes on from there.
    """

    def __init__(self, window: QWidget, heir: Callable[[], QWidget]) -> None:
        super().__init__(window)
        self._window, self._heir = window, heir
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _on_focus_changed(self, before: QWidget | None, focused: QWidget | None) -> None:
        if before is not None and focused is None:
            QTimer.singleShot(0, self, self._keep)  # it may be on its way to another one

    def _keep(self) -> None:
        is_open = QApplication.activePopupWidget() is None
        if is_open and self._window.isActiveWindow() and QApplication.focusWidget() is None:
            self._heir().setFocus(Qt.FocusReason.OtherFocusReason)

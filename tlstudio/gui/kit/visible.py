"""A refresh that waits until its widget is shown: what cannot be seen does no work."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class VisibleRefresh(QObject):
    """Calls `refresh` when something changed: at once if `widget` is visible, else when shown.

    However much changes meanwhile, it is called once. The first showing counts as a change.
    """

    def __init__(self, widget: QWidget, refresh: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._refresh = refresh
        self._is_stale = True
        widget.installEventFilter(self)

    def request(self, *_: object) -> None:
        """Something changed; connect any signal to this."""
        self._is_stale = True
        if self._widget.isVisible():
            self._go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched is self._widget and self._is_stale:
            self._go()
        return False

    def _go(self) -> None:
        self._is_stale = False
        self._refresh()

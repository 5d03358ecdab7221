"""A panel that a button opens over the window, until somebody clicks elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.layout import moved_within


class Popup(QFrame):
    """Closes by a click beside it or by Escape; one on its own button does not open it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self._button: QWidget | None = None

    def open_at(self, place: QRect, button: QWidget) -> None:
        """Show it at a place of the screen, moved so that none of it lies outside."""
        self._button = button
        edge, screen = theme.GRID, button.screen().availableGeometry()
        self.setGeometry(moved_within(place, screen.adjusted(edge, edge, -edge, -edge)))
        self.show()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button, at = self._button, event.globalPosition().toPoint()
        on_button = button is not None and button.rect().contains(button.mapFromGlobal(at))
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay, on_button)
        super().mousePressEvent(event)

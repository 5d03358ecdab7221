"""A soft ring around a control that the tour points at; clicks go through it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tlstudio.gui.kit import theme

REACH_PX = 7  # beyond the control
RADIUS_PX = 8
GLOW = ((7.0, 40), (4.5, 70), (2.0, 255))  # width of each stroke and how much of it covers


class Ring(QWidget):
    """Lies over a rectangle of the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_around(self, rect: QRect) -> None:
        """Move there, as far as the window reaches."""
        room = self._window.rect()
        place = rect.adjusted(-REACH_PX, -REACH_PX, REACH_PX, REACH_PX) & room
        if place != self.geometry():
            self.setGeometry(place)
        if self.isHidden():
            self.raise_()
            self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = REACH_PX / 2
        rect = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        for width, alpha in GLOW:
            colour = QColor(theme.current().accent)
            colour.setAlpha(alpha)
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)

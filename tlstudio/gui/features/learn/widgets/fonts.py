"""Letters of painted widgets."""

from __future__ import annotations

from PySide6.QtGui import QFont, QPainter


def set_font(painter: QPainter, pixels: int, *, strong: bool = False) -> None:
    """Write in this size from here on, in the face of the widget that is painted."""
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    painter.setFont(font)

"""Letters of lessons: in painted widgets, and in labels that a class reads from afar."""

from __future__ import annotations

from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QLabel


def set_font(painter: QPainter, pixels: int, *, strong: bool = False) -> None:
    """Write in this size from here on, in the face of the widget that is painted."""
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    painter.setFont(font)


def sized(words: QLabel, pixels: int) -> QLabel:
    """Give a label letters of this size."""
    font = QFont(words.font())
    font.setPixelSize(pixels)
    words.setFont(font)
    return words

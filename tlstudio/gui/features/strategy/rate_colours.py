"""Colours of a plan: the hue says where values come from, the strength how fast they learn."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTransform

from tlstudio.core.strategies.timeline import Start, Statistics
from tlstudio.gui.kit import theme

TOKENS = {Start.PRETRAINED: "accent", Start.RANDOM: "val", Start.PROBE: "right"}
MARK_PX = 7
WEAKEST = 0.16  # so that a slow layer does not look frozen
LEAST_DECADES, MOST_DECADES = 2.0, 4.0  # from full strength to the weakest


def start_colour(start: Start) -> QColor:
    """Return the colour of a stage that trains at full speed."""
    return QColor(getattr(theme.current(), TOKENS[start]))


def rate_colour(start: Start, rate: float, fastest: float, slowest: float) -> QColor:
    """Return the colour of a stage, weaker by the logarithm of its learning rate."""
    colour = start_colour(start)
    colour.setAlphaF(strength(rate, fastest, slowest))
    return colour


def strength(rate: float, fastest: float, slowest: float) -> float:
    """Return the strength of a rate: 1 for the fastest, at least `WEAKEST` for any that trains."""
    if rate >= fastest or fastest <= 0:
        return 1.0
    if rate <= 0:
        return WEAKEST
    found = log10(fastest / slowest) if slowest > 0 else 0.0
    decades = min(MOST_DECADES, max(LEAST_DECADES, found))
    return max(WEAKEST, 1 - (1 - WEAKEST) * log10(fastest / rate) / decades)


def fill_frozen(
    painter: QPainter,
    area: QRectF,
    *,
    is_hatched: bool = True,
    unit: tuple[float, float] = (1.0, 1.0),
) -> None:
    """Fill the area of a stage that does not train.

    Args:
        unit: width and height of a pixel, as the painter counts.
    """
    tokens = theme.current()
    painter.fillRect(area, QColor(tokens.window))
    if is_hatched:
        hatch = QBrush(QColor(tokens.line), Qt.BrushStyle.BDiagPattern)
        hatch.setTransform(QTransform.fromScale(*unit))
        painter.fillRect(area, hatch)


def paint_mark(painter: QPainter, area: QRectF, statistics: Statistics) -> None:
    """A ring where running statistics are frozen, a disc where they move, half of one between."""
    tokens = theme.current()
    colour = QColor(tokens.frozen if statistics is Statistics.FIXED else tokens.text)
    pen = QPen(colour, 1.4)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(QColor(tokens.surface))
    painter.drawEllipse(area)
    painter.setBrush(colour)
    if statistics is Statistics.MOVE:
        painter.drawEllipse(area)
    elif statistics is Statistics.SOME_MOVE:
        painter.drawPie(area, 90 * 16, 180 * 16)
    painter.setBrush(Qt.BrushStyle.NoBrush)

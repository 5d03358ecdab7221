"""How the plan of a run is coloured: by where values come from, as strong as they learn fast."""

from __future__ import annotations

from math import log10

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from tlstudio.core.strategies.timeline import Start
from tlstudio.gui.kit import theme

TOKENS = {Start.PRETRAINED: "accent", Start.RANDOM: "val", Start.PROBE: "right"}
WEAKEST = 0.16  # so that a slow layer does not look frozen
LEAST_DECADES, MOST_DECADES = 2.0, 4.0  # from full strength to the weakest


def start_colour(start: Start) -> QColor:
    """Of what trains at full speed."""
    return QColor(getattr(theme.current(), TOKENS[start]))


def rate_colour(start: Start, rate: float, fastest: float, slowest: float) -> QColor:
    """The same, weaker by the logarithm of the learning rate."""
    colour = start_colour(start)
    colour.setAlphaF(strength(rate, fastest, slowest))
    return colour


def strength(rate: float, fastest: float, slowest: float) -> float:
    """1 for the fastest of a plan, at least `WEAKEST` for whatever trains."""
    if rate >= fastest or fastest <= 0:
        return 1.0
    if rate <= 0:
        return WEAKEST
    found = log10(fastest / slowest) if slowest > 0 else 0.0
    decades = min(MOST_DECADES, max(LEAST_DECADES, found))
    return max(WEAKEST, 1 - (1 - WEAKEST) * log10(fastest / rate) / decades)


def fill_frozen(painter: QPainter, area: QRectF, *, is_hatched: bool = True) -> None:
    """What does not train: quiet."""
    tokens = theme.current()
    painter.fillRect(area, QColor(tokens.window))
    if is_hatched:
        painter.fillRect(area, QBrush(QColor(tokens.line), Qt.BrushStyle.BDiagPattern))

"""The values of a ball chart: balls, and the colours of their groups."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor

from tlstudio.gui.kit import theme

BallKey = tuple[str, str]

# Okabe and Ito's colour-blind-safe set, https://jfly.uni-koeln.de/color/; the yellow is darkened
# on white and the blue lightened on black, where they would not be seen.
_LIGHT = {
    "plain": "#d55e00",
    "residual": "#0072b2",
    "regnet": "#56b4e9",
    "mobile": "#009e73",
    "efficientnet": "#e69f00",
    "convnext": "#dccb00",
    "transformer": "#cc79a7",
    "other": "#8a8b96",
}
_DARK = {**_LIGHT, "residual": "#2f86cf", "regnet": "#79c8f2", "mobile": "#14b487"}
_DARK |= {"plain": "#e56a0c", "convnext": "#f0e442", "transformer": "#dd8cbb", "other": "#9a9ba6"}

FILL_ALPHA = 0.66
DIM_ALPHA = 0.10


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball: a network with its weights.

    Attributes:
        key: what is chosen with it.
        x: its cost, above 0; the axis is logarithmic.
        y: its worth, a fraction.
        size: its area is in proportion to this.
        group: decides its colour, see `group_color`.
        title: beside it in the chart, and over its facts.
        subtitle: below the title.
        facts: names and values, shown when it is pointed at.
        rank: how much it deserves its label, least first; 0 for none but when it is chosen.
        is_shown: False for one that a filter holds back: it stays as a shadow.
        is_best: no cheaper one is worth more.
    """

    key: BallKey
    x: float
    y: float
    size: float
    group: str = "other"
    title: str = ""
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    rank: int = 0
    is_shown: bool = True
    is_best: bool = False


def group_color(group: str) -> QColor:
    """The colour of a group in the palette in force; grey for unknown ones."""
    colors = _DARK if theme.current().name == "dark" else _LIGHT
    return QColor(colors.get(group, colors["other"]))


def fill_color(ball: Ball) -> QColor:
    """Balls let others shine through."""
    color = group_color(ball.group) if ball.is_shown else QColor(theme.current().text_faint)
    color.setAlphaF(FILL_ALPHA if ball.is_shown else DIM_ALPHA)
    return color


def rim_color(ball: Ball) -> QColor:
    """The outline, that tells balls of one colour apart."""
    color = group_color(ball.group) if ball.is_shown else QColor(theme.current().text_faint)
    is_dark = theme.current().name == "dark"
    color = color.lighter(125) if is_dark else color.darker(130)
    color.setAlphaF(0.95 if ball.is_shown else 0.2)
    return color

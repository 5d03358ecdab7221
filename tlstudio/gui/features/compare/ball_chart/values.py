"""The values of a ball chart: balls, and the colours of their groups."""

from __future__ import annotations

import math
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


def cost_ticks(low: float, high: float, length_px: float) -> list[tuple[float, str]]:
    """Ticks of a logarithmic axis from ``10**low`` to ``10**high``, as many as fit."""
    apart_px = 46.0
    per_decade_px = length_px / max(high - low, 1e-9)
    for digits in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,)):
        gaps = [
            math.log10(b / a) for a, b in zip(digits, (*digits[1:], 10 * digits[0]), strict=True)
        ]
        if min(gaps) * per_decade_px >= apart_px or digits == (1,):
            break
    decades = range(math.floor(low), math.ceil(high) + 1)
    values = [digit * 10.0**decade for decade in decades for digit in digits]
    ticks = [(math.log10(v), f"{v:,.12g}") for v in values if low <= math.log10(v) <= high]
    if len(ticks) >= 2:
        return ticks
    # zoomed into less than a digit: even steps
    bottom, top = 10.0**low, 10.0**high
    step = _round_step((top - bottom) / max(2.0, length_px / (2 * apart_px)))
    first = math.ceil(bottom / step)
    numbers = [step * n for n in range(first, first + 50) if step * n <= top]
    return [(math.log10(v), f"{v:,.6g}") for v in numbers if v > 0]


def worth_ticks(low: float, high: float, length_px: float) -> list[tuple[float, str]]:
    """Ticks of an axis of fractions, in percent."""
    step = max(_round_step(100 * (high - low) / max(2.0, length_px / 44)), 0.01)
    first, last = math.ceil(100 * low / step), math.floor(100 * high / step)
    percents = [step * n for n in range(first, min(last, first + 50) + 1)]
    return [(p / 100, f"{p:.4g}%") for p in percents if 0 <= p <= 100]


def _round_step(step: float) -> float:
    """The next of ..., 1, 2, 5, 10, ..."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-12)))
    return next(s * power for s in (1, 2, 5, 10) if s * power >= step * 0.999)

"""Positions and texts of ticks: per cent, numbers, powers, whole numbers.

Each function here takes the lowest and the highest value in sight and the length of the axis in
pixels, and gives ``(value, text)`` of as many round values as have room; so ticks follow the zoom.
"""

from __future__ import annotations

import math
from collections.abc import Callable

Tick = tuple[float, str]
Ticks = Callable[[float, float, float], list[Tick]]

APART_PX = 36.0  # of the ticks on an upright axis
FIRST_PX = 34.0  # from the words for the first to the next number
WHOLE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
DIGITS = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,))  # of a decade, as many as fit
MOST = 50


def none(low: float, high: float, length_px: float) -> list[Tick]:
    """An axis that says nothing."""
    return []


def fixed(*ticks: Tick) -> Ticks:
    """Return a tick function with fixed ticks, whatever range is visible."""
    return lambda low, high, length_px: list(ticks)


def percent(low: float, high: float, length_px: float) -> list[Tick]:
    """Return ticks for fractions, e.g. 0%, 25%, 50%; none below 0% or above 100%."""
    values = _even(100 * low, 100 * high, length_px, least=0.01)
    return [(value / 100, f"{value:.4g}%") for value in values if -1e-9 <= value <= 100 + 1e-9]


def numbers(low: float, high: float, length_px: float) -> list[Tick]:
    """Return ticks for any values, e.g. 0, 0.5, 1."""
    return [(value, f"{value:.6g}") for value in _even(low, high, length_px)]


def counts(low: float, high: float, length_px: float) -> list[Tick]:
    """Return ticks for numbers of things, e.g. 0, 500, 1,000; never half a thing."""
    values = _even(low, high, length_px, least=1)
    return [(value, f"{value:,.0f}") for value in values if value == round(value)]


def whole(first: str = "") -> Ticks:
    """Return ticks for what is numbered from 1 on, such as epochs; `first` names the 1."""

    def ticks(low: float, high: float, length_px: float) -> list[Tick]:
        start, end = max(1, math.ceil(low)), math.floor(high)
        unit_px = length_px / max(high - low, 1e-9)
        apart_px = 12 + 7 * len(str(end))
        step = next((s for s in WHOLE_STEPS if s * unit_px >= apart_px), WHOLE_STEPS[-1])
        marks = [n for n in range(step * math.ceil(start / step), end + 1, step) if n > 1]
        if start > 1:
            return [(n, str(n)) for n in marks]
        marks = [n for n in marks if (n - 1) * unit_px > (FIRST_PX if first else apart_px / 2)]
        return [(1, first or "1"), *((n, str(n)) for n in marks)]

    return ticks


def powers(text: Callable[[float], str] = "{:,.12g}".format, apart_px: float = 46.0) -> Ticks:
    """Return ticks for a logarithmic axis, whose values are logarithms to the base 10.

    Args:
        text: says the value itself.
        apart_px: between two ticks at least.
    """

    def ticks(low: float, high: float, length_px: float) -> list[Tick]:
        decade_px = length_px / max(high - low, 1e-9)
        for digits in DIGITS:
            gaps = [
                math.log10(b / a)
                for a, b in zip(digits, (*digits[1:], 10 * digits[0]), strict=True)
            ]
            if min(gaps) * decade_px >= apart_px:
                break
        every = max(1, math.ceil(apart_px / decade_px - 0.1))
        decades = [d for d in range(math.floor(low), math.ceil(high) + 1) if d % every == 0]
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        inside = [v for v in values if low - 1e-9 <= math.log10(v) <= high + 1e-9]
        if len(inside) < 2 and high - low < 1:  # zoomed into less than a digit: even steps
            inside = [v for v in _even(10.0**low, 10.0**high, length_px, 2 * apart_px) if v > 0]
        return [(math.log10(v), text(float(f"{v:.6g}"))) for v in inside]

    return ticks


def round_step(step: float) -> float:
    """The next of ..., 1, 2, 2.5, 5, 10, ..."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-12)))
    return next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= step * 0.999)


def round_top(highest: float) -> float:
    """The first of ..., 1, 1.5, 2, 3, 4, 5, 6, 8, 10, ... that holds `highest`."""
    power = 10.0 ** math.floor(math.log10(highest)) if highest > 0 else 1.0
    return next((t * power for t in (1, 1.5, 2, 3, 4, 5, 6, 8) if t * power >= highest), 10 * power)


def _even(
    low: float, high: float, length_px: float, apart_px: float = APART_PX, least: float = 0.0
) -> list[float]:
    """Multiples of a round step in sight."""
    step = max(round_step((high - low) / max(2.0, length_px / apart_px)), least)
    first = math.ceil(low / step - 1e-9)
    return [step * n for n in range(first, first + MOST) if step * n <= high + 1e-9 * step]

"""Charts of a report as SVG text: curves over epochs, and the reliability diagram."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tlstudio.core.evaluation.scores import ReliabilityBin

# as in the window's light theme: training and validation keep their colours
TRAIN_COLOUR, VAL_COLOUR, GREY = "#0072b2", "#c2540a", "#888888"
WIDTH, HEIGHT = 460, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 20, 14, 34
FONT = "font-family='sans-serif' font-size='11'"


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart; values that were not measured are None and leave a gap."""

    title: str
    colour: str
    values: Sequence[float | None]


def line_chart(curves: Sequence[Curve], x_title: str, *, is_fraction: bool, is_log: bool) -> str:
    """Curves over epochs, which count from 1.

    Args:
        is_fraction: values are 0..1 and written in per cent.
        is_log: the upright axis goes by powers of ten; values are positive.
    """
    drawn = [curve for curve in curves if any(value is not None for value in curve.values)]
    known = [value for curve in drawn for value in curve.values if value is not None]
    if is_log:
        known = [math.log10(value) for value in known if value > 0]
    if not known:
        return ""
    marks = _log_marks(known) if is_log else _marks(known, is_fraction=is_fraction)
    low, high = marks[0], marks[-1]
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    epochs = max(len(curve.values) for curve in drawn)
    parts = [_head()]
    for value in marks:
        y = _y(value, low, high)
        shown = _number(10**value if is_log else value, is_fraction)
        parts.append(
            f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>"
            f"<text x='{LEFT - 6}' y='{y + 4:.1f}' text-anchor='end' {FONT} fill='#555'>"
            f"{shown}</text>"
        )
    for epoch in sorted({1, (epochs + 1) // 2, epochs}):
        parts.append(
            f"<text x='{_x(epoch, epochs):.1f}' y='{HEIGHT - BOTTOM + 15}' text-anchor='middle' "
            f"{FONT} fill='#555'>{epoch}</text>"
        )
    parts.append(_caption(x_title))
    for curve in drawn:
        points = [
            (_x(number, epochs), _y(math.log10(value) if is_log else value, low, high))
            for number, value in enumerate(curve.values, 1)
            if value is not None and (value > 0 or not is_log)
        ]
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(
            f"<polyline points='{text}' fill='none' stroke='{curve.colour}' stroke-width='2'/>"
        )
        if len(points) == 1:
            (x, y) = points[0]
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{curve.colour}'/>")
    return "".join([*parts, "</svg>"])


def reliability_chart(bins: Sequence[ReliabilityBin], x_title: str) -> str:
    """How often the network is right where it is so sure: bars against the diagonal.

    Above each bar stands how many images it is made of.
    """
    parts = [_head()]
    for value in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _across(value)
        y = _y(value, 0.0, 1.0)
        parts.append(
            f"<text x='{x:.1f}' y='{HEIGHT - BOTTOM + 15}' text-anchor='middle' {FONT} "
            f"fill='#555'>{_number(value, True)}</text>"
            f"<text x='{LEFT - 6}' y='{y + 4:.1f}' text-anchor='end' {FONT} fill='#555'>"
            f"{_number(value, True)}</text>"
            f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>"
        )
    for one in bins:
        if one.share.value is None:
            continue
        left, right = _across(one.low), _across(one.high)
        y = _y(one.share.value, 0.0, 1.0)
        parts.append(
            f"<rect x='{left + 1:.1f}' y='{y:.1f}' width='{right - left - 2:.1f}' "
            f"height='{HEIGHT - BOTTOM - y:.1f}' fill='{VAL_COLOUR}' fill-opacity='0.6'/>"
            f"<text x='{(left + right) / 2:.1f}' y='{y - 3:.1f}' text-anchor='middle' "
            f"font-family='sans-serif' font-size='9' fill='#555'>{one.share.images}</text>"
        )
    parts.append(
        f"<line x1='{LEFT}' y1='{HEIGHT - BOTTOM}' x2='{WIDTH - RIGHT}' y2='{TOP}' "
        f"stroke='{GREY}' stroke-dasharray='4 3'/>"
    )
    parts.append(_caption(x_title))
    return "".join([*parts, "</svg>"])


def _marks(values: Sequence[float], *, is_fraction: bool) -> list[float]:
    """Round numbers up the axis, around all values; of fractions up to 1."""
    low, high = min(values), 1.0 if is_fraction else max(values)
    span = max(high - low, 1e-3)
    step = next(
        size * 10**power
        for power in range(-4, 300)
        for size in (1, 2, 5)
        if size * 10**power * 5 >= span
    )
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _log_marks(values: Sequence[float]) -> list[float]:
    """Powers of ten, or what there is between two of them."""
    low, high = min(values), max(values)
    if high - low < 1e-9:
        return [low]
    whole = list(range(math.ceil(low), math.floor(high) + 1))
    return sorted({low, high, *(n for n in whole if low + 0.2 < n < high - 0.2)})


def _head() -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        f"viewBox='0 0 {WIDTH} {HEIGHT}'>"
        f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{HEIGHT - BOTTOM}' y2='{HEIGHT - BOTTOM}' "
        f"stroke='#555'/>"
    )


def _caption(text: str) -> str:
    x = _across(0.5)
    return (
        f"<text x='{x}' y='{HEIGHT - 4}' text-anchor='middle' {FONT} fill='#555'>"
        f"{escape(text)}</text>"
    )


def _across(fraction: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * fraction


def _x(epoch: int, epochs: int) -> float:
    share = (epoch - 1) / (epochs - 1) if epochs > 1 else 0.5
    return _across(share)


def _y(value: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))


def _number(value: float, is_fraction: bool) -> str:
    return f"{100 * value:.0f}%" if is_fraction else f"{value:.3g}"

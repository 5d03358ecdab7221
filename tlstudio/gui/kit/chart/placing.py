"""Where a label of a chart stands: on no point, line or other label, if there is such a place.

Pure geometry, in pixels that grow to the right and down. Needs no pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Rect = tuple[float, float, float, float]  # left, top, width, height

APART_PX = 3.0  # between two labels side by side
LINE_PX = 1.0  # a line has a width


def _none() -> Array:
    return np.zeros((0, 3))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a label must not hide.

    Attributes:
        discs: points and balls, ``[n, 3]``: x, y and radius.
        lines: polygonal lines, ``[n, 2]`` each; a row that is not finite is a gap.
        labels: what is written already.
    """

    discs: Array = field(default_factory=_none)
    lines: Sequence[Array] = ()
    labels: Sequence[Rect] = ()


def beside(x: float, y: float, width: float, height: float, away: float) -> Iterator[Rect]:
    """Places around a point: right, left, above, below, and at the four corners."""
    slant = 0.72 * away
    yield x + away, y - height / 2, width, height
    yield x - away - width, y - height / 2, width, height
    yield x - width / 2, y - away - height, width, height
    yield x - width / 2, y + away, width, height
    yield x + slant, y - slant - height, width, height
    yield x - slant - width, y - slant - height, width, height
    yield x + slant, y + slant, width, height
    yield x - slant - width, y + slant, width, height


def hidden(places: Sequence[Rect], area: Rect, drawn: Drawn) -> Array:
    """How much of `drawn` each place would hide, in pixels, ``[len(places)]``; 0 for a free one.

    A place that is not wholly in `area` is infinitely bad.
    """
    left, top, width, height = np.array(places, float).reshape(-1, 4).T[:, :, None]
    right, bottom = left + width, top + height
    x, y, radius = drawn.discs.T
    reach = np.hypot(x - np.clip(x, left, right), y - np.clip(y, top, bottom))
    cost = np.maximum(radius - reach, 0).sum(axis=1)
    for line in drawn.lines:
        across = _shares(line[:, 0], left - LINE_PX, right + LINE_PX)
        down = _shares(line[:, 1], top - LINE_PX, bottom + LINE_PX)
        enter = np.maximum(np.maximum(across[0], down[0]), 0)
        leave = np.minimum(np.minimum(across[1], down[1]), 1)
        inside = np.hypot(*np.diff(line, axis=0).T) * np.maximum(leave - enter, 0)
        cost += np.nansum(inside, axis=1)
    others = np.array(drawn.labels, float).reshape(-1, 4)
    across = np.minimum(right, others[:, 0] + others[:, 2]) - np.maximum(left, others[:, 0])
    down = np.minimum(bottom, others[:, 1] + others[:, 3]) - np.maximum(top, others[:, 1])
    meets = (across > -APART_PX) & (down > 0)
    cost += np.where(meets, (across + APART_PX) * down, 0).sum(axis=1)
    is_inside = (left >= area[0]) & (right <= area[0] + area[2])
    is_inside &= (top >= area[1]) & (bottom <= area[1] + area[3])
    result: Array = np.where(is_inside[:, 0], cost, np.inf)
    return result


def best_place(places: Sequence[Rect], area: Rect, drawn: Drawn) -> tuple[Rect, bool]:
    """The first free place, else the one that hides least; and whether it is free."""
    if not places:
        return (0, 0, 0, 0), False
    cost = hidden(places, area, drawn)
    least = int(np.argmin(cost))
    return places[least], bool(cost[least] == 0)


def _shares(ends: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Where, from 0 to 1 along each piece of a line, it lies between `low` and `high`."""
    start, way = ends[:-1], np.diff(ends)
    way = np.where(way == 0, 1e-9, way)
    first, second = (low - start) / way, (high - start) / way
    return np.minimum(first, second), np.maximum(first, second)

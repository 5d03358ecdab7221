"""The layout of a ball chart: sizes, the range that holds all balls, labels, neighbours.

Pure geometry. Pixels grow to the right and down, as on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tlstudio.gui.kit.chart.placing import Array, Drawn, Rect, beside, best_place

REFERENCE = 150e6  # the value whose ball is `reference_px` wide
GAP_PX = 3.0
EDGE_PX = 6.0
NO_LINE: Array = np.zeros((0, 2))


def reference_px(width_px: float, height_px: float) -> float:
    """Diameter of a ball of `REFERENCE`: large charts have larger balls."""
    return float(np.clip(0.055 * math.sqrt(max(width_px * height_px, 1)), 26, 62))


def diameters(sizes: Sequence[float] | Array, reference_diameter_px: float) -> Array:
    """Return the diameters in pixels of balls whose areas are in proportion to `sizes`."""
    return reference_diameter_px * np.sqrt(np.asarray(sizes, float) / REFERENCE)


def range_of(values: Array, radii_px: Array, room_px: float) -> tuple[float, float]:
    """The range of one axis, `room_px` long, in which every ball lies whole."""
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high <= low:
        low, high = low - 0.5, high + 0.5
    lowest, highest = low, high
    radii = np.minimum(radii_px + EDGE_PX, room_px / 4)
    for _ in range(30):
        unit = (high - low) / max(room_px, 1.0)
        low = min(lowest, float((values - unit * radii).min()))
        high = max(highest, float((values + unit * radii).max()))
    return low, high


def hit(x_px: float, y_px: float, centres: Array, radii_px: Array) -> int:
    """The smallest ball at a point, with a little grace around small ones; -1 for none."""
    if not len(centres):
        return -1
    distance = np.hypot(centres[:, 0] - x_px, centres[:, 1] - y_px)
    inside = distance <= np.maximum(radii_px + 1, 6)
    if not inside.any():
        return -1
    return int(np.lexsort((distance, np.where(inside, radii_px, np.inf)))[0])


def neighbour(current: int, dx: int, dy: int, centres: Array) -> int:
    """The nearest ball in a direction (one of dx, dy is ±1); `current` if there is none."""
    offset = centres - centres[current]
    along = offset[:, 0] * dx + offset[:, 1] * dy
    across = np.abs(offset[:, 0] * dy) + np.abs(offset[:, 1] * dx)
    ahead = (along > 0) & (along >= 0.4 * across)
    ahead[current] = False
    if not ahead.any():
        return current
    cost = np.where(ahead, along + 2 * across, np.inf)
    return int(np.argmin(cost))


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that would like to stand beside its ball.

    Attributes:
        index: of its ball.
        width, height: of its text, in pixels.
        must: shown even where it covers others.
    """

    index: int
    width: float
    height: float
    must: bool = False


def place_labels(
    wishes: Iterable[Wish],
    centres: Array,
    radii_px: Array,
    area: Rect,
    taken: Iterable[Rect] = (),
    most: int = 1000,
    line: Array = NO_LINE,
) -> dict[int, Rect]:
    """Labels beside their balls or in them, none over another or over a foreign ball.

    Args:
        wishes: the most important ones first; what finds no free place is left out.
        centres, radii_px: of all balls, ``[n, 2]`` and ``[n]``.
        area: where labels may be.
        taken: where they may not.
        most: so many at most.
        line: that they keep off where they can, ``[n, 2]``.
    """
    placed: dict[int, Rect] = {}
    balls = np.insert(centres, 2, radii_px, axis=1)
    largest = float(np.max(radii_px, initial=0))
    labels = list(taken)
    for wish in wishes:
        if len(placed) >= most:
            break
        x, y, radius = balls[wish.index]
        reach = largest + radius + GAP_PX + max(wish.width, wish.height)
        is_near = np.abs(balls[:, :2] - (x, y)).max(axis=1) < reach
        is_near[wish.index] = False
        others = Drawn(balls[is_near], labels=labels)
        places = list(_places(wish, x, y, radius))
        place, is_free = best_place(places, area, others)
        if is_free or wish.must:
            off_line, is_off = best_place(places, area, replace(others, lines=[line]))
            placed[wish.index] = off_line if is_off else place
            labels.append(placed[wish.index])
    return placed


def _places(wish: Wish, x: float, y: float, radius: float) -> Iterator[Rect]:
    """Within a large ball; else around it."""
    if radius * 1.8 > wish.width:
        yield x - wish.width / 2, y - wish.height / 2, wish.width, wish.height
    yield from beside(x, y, wish.width, wish.height, radius + GAP_PX)

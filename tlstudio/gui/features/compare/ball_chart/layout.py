"""The layout of a ball chart: sizes, the range that holds all balls, labels, neighbours.

Pure geometry. Pixels grow to the right and down, as on the screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Rect = tuple[float, float, float, float]  # left, top, width, height

REFERENCE = 150e6  # the value whose ball is `reference_px` wide
GAP_PX = 3.0
EDGE_PX = 6.0


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
) -> dict[int, Rect]:
    """Labels beside their balls, none over another or over the middle of a foreign ball.

    Args:
        wishes: the most important ones first; what finds no place is left out.
        centres, radii_px: of all balls, ``[n, 2]`` and ``[n]``.
        area: where labels may be.
        taken: where they may not.
        most: so many at most.
    """
    placed: dict[int, Rect] = {}
    occupied = list(taken)
    for wish in wishes:
        if len(placed) >= most:
            break
        best, best_cost = None, math.inf
        places = list(_places(wish, centres[wish.index], radii_px[wish.index]))
        covered = _covered(np.array(places), wish.index, centres, radii_px)
        for rank, rect in enumerate(places):
            if not wish.must and (not _within(rect, area) or _touches_any(rect, occupied)):
                continue
            cost = rank * 0.15 + float(covered[rank])
            if wish.must and (not _within(rect, area) or _touches_any(rect, occupied)):
                cost += 100
            if cost < best_cost:
                best, best_cost = rect, cost
        if best is not None and (wish.must or best_cost < 1.0):
            placed[wish.index] = best
            occupied.append(best)
    return placed


def _places(wish: Wish, centre: Array, radius: float) -> Iterable[Rect]:
    """Within a large ball; else right, left, above, below, and at the four corners."""
    x, y = float(centre[0]), float(centre[1])
    w, h = wish.width, wish.height
    if radius * 1.8 > w:
        yield x - w / 2, y - h / 2, w, h
    away = radius + GAP_PX
    slant = 0.72 * away
    yield x + away, y - h / 2, w, h
    yield x - away - w, y - h / 2, w, h
    yield x - w / 2, y - away - h, w, h
    yield x - w / 2, y + away, w, h
    yield x + slant, y - slant - h, w, h
    yield x - slant - w, y - slant - h, w, h
    yield x + slant, y + slant, w, h
    yield x - slant - w, y + slant, w, h


def _within(rect: Rect, area: Rect) -> bool:
    return (
        rect[0] >= area[0]
        and rect[1] >= area[1]
        and rect[0] + rect[2] <= area[0] + area[2]
        and rect[1] + rect[3] <= area[1] + area[3]
    )


def _touches_any(rect: Rect, others: Iterable[Rect]) -> bool:
    return any(
        rect[0] < o[0] + o[2] + GAP_PX
        and o[0] < rect[0] + rect[2] + GAP_PX
        and rect[1] < o[1] + o[3]
        and o[1] < rect[1] + rect[3]
        for o in others
    )


def _covered(rects: Array, own: int, centres: Array, radii: Array) -> Array:
    """Rate how badly each label place covers other balls; 1 or more hides a ball's middle."""
    left, top, width, height = (column[:, None] for column in rects.T)
    x, y = centres[:, 0], centres[:, 1]
    away_x = x - np.minimum(np.maximum(x, left), left + width)
    away_y = y - np.minimum(np.maximum(y, top), top + height)
    depth = np.maximum(1 - np.hypot(away_x, away_y) / np.maximum(radii, 1), 0)
    depth[:, own] = 0
    # small balls would vanish under it; within a large one it would seem to name that
    weighed: Array = depth @ np.where(radii < 14, 1.0, 0.8)
    return weighed

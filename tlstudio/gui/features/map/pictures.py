"""Which points of a map show their pictures: as many as there is room for, none over another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINT_ROOM_PX = 800  # square px; where points have less, pictures would hide what they say
MOST_PICTURES = 90
SMALLEST_PX, LARGEST_PX = 44.0, 128.0
GAP_PX = 6.0


def pictures_at(
    places: NDArray[np.float64], numbers: NDArray[np.int64], size: QSize
) -> Iterator[tuple[int, QRectF]]:
    """Choose pictures, and where they are.

    Args:
        places: of all points in the view.
        numbers: of the points that may show one.
        size: of the view.

    Yields:
        The number of a point and a square around it. A point near another one that comes before it
        in a fixed order has none, so that panning changes nothing.
    """
    side = float(np.sqrt(size.width() * size.height() / max(1, len(numbers))) * 1.1)
    side = min(LARGEST_PX, max(SMALLEST_PX, side))
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
    step, count = side + GAP_PX, 0
    for number in numbers[np.argsort((numbers * 2654435761) % 1_000_003, kind="stable")].tolist():
        x, y = places[number].tolist()
        cell = (int(x // step), int(y // step))
        around = (
            spot
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
            for spot in taken.get((cell[0] + across, cell[1] + down), ())
        )
        if any(abs(x - other) < step and abs(y - below) < step for other, below in around):
            continue
        taken.setdefault(cell, []).append((x, y))
        yield number, QRectF(QPointF(x - side / 2, y - side / 2), QSizeF(side, side))
        count += 1
        if count == MOST_PICTURES:
            return

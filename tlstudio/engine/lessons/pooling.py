"""The pooling lesson: what is left of a map that is pooled, where the photo is shifted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.convolution import KERNELS
from tlstudio.engine.lessons.photo import grey, photo_pixels

MAP_PX = 64  # side of the feature map
FAR_PX = 8  # the photo can be shifted so far
FRAME_PX = MAP_PX + len(KERNELS["vertical_edges"]) - 1  # what of the photo the map is made of
PHOTO_PX = FRAME_PX + 2 * FAR_PX
POOLS: dict[str, Callable[..., torch.Tensor]] = {
    "max": functional.max_pool2d,
    "average": functional.avg_pool2d,
}


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A pooled map before and after a shift.

    Attributes:
        photo: uint8 ``[PHOTO_PX, PHOTO_PX, 3]``.
        shift: ``(x, y)`` of the frame from the middle, in pixels.
        before, after: float32 ``[MAP_PX / size, MAP_PX / size]``.
        stays: the share of the pooled map that stays, 0 to 1: the sum of the smaller of both values
            of each cell by the sum of the larger.
        stays_unpooled: the same of the feature map without pooling.
        curve, curve_unpooled: both for each shift to the right, from ``-FAR_PX`` to ``FAR_PX``.
    """

    photo: NDArray[np.uint8]
    shift: tuple[int, int]
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    stays: float
    stays_unpooled: float
    curve: tuple[float, ...]
    curve_unpooled: tuple[float, ...]


def pool_shifted(image: ImageRef, kind: str, size: int, x: int, y: int) -> Pooled:
    """Find vertical edges in the middle of a photo and in a shifted part of it, and pool both maps.

    Args:
        image: the photo.
        kind: a key of `POOLS`.
        size: side and stride of the pooling window, a divisor of `MAP_PX`; 1 for no pooling.
        x, y: upper left corner of the frame in the photo, from 0 to ``2 * FAR_PX``.

    Raises:
        ImageError: the photo cannot be read.
    """
    photo = photo_pixels(image, PHOTO_PX)
    brightness = torch.from_numpy(grey(photo))
    kernel = torch.tensor(KERNELS["vertical_edges"], dtype=torch.float32)[None, None]
    with torch.inference_mode():
        edges = functional.conv2d(brightness[None, None], kernel).relu()
        along = [(left, FAR_PX) for left in range(2 * FAR_PX + 1)]
        maps = torch.cat(
            [
                edges[..., top : top + MAP_PX, left : left + MAP_PX]
                for left, top in ((FAR_PX, FAR_PX), (x, y), *along)
            ]
        )
        pooled = POOLS[kind](maps, size)
        stays, stays_unpooled = _stays(pooled), _stays(maps)
    return Pooled(
        photo,
        (x - FAR_PX, y - FAR_PX),
        pooled[0, 0].numpy(),
        pooled[1, 0].numpy(),
        stays[1],
        stays_unpooled[1],
        stays[2:],
        stays_unpooled[2:],
    )


def _stays(maps: torch.Tensor) -> tuple[float, ...]:
    """What is left of the first map in each of them."""
    smaller = torch.minimum(maps, maps[:1]).flatten(1).sum(1)
    larger = torch.maximum(maps, maps[:1]).flatten(1).sum(1)
    return tuple(torch.where(larger > 0, smaller / larger, 1.0).tolist())

"""Deep images (16 and 32 bits, floats): which they are, their values, and their grey of 8 bits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from tlstudio.core.data.values import ValueFacts, ValueRange, ValueType, usual_range

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PART_PIXELS = 1 << 19  # floats of a part of an image stay within some 16 MB
_PERCENTILE_PIXELS = 1 << 18
_EXTREMES = (0.5, 99.5)


def is_deep(mode: str) -> bool:
    """Whether Pillow's `mode` has more than 256 levels of grey."""
    return mode.startswith("I") or mode == "F"


def value_facts(image: Image.Image) -> ValueFacts | None:
    """The values of a deep image; infinities and NaN do not count. None where nothing is left."""
    step = max(1, image.width * image.height // _PERCENTILE_PIXELS)
    lows, highs, some = [], [], []
    for _, part in _parts(image):
        finite = part[np.isfinite(part)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
            some.append(finite[::step].copy())
    if not lows:
        return None
    dark, bright = np.percentile(np.concatenate(some), _EXTREMES)
    return ValueFacts(_type_of(image.mode), min(lows), max(highs), float(dark), float(bright))


def grey8(image: Image.Image, values: ValueRange | None) -> Image.Image:
    """A deep image in 256 levels of grey; None takes the usual range of its own values.

    What is below the range, and what is no number, is black; a value that the file calls
    transparent is white.
    """
    if values is None:
        facts = value_facts(image)
        values = usual_range(facts) if facts else ValueRange(0, 1)
    clear = image.info.get("transparency")
    grey = np.empty((image.height, image.width), dtype=np.uint8)
    table = _levels(np.arange(1 << 16), values) if image.mode.startswith("I;16") else None
    for (left, top, right, bottom), part in _parts(image):
        levels = _levels(part, values) if table is None else table[part]
        if isinstance(clear, int):
            levels[part == clear] = 255
        grey[top:bottom, left:right] = levels
    return Image.fromarray(grey)


def _levels(stored: NDArray[np.generic], values: ValueRange) -> NDArray[np.uint8]:
    with np.errstate(invalid="ignore", over="ignore"):
        shares = (stored.astype(np.float64) - values.low) / (values.high - values.low)
        shares = np.nan_to_num(np.clip(shares, 0, 1), nan=0.0)
    return cast("NDArray[np.uint8]", np.round(shares * 255).astype(np.uint8))


def _parts(
    image: Image.Image,
) -> Iterator[tuple[tuple[int, int, int, int], NDArray[np.generic]]]:
    """The stored values ``[h, w]`` of one box of the image after another."""
    width = min(image.width, _PART_PIXELS)
    height = max(1, _PART_PIXELS // max(1, width))
    for top in range(0, image.height, height):
        for left in range(0, image.width, width):
            right, bottom = min(image.width, left + width), min(image.height, top + height)
            box = (left, top, right, bottom)
            yield box, np.asarray(image if box == (0, 0, *image.size) else image.crop(box))


def _type_of(mode: str) -> ValueType:
    if mode == "F":
        return ValueType.FLOAT32
    return ValueType.INT32 if mode == "I" else ValueType.UINT16

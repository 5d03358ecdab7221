"""Colours of feature maps: numbers as brightness, and changes away from zero."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QColor, QImage

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.thumbnails import image_from_array

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, Any]

VALUES = "viridis"  # perceptually uniform, and readable with any kind of colour vision
CHANGES = {"light": "CET-D1", "dark": "CET-D4"}  # blue to red through white or black


def colour_table(*, is_signed: bool) -> tuple[int, ...]:
    """256 colours as Qt reads them, from 0 to 255.

    Args:
        is_signed: for what may rise and fall, in the theme's own: zero is its background.
    """
    return _table(CHANGES[theme.current().name] if is_signed else VALUES)


def map_image(pixels: Pixels, *, is_signed: bool = False) -> QImage:
    """uint8 ``[h, w]`` in colours."""
    import numpy as np

    height, width = pixels.shape
    pixels = np.ascontiguousarray(pixels)
    image = QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(colour_table(is_signed=is_signed))
    return image.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the array may go


def tile_image(pixels: Pixels) -> QImage:
    """A little picture as it is: uint8 ``[h, w, 3]``, or ``[h, w]`` in grey."""
    import numpy as np

    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    return image_from_array(pixels)


def rescaled(pixels: Pixels, low: float, high: float, new_low: float, new_high: float) -> Pixels:
    """Rescale values to 0 at `new_low` and 255 at `new_high`; values beyond are clipped."""
    import numpy as np

    room = new_high - new_low
    if room <= 0:
        return np.zeros_like(pixels)
    values = low + pixels.astype(np.float32) * ((high - low) / 255)
    return np.clip(np.round((values - new_low) * (255 / room)), 0, 255).astype(np.uint8)


@cache
def _table(name: str) -> tuple[int, ...]:
    import pyqtgraph

    rows = pyqtgraph.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return tuple(QColor(int(r), int(g), int(b)).rgb() for r, g, b in rows)

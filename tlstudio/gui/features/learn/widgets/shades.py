"""Numbers as shades of grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def shades(
    values: np.ndarray[Any, Any], low: float | None = None, high: float | None = None
) -> Any:
    """Numbers as uint8 of the same shape: the least is black, the greatest white.

    Args:
        low, high: what is black and white instead, so that several pictures compare.
    """
    least = float(values.min()) if low is None else low
    most = float(values.max()) if high is None else high
    scaled = (values - least) * (255 / ((most - least) or 1.0))
    return scaled.clip(0, 255).astype("uint8")


def marked(grey: np.ndarray[Any, Any], share: np.ndarray[Any, Any], colour: str) -> Any:
    """Shades of grey as uint8 ``[h, w, 3]``, coloured where something is to be seen.

    Args:
        grey: uint8 ``[h, w]``.
        share: how much of each pixel takes the colour, 0 to 1.
        colour: as ``#rrggbb``.
    """
    ink = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    part = share.clip(0, 1)[:, :, None]
    return (grey[:, :, None] * (1 - part) + part * ink).astype("uint8")

"""The colours of a confusion matrix: right answers and errors differ by place and by hue."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtGui import QColor, QImage

from tlstudio.gui.kit import theme

STRONGEST = 0.9  # of the colour itself, where all images of a class are in one cell
LEVELS = 255  # of a colour, in an image
LEAST = 0.2  # for any image at all
READABLE = 4.5  # contrast of small letters (WCAG 2)

Array = np.ndarray[Any, Any]


def strength(share: Array | float) -> Any:
    """How much of its colour a cell has, 0..1; single errors are still seen."""
    seen = np.maximum(np.sqrt(np.clip(share, 0.0, 1.0)), LEAST)
    return STRONGEST * np.where(np.asarray(share) > 0, seen, 0.0)


def cell_colour(share: float, *, is_right: bool) -> QColor:
    """The colour of a cell with this share of its class's images."""
    tokens = theme.current()
    full, back = _rgb(tokens.right if is_right else tokens.wrong), _rgb(tokens.surface)
    amount = float(strength(share))
    return QColor(*(round(float(value)) for value in full * amount + back * (1 - amount)))


def text_colour(back: QColor) -> QColor:
    """The theme's letters where they can be read on `back`, else black or white."""
    usual = QColor(theme.current().text)
    if contrast(usual, back) >= READABLE:
        return usual
    return max((QColor("#000000"), QColor("#ffffff")), key=lambda colour: contrast(colour, back))


def contrast(one: QColor, other: QColor) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def matrix_image(shares: Array, cells_a_pixel: int = 1) -> QImage:
    """A pixel for each cell of ``shares[true, predicted]``, in the colours of `cell_colour`.

    A pixel for several cells has the strongest of them: an average of so many would be nothing.
    """
    levels = np.rint(strength(_strongest(shares, cells_a_pixel)) * LEVELS).astype(np.uint8)
    tokens, size = theme.current(), len(levels)
    amount = np.arange(LEVELS + 1)[:, None] / LEVELS
    back = _rgb(tokens.surface)
    wrong, right = (
        _rgb(full) * amount + back * (1 - amount) for full in (tokens.wrong, tokens.right)
    )
    pixels = np.full((size, size, 4), 255, np.uint8)
    pixels[..., :3] = np.rint(wrong).astype(np.uint8)[levels]
    diagonal = np.arange(size)
    pixels[diagonal, diagonal, :3] = np.rint(right).astype(np.uint8)[levels.diagonal()]
    image = QImage(pixels.tobytes(), size, size, 4 * size, QImage.Format.Format_RGBA8888)
    return image.copy()  # its own bytes


def _strongest(shares: Array, block: int) -> Array:
    """The largest of each ``block`` by ``block`` values."""
    if block == 1:
        return shares
    size = -(-len(shares) // block)
    padded = np.zeros((size * block, size * block))
    padded[: len(shares), : len(shares)] = shares
    blocks: Array = padded.reshape(size, block, size, block).max(axis=(1, 3))
    return blocks


def _rgb(colour: str) -> Array:
    """Red, green and blue, 0..255."""
    found = QColor(colour)
    return np.array((found.red(), found.green(), found.blue()), float)


def _luminance(colour: QColor) -> float:
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

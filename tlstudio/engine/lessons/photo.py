"""The photo that a lesson shows, small and square."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.engine.data.images import decoded
from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder

KEPT = 16
# One photo of each class of the first sample dataset, which the on-board network knows by itself.
SAMPLES = (
    "pumpkin/pumpkin_009.jpg",
    "acorn/acorn_005.jpg",
    "apple/apple_008.jpg",
    "mushroom/mushroom_005.jpg",
    "pear/pear_009.jpg",
)


def sample_photos() -> tuple[ImageRef, ...]:
    """Some photos of the first sample dataset, which travels with the studio.

    Raises:
        DatasetError: it is missing from this installation.
    """
    folder = sample_dataset_folder(SAMPLE_DATASETS[0].name) / "val"
    return tuple(ImageRef.of_file(folder / name) for name in SAMPLES)


def photo_pixels(image: ImageRef, side_px: int) -> NDArray[np.uint8]:
    """The middle of a photo as a square, uint8 ``[side_px, side_px, 3]``; not to be changed.

    Raises:
        ImageError: it cannot be read.
    """
    try:
        stat = image.stat()
    except OSError:
        stat = None  # reading it says why
    return _photo_pixels(image, side_px, stat)


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The brightness of a photo ``[H, W, 3]`` as float32 ``[H, W]`` from 0 to 1 (ITU-R 601)."""
    return np.asarray(Image.fromarray(pixels).convert("L"), dtype=np.float32) / np.float32(255)


@lru_cache(maxsize=KEPT)
def _photo_pixels(image: ImageRef, side_px: int, stat: ImageStat | None) -> NDArray[np.uint8]:
    with decoded(image, min_side_px=side_px) as picture:
        size = (side_px, side_px)
        square = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
        pixels = np.asarray(square.convert("RGB")).copy()
    pixels.setflags(write=False)  # it is kept
    return pixels

"""A few pictures of a sample dataset, without opening or writing it. Needs no torch."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from tlstudio.core.storage import resources_dir
from tlstudio.engine.data.images import thumbnail

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_on_board(name: str) -> bool:
    """Whether the files of sample dataset `name` travel with the studio."""
    return (resources_dir() / "samples" / name).is_dir()


def sample_previews(name: str, count: int, size_px: int) -> list[NDArray[np.uint8]]:
    """Up to `count` pictures, one of each class, uint8 ``[h, w, 3]`` within `size_px`.

    What is not on board is taken from scikit-learn, whose import takes about a second.

    Raises:
        ImageError: a picture on board cannot be read.
    """
    if not is_on_board(name):
        return _digits(count)
    folders = sorted((resources_dir() / "samples" / name / "train").iterdir())
    firsts = (next(iter(sorted(folder.glob("*.*"))), None) for folder in folders)
    return [thumbnail(path, size_px) for path in islice(filter(None, firsts), count)]


def _digits(count: int) -> list[NDArray[np.uint8]]:
    from sklearn.datasets import load_digits

    images = load_digits().images[:count]  # they begin 0, 1, 2, ...
    pixels = np.clip(images * 16, 0, 255).astype(np.uint8)
    return [np.repeat(image[..., None], 3, axis=2) for image in pixels]

"""A few pictures of a sample dataset, without opening or writing it. Needs no torch."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.storage import resources_dir
from tlstudio.engine.data.samples import read_digits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def sample_previews(name: str, count: int, size_px: int) -> list[NDArray[np.uint8]]:
    """Return up to `count` pictures, one of each class, uint8 ``[h, w, 3]`` within `size_px`.

    Raises:
        ImageError: a picture on board cannot be read.
    """
    if not (resources_dir() / "samples" / name).is_dir():
        return _digits(count)
    from tlstudio.engine.data.images import thumbnail

    folders = sorted((resources_dir() / "samples" / name / "train").iterdir())
    firsts = (next(iter(sorted(folder.glob("*.*"))), None) for folder in folders)
    return [
        thumbnail(ImageRef.of_file(path), size_px) for path in islice(filter(None, firsts), count)
    ]


def _digits(count: int) -> list[NDArray[np.uint8]]:
    import numpy as np

    images, _ = read_digits(count)  # they begin 0, 1, 2, ...
    pixels = np.clip(images * 16, 0, 255).astype(np.uint8)
    return [np.repeat(image[..., None], 3, axis=2) for image in pixels]

"""A glance at a few images of a dataset: how large they are, and whether they are grey."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from tlstudio.core.data.dataset import ImagesGlance
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.engine.data.images import image_details

LOOKED_AT = 32
_GREY = ("1", "L", "LA", "La", "I", "F")  # and I;16 in all its spellings


def glance(images: Sequence[ImageRef]) -> ImagesGlance | None:
    """Read the headers of up to 32 of `images`, evenly spread; None if none is readable.

    Pictures that are stored in colour count as such, even if they look grey.
    """
    step = max(1, len(images) // LOOKED_AT)
    sides: list[int] = []
    is_grey = True
    for image in images[::step][:LOOKED_AT]:
        try:
            details = image_details(image)
        except ImageError:
            continue
        sides.append(min(details.width_px, details.height_px))
        is_grey = is_grey and details.mode.split(";")[0] in _GREY
    return ImagesGlance(median_low(sides), is_grey) if sides else None

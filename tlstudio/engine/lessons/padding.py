"""The padding lesson: how large a map is after a window with padding and stride."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.lessons.window_size import WindowSize
from tlstudio.engine.lessons.photo import photo_pixels


@dataclass(frozen=True, slots=True, eq=False)
class Padded:
    """A photo with zeros around it, and the map of a window that takes the mean of what it sees.

    Attributes:
        size: of all that.
        picture: uint8 ``[n + 2p, n + 2p, 3]``.
        outputs: uint8 ``[out, out, 3]``, as torch computes it; None where the window is too large.
    """

    size: WindowSize
    picture: NDArray[np.uint8]
    outputs: NDArray[np.uint8] | None


def padded_photo(image: ImageRef, size: WindowSize) -> Padded:
    """Let a window walk over a photo of so many pixels.

    Raises:
        ImageError: the photo cannot be read.
    """
    pixels = torch.from_numpy(photo_pixels(image, size.pixels).copy()).permute(2, 0, 1)
    edge = (size.padding,) * 4
    padded = functional.pad(pixels, edge)
    outputs = None
    if size.outputs > 0:
        kernel, each = size.kernel, torch.ones(3, 1, size.kernel, size.kernel)
        with torch.inference_mode():
            mean = functional.conv2d(
                pixels[None].float(), each / kernel**2, None, size.stride, size.padding, groups=3
            )
        outputs = _picture(mean[0].round().byte())
    return Padded(size, _picture(padded), outputs)


def _picture(channels: torch.Tensor) -> NDArray[np.uint8]:
    return np.ascontiguousarray(channels.permute(1, 2, 0).numpy())

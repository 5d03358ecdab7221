"""A 1x1 convolution: at every place the same weighted sum of the maps.

Lin, Chen, Yan: Network In Network. ICLR 2014. https://arxiv.org/abs/1312.4400
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.photo import photo_pixels

SIDE_PX = 44  # of the photo: few enough for each place to be seen


@dataclass(frozen=True, slots=True, eq=False)
class PointwiseSum:
    """The maps that go in, 0 to 1, ``[3, H, W]``, and the one that comes out, ``[H, W]``."""

    maps: NDArray[np.float32]
    result: NDArray[np.float32]


def pointwise_sum(image: ImageRef, weights: Sequence[float]) -> PointwiseSum:
    """Mix the red, green and blue of a photo by a 1x1 convolution with three weights, no bias.

    Raises:
        ImageError: it cannot be read.
    """
    maps = torch.tensor(photo_pixels(image, SIDE_PX)).permute(2, 0, 1)[None].float() / 255
    kernel = torch.tensor(weights, dtype=torch.float32).view(1, 3, 1, 1)
    return PointwiseSum(maps[0].numpy(), F.conv2d(maps, kernel)[0, 0].numpy())

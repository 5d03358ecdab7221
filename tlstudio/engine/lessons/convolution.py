"""The convolution lesson: a kernel walks over a photo, and one number comes out at each place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.lessons.photo import grey, photo_pixels

SIDE_PX = 64
LEARNT = "learnt"
LEAST_WEIGHT = 0.05  # of a learnt kernel's largest, that something is seen of it

KERNELS: dict[str, tuple[tuple[float, ...], ...]] = {
    "blur": ((1 / 9,) * 3,) * 3,
    "vertical_edges": ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),  # Sobel's
    "horizontal_edges": ((-1, -2, -1), (0, 0, 0), (1, 2, 1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
}


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """What happens at one place.

    Attributes:
        inputs: what lies below the kernel, ``[C, k, k]``.
        products: each of them times its weight.
        total: their sum: one pixel of the map.
    """

    inputs: NDArray[np.float32]
    products: NDArray[np.float32]
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """A photo under a kernel.

    Attributes:
        kernel: its name.
        picture: as it is shown: uint8 ``[H, W]``, or ``[H, W, 3]`` where it has three channels.
        inputs: what is multiplied, float32 ``[C, H, W]``: 0 to 1, or as the network takes it.
        weights: of the kernel, float32 ``[C, k, k]``.
        outputs: the feature map, float32 ``[H - k + 1, W - k + 1]``, as torch computes it.
        count: of learnt kernels to choose from.
    """

    kernel: str
    picture: NDArray[np.uint8]
    inputs: NDArray[np.float32]
    weights: NDArray[np.float32]
    outputs: NDArray[np.float32]
    count: int

    def at(self, x: int, y: int) -> Products:
        """The products where the kernel's upper left corner lies on the pixel (x, y)."""
        side = self.weights.shape[-1]
        inputs = self.inputs[:, y : y + side, x : x + side]
        return Products(inputs, inputs * self.weights, float(self.outputs[y, x]))


def convolve(image: ImageRef, kernel: str, number: int = 0) -> Convolution:
    """Let a kernel walk over a photo, with stride 1 and without padding.

    Args:
        image: the photo.
        kernel: a name in `KERNELS`, on the brightness; or `LEARNT`, one of those that the on-board
            network learnt on ImageNet, on the three colours as that network takes them.
        number: which of the learnt kernels.

    Raises:
        ImageError: the photo cannot be read.
        ConfigError: there is no such kernel.
        WeightsError: the on-board weights are missing.
    """
    pixels = photo_pixels(image, SIDE_PX)
    if kernel == LEARNT:
        inputs, learnt = _learnt(pixels)
        weights, count, picture = learnt[number % len(learnt)], len(learnt), pixels
    elif kernel in KERNELS:
        brightness = grey(pixels)
        picture = np.rint(255 * brightness).astype(np.uint8)
        inputs = torch.from_numpy(brightness)[None]
        weights, count = torch.tensor(KERNELS[kernel], dtype=torch.float32)[None], 1
    else:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "There is no kernel called “{name}”."), name=kernel
        )
    with torch.inference_mode():
        outputs = functional.conv2d(inputs[None], weights[None])[0, 0]
    return Convolution(kernel, picture, inputs.numpy(), weights.numpy(), outputs.numpy(), count)


def _learnt(pixels: NDArray[np.uint8]) -> tuple[torch.Tensor, torch.Tensor]:
    """The photo as the on-board network takes it, and the kernels of its first convolution.

    The strongest comes first; those that training left next to nothing of are left out.
    """
    from tlstudio.engine.data.transforms import normalise
    from tlstudio.engine.lessons.pretrained import imagenet_network, imagenet_preprocessing

    network = imagenet_network()
    first = next(layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d))
    weights = first.weight.detach()
    strength = weights.flatten(1).abs().amax(1)
    order = strength.argsort(descending=True)[: int((strength >= LEAST_WEIGHT).sum())]
    views = torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None]
    inputs = normalise(views, imagenet_preprocessing())[0]
    return inputs, weights[order]

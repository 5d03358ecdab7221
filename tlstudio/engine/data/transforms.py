"""Transforms from a picture to the network's input.

Pictures stay uint8 until the very end: a *view* is the uint8 square ``[3, crop, crop]`` that a
network is shown, and `normalise` makes the float input of it. Validation views are exactly those
of torchvision's own presets; training views are varied by a generator of their own, one per
(seed, epoch, sample), so that the order of work does not matter and no global state is touched.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

from tlstudio.core.networks.preprocessing import Preprocessing

ImageLike = Image.Image | torch.Tensor  # RGB, or uint8 [3, H, W]
TrainTransform = Callable[[ImageLike, random.Random], torch.Tensor]
EvalTransform = Callable[[ImageLike], torch.Tensor]

VIEWS_VERSION = 1  # to be raised when any view comes out otherwise than before: features are kept
CROP_AREA = (0.08, 1.0)  # torchvision's defaults of RandomResizedCrop
CROP_RATIO = (3 / 4, 4 / 3)
ROTATION_DEGREES = 5.0
MAX_ASPECT = 16


def train_transform(augmentation: str, preprocessing: Preprocessing) -> TrainTransform:
    """Return the training transform: ``(image, generator) -> float32 [3, crop, crop]``."""
    view = AUGMENTATIONS[augmentation]
    return lambda image, generator: normalise(view(image, preprocessing, generator), preprocessing)


def eval_transform(preprocessing: Preprocessing) -> EvalTransform:
    """Return the evaluation transform: ``image -> float32 [3, crop, crop]``."""
    return lambda image: normalise(eval_view(image, preprocessing), preprocessing)


def train_view(
    image: ImageLike, augmentation: str, preprocessing: Preprocessing, generator: random.Random
) -> torch.Tensor:
    """A varied view, uint8 ``[3, crop, crop]``."""
    return AUGMENTATIONS[augmentation](image, preprocessing, generator)


def eval_view(image: ImageLike, preprocessing: Preprocessing) -> torch.Tensor:
    """The plain view, uint8 ``[3, crop, crop]``: shorter side to `resize_px`, centre cropped."""
    square = [preprocessing.crop_px, preprocessing.crop_px]
    return _tensor(F.center_crop(resized(image, preprocessing), square))


def resized(image: ImageLike, preprocessing: Preprocessing) -> Any:
    """The image with its shorter side at `resize_px`, by the preprocessing's interpolation.

    What is longer than `MAX_ASPECT` loses its ends first: a picture of 1 x 60,000 pixels would
    otherwise become one of 256 x 15 million, of which the centre is cut out anyway.
    """
    height, width = F.get_size(image)
    longest = MAX_ASPECT * min(height, width)
    if max(height, width) > longest:
        image = F.center_crop(image, [min(height, longest), min(width, longest)])
    return F.resize(
        image,
        [preprocessing.resize_px],
        interpolation=_interpolation(preprocessing),
        antialias=True,
    )


def normalise(views: torch.Tensor, preprocessing: Preprocessing) -> torch.Tensor:
    """Float32 network input of uint8 views, ``[3, H, W]`` or ``[B, 3, H, W]``.

    Where the network takes one channel, the first stands for all: they are equal then.
    """
    mean, std = _mean_std(preprocessing, views.device)
    if preprocessing.channels == 1:
        views, mean, std = views[..., :1, :, :], mean[:1], std[:1]
    return views.to(torch.float32).div_(255).sub_(mean).div_(std)


def denormalise(image: torch.Tensor, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """The picture, uint8 ``[H, W, 3]``, of a network input ``[3, H, W]`` or ``[1, H, W]``."""
    mean, std = _mean_std(preprocessing, image.device)
    pixels = image.detach().to(torch.float32) * std + mean
    return view_pixels((pixels * 255).round().clamp(0, 255).to(torch.uint8).cpu())


def view_pixels(view: torch.Tensor) -> NDArray[np.uint8]:
    """A uint8 view ``[3, H, W]`` as an array ``[H, W, 3]`` of its own."""
    return cast("NDArray[np.uint8]", np.ascontiguousarray(view.permute(1, 2, 0).numpy()))


def sample_generator(seed: int, epoch: int, sample_index: int) -> random.Random:
    """The generator that varies one sample in one epoch."""
    return random.Random(f"{seed}/{epoch}/{sample_index}")


def _crop_flip(
    image: ImageLike, preprocessing: Preprocessing, generator: random.Random
) -> torch.Tensor:
    picture = _picture(image)
    top, left, height, width = _random_box(picture.height, picture.width, generator)
    side = [preprocessing.crop_px, preprocessing.crop_px]
    view = F.resized_crop(
        picture,
        top,
        left,
        height,
        width,
        side,
        interpolation=_interpolation(preprocessing),
        antialias=True,
    )
    return _tensor(_flip(view, generator))


def _rotate_flip(
    image: ImageLike, preprocessing: Preprocessing, generator: random.Random
) -> torch.Tensor:
    angle = generator.uniform(-ROTATION_DEGREES, ROTATION_DEGREES)
    turned = F.rotate(
        resized(_picture(image), preprocessing), angle, interpolation=InterpolationMode.BILINEAR
    )
    side = [preprocessing.crop_px, preprocessing.crop_px]
    return _tensor(_flip(F.center_crop(turned, side), generator))


def _as_it_is(
    image: ImageLike, preprocessing: Preprocessing, generator: random.Random
) -> torch.Tensor:
    return eval_view(image, preprocessing)


AUGMENTATIONS: dict[str, Callable[[ImageLike, Preprocessing, random.Random], torch.Tensor]] = {
    "crop_flip": _crop_flip,
    "rotate_flip": _rotate_flip,
    "none": _as_it_is,
}


def _random_box(height: int, width: int, generator: random.Random) -> tuple[int, int, int, int]:
    """Top, left, height, width of a crop, drawn as torchvision's RandomResizedCrop does."""
    area = height * width
    low, high = math.log(CROP_RATIO[0]), math.log(CROP_RATIO[1])
    for _ in range(10):
        target = area * generator.uniform(*CROP_AREA)
        ratio = math.exp(generator.uniform(low, high))
        w, h = round(math.sqrt(target * ratio)), round(math.sqrt(target / ratio))
        if 0 < w <= width and 0 < h <= height:
            return generator.randint(0, height - h), generator.randint(0, width - w), h, w
    w = min(width, max(1, round(height * CROP_RATIO[1])))
    h = min(height, max(1, round(width / CROP_RATIO[0])))
    return (height - h) // 2, (width - w) // 2, h, w


def _flip(view: Any, generator: random.Random) -> Any:
    return F.horizontal_flip(view) if generator.random() < 0.5 else view


def _picture(image: ImageLike) -> Image.Image:
    """Small pictures are varied faster by Pillow than by tensor operations, which wake threads."""
    return Image.fromarray(view_pixels(image)) if isinstance(image, torch.Tensor) else image


def _tensor(image: ImageLike) -> torch.Tensor:
    if isinstance(image, torch.Tensor):
        return image
    return cast("torch.Tensor", F.pil_to_tensor(image))


def _interpolation(preprocessing: Preprocessing) -> InterpolationMode:
    return InterpolationMode(preprocessing.interpolation)


def _mean_std(
    preprocessing: Preprocessing, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    mean = torch.tensor(preprocessing.mean, dtype=torch.float32, device=device)
    std = torch.tensor(preprocessing.std, dtype=torch.float32, device=device)
    return mean.view(3, 1, 1), std.view(3, 1, 1)

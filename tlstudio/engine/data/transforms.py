"""Transforms from a picture to the network's input.

Pictures stay uint8 until the very end: a *view* is the uint8 square ``[3, crop, crop]`` that a
network is shown, and `normalise` makes the float input of it. Validation views are exactly those
of torchvision's own presets; training views are varied by a generator of their own, one per
(seed, epoch, sample), so that the order of work does not matter and no global state is touched.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.augmentation import AugmentationOptions, Step
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.engine.data.variation import drawn_steps

ImageLike = Image.Image | torch.Tensor  # RGB, or uint8 [3, H, W]
TrainTransform = Callable[[ImageLike, random.Random], torch.Tensor]
EvalTransform = Callable[[ImageLike], torch.Tensor]

VIEWS_VERSION = 1  # to be raised when any view comes out otherwise than before: features are kept
MAX_ASPECT = 16


def train_transform(options: AugmentationOptions, preprocessing: Preprocessing) -> TrainTransform:
    """Return the training transform: ``(image, generator) -> float32 [3, crop, crop]``."""
    return lambda image, generator: normalise(
        train_view(image, options, preprocessing, generator), preprocessing
    )


def eval_transform(preprocessing: Preprocessing) -> EvalTransform:
    """Return the evaluation transform: ``image -> float32 [3, crop, crop]``."""
    return lambda image: normalise(eval_view(image, preprocessing), preprocessing)


def train_view(
    image: ImageLike,
    options: AugmentationOptions,
    preprocessing: Preprocessing,
    generator: random.Random,
) -> torch.Tensor:
    """A varied view, uint8 ``[3, crop, crop]``."""
    if not options.is_varied:
        return eval_view(image, preprocessing)
    height, width = F.get_size(image)
    steps = drawn_steps(options, (height, width), preprocessing, generator)
    return view_after(image, steps, preprocessing)


def view_after(
    image: ImageLike, steps: Iterable[Step], preprocessing: Preprocessing
) -> torch.Tensor:
    """The view that `steps` make of an image, uint8 ``[3, crop, crop]``."""
    made: Any = _picture(image)
    for step in steps:
        made = _STEPS[step.name](made, preprocessing, *step.values)
    return _tensor(made)


def eval_view(image: ImageLike, preprocessing: Preprocessing) -> torch.Tensor:
    """The plain view, uint8 ``[3, crop, crop]``: shorter side to `resize_px`, centre cropped.

    Under ``squash`` it is the whole image, its sides resized each by itself.
    """
    square = [preprocessing.crop_px, preprocessing.crop_px]
    return _tensor(F.center_crop(resized(image, preprocessing), square))


def resized(image: ImageLike, preprocessing: Preprocessing) -> Any:
    """The image at the size of which the centre is cropped, by the preprocessing's interpolation.

    Its shorter side is `resize_px` long; under ``squash`` both sides are `crop_px` long.
    """
    if preprocessing.crop_mode == "squash":
        return _resize(image, [preprocessing.crop_px, preprocessing.crop_px], preprocessing)
    return shrunk(image, preprocessing)


def shrunk(image: ImageLike, preprocessing: Preprocessing) -> Any:
    """The image in its own ratio, its shorter side at `resize_px`.

    What is longer than `MAX_ASPECT` loses its ends first: a picture of 1 x 60,000 pixels would
    otherwise become one of 256 x 15 million, of which the centre is cut out anyway.
    """
    height, width = F.get_size(image)
    longest = MAX_ASPECT * min(height, width)
    if max(height, width) > longest:
        image = F.center_crop(image, [min(height, longest), min(width, longest)])
    return _resize(image, [preprocessing.resize_px], preprocessing)


def _resize(image: ImageLike, size: list[int], preprocessing: Preprocessing) -> Any:
    return F.resize(image, size, interpolation=_interpolation(preprocessing), antialias=True)


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


def _center(image: Any, preprocessing: Preprocessing) -> Any:
    return F.center_crop(image, [preprocessing.crop_px, preprocessing.crop_px])


def _crop(
    image: Any, preprocessing: Preprocessing, top: int, left: int, height: int, width: int
) -> Any:
    return F.resized_crop(
        image,
        top,
        left,
        height,
        width,
        [preprocessing.crop_px, preprocessing.crop_px],
        interpolation=_interpolation(preprocessing),
        antialias=True,
    )


def _shift(image: Any, preprocessing: Preprocessing, x: int, y: int) -> Any:
    """Move the content; black comes in from the edges, as RandomCrop pads."""
    side = preprocessing.crop_px
    return F.crop(image, -y, -x, side, side)


def _affine(image: Any, *, shift: tuple[int, int] = (0, 0), shear: tuple[float, float]) -> Any:
    return F.affine(
        image,
        angle=0.0,
        translate=list(shift),
        scale=1.0,
        shear=[math.degrees(math.atan(share)) for share in shear],
        interpolation=InterpolationMode.BILINEAR,
        center=[0, 0],
    )


def _blur(image: Any, sigma: float) -> Any:
    side = 2 * math.ceil(3 * sigma) + 1
    return F.gaussian_blur(_tensor(image), [side, side], [sigma, sigma])


def _erase(
    image: Any, preprocessing: Preprocessing, top: int, left: int, height: int, width: int
) -> Any:
    """Fill a box with the mean colour, which is 0 to the network."""
    colour = torch.tensor([round(255 * mean) for mean in preprocessing.mean], dtype=torch.uint8)
    return F.erase(_tensor(image), top, left, height, width, colour.view(3, 1, 1))


# What each step does, with its values behind the preprocessing.
_STEPS: dict[str, Callable[..., Any]] = {
    "resize": resized,
    "center": _center,
    "crop": _crop,
    "shift": _shift,
    "rotate": lambda image, _, degrees: F.rotate(
        image, degrees, interpolation=InterpolationMode.BILINEAR
    ),
    "mirror": lambda image, _: F.horizontal_flip(image),
    "turn_over": lambda image, _: F.vertical_flip(image),
    "shear_x": lambda image, _, share: _affine(image, shear=(share, 0.0)),
    "shear_y": lambda image, _, share: _affine(image, shear=(0.0, share)),
    "translate_x": lambda image, _, by: _affine(image, shift=(by, 0), shear=(0.0, 0.0)),
    "translate_y": lambda image, _, by: _affine(image, shift=(0, by), shear=(0.0, 0.0)),
    "brightness": lambda image, _, factor: F.adjust_brightness(image, factor),
    "saturation": lambda image, _, factor: F.adjust_saturation(image, factor),
    "contrast": lambda image, _, factor: F.adjust_contrast(image, factor),
    "sharpness": lambda image, _, factor: F.adjust_sharpness(image, factor),
    "hue": lambda image, _, by: F.adjust_hue(image, by),
    "posterize": lambda image, _, bits: F.posterize(image, bits),
    "solarize": lambda image, _, threshold: F.solarize(image, threshold),
    "autocontrast": lambda image, _: F.autocontrast(image),
    "equalize": lambda image, _: F.equalize(image),
    "blur": lambda image, _, sigma: _blur(image, sigma),
    "erase": _erase,
}


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

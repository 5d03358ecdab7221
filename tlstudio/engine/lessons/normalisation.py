"""What normalising does to a picture, and what the network says of it then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import SHOWN_NUMBERS, Preprocessing
from tlstudio.engine.data.transforms import normalise, view_pixels
from tlstudio.engine.lessons.answers import Said, most_likely
from tlstudio.engine.lessons.pretrained import (
    imagenet_network,
    imagenet_preprocessing,
    imagenet_views,
)

BINS = 60
AXIS = (-4.0, 4.0)  # of the histograms; what lies beyond is in the first or last bin

Colours = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class NormalisedPicture:
    """A photo as it is, and as the network gets it.

    Attributes:
        photo: uint8 ``[H, W, 3]``, in true colours.
        numbers: the same as the numbers are: `SHOWN_NUMBERS` from black to white, cut off there.
        axis: ends of the histograms.
        shares: of each colour's numbers by bins along `axis`, ``[3, BINS]``.
        used_mean, used_std: of red, green and blue.
        mean, deviation: of all numbers that came out.
        pixel: red, green and blue at the place, from 0 to 1.
        value: the same as numbers.
    """

    photo: NDArray[np.uint8]
    numbers: NDArray[np.uint8]
    axis: tuple[float, float]
    shares: NDArray[np.float64]
    used_mean: Colours
    used_std: Colours
    mean: float
    deviation: float
    pixel: Colours
    value: Colours


def normalised_picture(
    image: ImageRef,
    mean: Colours | None = None,
    std: Colours | None = None,
    place: tuple[float, float] = (0.5, 0.5),
) -> NormalisedPicture:
    """Normalise a photo with any mean and deviation.

    Args:
        mean, std: of red, green and blue, where pixels go from 0 to 1; None for those that the
            network was trained with.
        place: of one pixel, in shares of the height and width.

    Raises:
        ImageError: it cannot be read.
    """
    views = imagenet_views([image])
    used = _preprocessing(mean, std)
    inputs = normalise(views, used)
    side = used.crop_px
    row, column = (min(side - 1, max(0, int(share * side))) for share in place)
    low, high = SHOWN_NUMBERS
    shown = ((inputs[0] - low) / (high - low) * 255).round().clamp(0, 255).to(torch.uint8)
    counts = [torch.histc(channel.clamp(*AXIS), BINS, *AXIS) for channel in inputs[0]]
    return NormalisedPicture(
        photo=view_pixels(views[0]),
        numbers=view_pixels(shown),
        axis=AXIS,
        shares=(torch.stack(counts).double() / inputs[0, 0].numel()).numpy(),
        used_mean=used.mean,
        used_std=used.std,
        mean=float(inputs.mean()),
        deviation=float(inputs.std()),
        pixel=_colours(views[0, :, row, column] / 255),
        value=_colours(inputs[0, :, row, column]),
    )


@dataclass(frozen=True, slots=True)
class NormalisedAnswers:
    """What the network says, the likeliest first, and what it says as it was trained."""

    answers: tuple[Said, ...]
    own: tuple[Said, ...]


def normalised_answers(
    image: ImageRef, mean: Colours | None = None, std: Colours | None = None
) -> NormalisedAnswers:
    """Ask the on-board network about a photo that is normalised like `normalised_picture`'s.

    Raises:
        ImageError: it cannot be read.
    """
    return NormalisedAnswers(_answers(image, mean, std), _answers(image, None, None))


@lru_cache(maxsize=16)
def _answers(image: ImageRef, mean: Colours | None, std: Colours | None) -> tuple[Said, ...]:
    with torch.no_grad():
        inputs = normalise(imagenet_views([image]), _preprocessing(mean, std))
        return most_likely(imagenet_network()(inputs)[0])


def _preprocessing(mean: Colours | None, std: Colours | None) -> Preprocessing:
    trained = imagenet_preprocessing()
    return replace(trained, mean=mean or trained.mean, std=std or trained.std)


def _colours(values: torch.Tensor) -> Colours:
    red, green, blue = values.tolist()
    return red, green, blue

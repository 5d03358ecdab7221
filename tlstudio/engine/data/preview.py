"""Pictures as the network will see them: varied, mixed, in colours or as the numbers are."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tlstudio.core.config import RunConfig
from tlstudio.core.data.augmentation import AugmentationOptions, Step
from tlstudio.core.data.dataset import DatasetIndex, Sample, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import SHOWN_NUMBERS, Preprocessing
from tlstudio.engine.data.store import read_picture, read_view
from tlstudio.engine.data.transforms import (
    eval_view,
    normalise,
    sample_generator,
    view_after,
    view_pixels,
)
from tlstudio.engine.data.variation import drawn_steps


@dataclass(frozen=True, slots=True)
class ChannelNumbers:
    """One channel of a network's input."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Partner:
    """The image that was mixed in.

    Attributes:
        ref: what it was made from.
        class_index: its class.
        share: of it in the picture and in the label.
    """

    ref: ImageRef
    class_index: int
    share: float


@dataclass(frozen=True, slots=True)
class AugmentedView:
    """A training image as the network is shown it.

    Attributes:
        ref: what it was made from.
        class_index: its class; -1 for an image that is none of the dataset's.
        image: uint8 ``[H, W, 3]``, in true colours.
        numbers: the same as the numbers are: `SHOWN_NUMBERS` from black to white, clipped.
        channels: what the numbers are, channel by channel.
        steps: what was done to it; nothing but cutting for the plain view.
        partner: what was mixed in.
    """

    ref: ImageRef
    class_index: int
    image: NDArray[np.uint8]
    numbers: NDArray[np.uint8]
    channels: tuple[ChannelNumbers, ...]
    steps: tuple[Step, ...] = ()
    partner: Partner | None = None


def augmented_views(
    index: DatasetIndex,
    config: RunConfig,
    preprocessing: Preprocessing,
    count: int,
    seed: int,
    class_index: int | None = None,
) -> list[AugmentedView]:
    """Training images as training would show them to the network.

    The images are drawn with `seed`; where there are fewer than `count`, each comes again in
    another variation. Unreadable files are passed over.

    Args:
        index: the dataset.
        config: says how images are varied and mixed.
        preprocessing: of the chosen weights.
        count: how many views, at most.
        seed: another one gives other images and other variations.
        class_index: only of this class; None for all.
    """
    samples = list(index.samples_of(Split.TRAIN, class_index))
    sample_generator(seed, 0, -1).shuffle(samples)
    partners = _partners(index, config, preprocessing, seed)
    views: list[AugmentedView] = []
    variation = 0
    while samples and len(views) < count:
        for sample in list(samples):
            if len(views) == count:
                break
            try:
                picture = read_picture(sample.image, preprocessing)
            except ImageError:
                samples.remove(sample)
                continue
            generator = sample_generator(seed, variation, len(views))
            drawn = _varied(picture, config.augmentation_options, preprocessing, generator)
            views.append(
                _shown(sample, drawn, next(partners, None), config, preprocessing, generator)
            )
        variation += 1
    return views


def image_variations(
    image: ImageRef,
    index: DatasetIndex,
    config: RunConfig,
    preprocessing: Preprocessing,
    count: int,
    seed: int,
) -> list[AugmentedView]:
    """The plain view of one image, and then `count` variations of it.

    Raises:
        ImageError: it cannot be read.
    """
    found = next((sample for sample in index.samples if sample.image == image), None)
    sample = found or Sample(image, -1, Split.TRAIN)
    picture = read_picture(image, preprocessing)
    plain = _Drawn(read_view(image, preprocessing), ())
    views = [_shown(sample, plain, None, config, preprocessing, random.Random())]
    partners = _partners(index, config, preprocessing, seed)
    for number in range(count):
        generator = sample_generator(seed, number, 0)
        drawn = _varied(picture, config.augmentation_options, preprocessing, generator)
        views.append(_shown(sample, drawn, next(partners, None), config, preprocessing, generator))
    return views


def network_view(image: ImageRef | Path, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """An image as validation and inference show it to the network, uint8 ``[H, W, 3]``.

    Raises:
        ImageError: it cannot be read.
    """
    return view_pixels(read_view(ImageRef.of(image), preprocessing))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A view, uint8 ``[3, crop, crop]``, and how it came about."""

    view: torch.Tensor
    steps: tuple[Step, ...]


def _varied(
    picture: torch.Tensor,
    options: AugmentationOptions,
    preprocessing: Preprocessing,
    generator: random.Random,
) -> _Drawn:
    if not options.is_varied:
        return _Drawn(eval_view(picture, preprocessing), ())
    height, width = picture.shape[-2:]
    steps = drawn_steps(options, (height, width), preprocessing, generator)
    return _Drawn(view_after(picture, steps, preprocessing), steps)


def _partners(
    index: DatasetIndex, config: RunConfig, preprocessing: Preprocessing, seed: int
) -> Iterator[tuple[Sample, torch.Tensor]]:
    """Varied training images to be mixed in; none where nothing is mixed."""
    if config.mixing == "none":
        return
    samples = list(index.by_split[Split.TRAIN])
    generator = sample_generator(seed, 0, -2)
    generator.shuffle(samples)
    while samples:
        for sample in list(samples):
            try:
                picture = read_picture(sample.image, preprocessing)
            except ImageError:
                samples.remove(sample)
                continue
            options = config.augmentation_options
            yield sample, _varied(picture, options, preprocessing, generator).view


def _shown(
    sample: Sample,
    drawn: _Drawn,
    partner: tuple[Sample, torch.Tensor] | None,
    config: RunConfig,
    preprocessing: Preprocessing,
    generator: random.Random,
) -> AugmentedView:
    view, mixed_in = drawn.view, None
    if partner is not None:
        other, other_view = partner
        share = generator.betavariate(config.mixing_alpha, config.mixing_alpha)
        view, share = mixed_views(config.mixing, view, other_view, share, generator)
        mixed_in = Partner(other.image, other.class_index, 1 - share)
    numbers = normalise(view.clone(), preprocessing)  # which works in place on floats
    return AugmentedView(
        sample.image,
        sample.class_index,
        view_pixels(view.round().to(torch.uint8)),
        _as_picture(numbers),
        tuple(
            ChannelNumbers(float(row.mean()), float(row.min()), float(row.max())) for row in numbers
        ),
        drawn.steps,
        mixed_in,
    )


def mixed_views(
    mixing: str, view: torch.Tensor, other: torch.Tensor, share: float, generator: random.Random
) -> tuple[torch.Tensor, float]:
    """Two views mixed as torchvision's MixUp and CutMix do, and what is left of the first.

    Here each pair has a share of its own; in training a batch has one.
    """
    if mixing == "mixup":
        return share * view.float() + (1 - share) * other.float(), share
    height, width = view.shape[-2:]
    x, y = generator.randrange(width), generator.randrange(height)
    half = 0.5 * math.sqrt(1 - share)
    left, right = max(x - int(half * width), 0), min(x + int(half * width), width)
    top, bottom = max(y - int(half * height), 0), min(y + int(half * height), height)
    made = view.clone()
    made[:, top:bottom, left:right] = other[:, top:bottom, left:right]
    return made, 1 - (right - left) * (bottom - top) / (width * height)


def _as_picture(numbers: torch.Tensor) -> NDArray[np.uint8]:
    """The network's input ``[C, H, W]`` as a picture, without going back to true colours."""
    low, high = SHOWN_NUMBERS
    pixels = ((numbers - low) / (high - low) * 255).round().clamp(0, 255).to(torch.uint8)
    return view_pixels(pixels.expand(3, -1, -1))

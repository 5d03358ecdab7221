"""BatchNorm on real activations: one channel before and after it, in training and in evaluation.

In training a value is normalised by the mean and the variance of its channel over the batch; in
evaluation by running averages that training has left behind (Ioffe and Szegedy 2015, algorithms 1
and 2).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from numpy.typing import NDArray

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder
from tlstudio.engine.data.transforms import view_pixels
from tlstudio.engine.feature_maps.lens import twin
from tlstudio.engine.lessons.answers import Said, most_likely
from tlstudio.engine.lessons.pretrained import (
    imagenet_inputs,
    imagenet_network,
    imagenet_preprocessing,
    imagenet_views,
)

BINS = 80
AXIS_SPREAD = 4.0  # running standard deviations on both sides of the running mean
LIGHT_MOST = 48  # of 255
_MAPS_KEPT = 128  # of 50 KB each
CHANNEL = 23  # of the first convolution: red against blue, which differs from photo to photo


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a channel is normalised by: `variance` is the biased one in a batch."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often values lie in equal bins, as shares of all values.

    Attributes:
        low, high: ends of the axis, which are the same for every batch; what lies beyond them is
            in the first or last bin.
        shares: by bin.
    """

    low: float
    high: float
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NormalisedBatch:
    """One channel of one batch around a BatchNorm layer.

    Attributes:
        photo: the followed image as it goes in, uint8 ``[H, W, 3]``, in true colours.
        batch: small pictures of all images of the batch, the followed one first.
        channel: of the layer's input.
        values: in the channel over the whole batch: images x rows x columns.
        place: row and column of the followed value in the channel of the first image.
        size: rows and columns of the channel.
        before: the channel over the whole batch, in front of the layer.
        in_training, in_evaluation: the same behind it.
        batch_statistics: what training normalises by.
        running: what evaluation normalises by.
        running_after: the running averages after one step of training with this batch.
        momentum: share of the batch in them.
        gamma, beta, epsilon: of the layer; the first two are learned.
        value: the followed one in front of the layer.
        value_in_training, value_in_evaluation: the same behind it.
    """

    photo: NDArray[np.uint8]
    batch: tuple[NDArray[np.uint8], ...]
    channel: int
    values: int
    place: tuple[int, int]
    size: tuple[int, int]
    before: Histogram
    in_training: Histogram
    in_evaluation: Histogram
    batch_statistics: Statistics
    running: Statistics
    running_after: Statistics
    momentum: float
    gamma: float
    beta: float
    epsilon: float
    value: float
    value_in_training: float
    value_in_evaluation: float


def sample_batch(count: int) -> tuple[ImageRef, ...]:
    """Photos of the first sample dataset, class after class in turn.

    Raises:
        DatasetError: it is missing from this installation.
    """
    folder = sample_dataset_folder(SAMPLE_DATASETS[0].name) / "val"
    classes = [sorted(part.glob("*.jpg"), reverse=True) for part in sorted(folder.iterdir())]
    files = (file for turn in zip(*classes, strict=False) for file in turn)
    return tuple(ImageRef.of_file(file) for file in islice(files, count))


def normalised_batch(
    images: Sequence[ImageRef],
    place: tuple[float, float] = (0.5, 0.5),
    light: int = 0,
    channel: int = CHANNEL,
) -> NormalisedBatch:
    """Send a batch through the first convolution of the on-board network and its BatchNorm.

    Args:
        images: the batch; the first is the one that is followed.
        place: of the followed value, in shares of the height and width.
        light: how much warmer the light is, of 255: red gains it and blue loses it. Nothing is
            cut off at 0 and 255, so that it moves all values of a channel alike.
        channel: which one of the convolution.

    Raises:
        ImageError: one cannot be read.
    """
    network: Any = imagenet_network()
    norm = network.bn1
    with torch.no_grad():
        maps = torch.stack([_map_of(image, channel) for image in images])
        before = maps + light * _map_of_light(channel)  # a convolution is linear
        gamma, beta = norm.weight[channel], norm.bias[channel]
        running = norm.running_mean[channel], norm.running_var[channel]
        mean, variance = before.mean(), before.var(correction=0)
        in_training = normalised(before, mean, variance, gamma, beta, norm.eps)
        in_evaluation = normalised(before, *running, gamma, beta, norm.eps)
        after = (
            running[0].lerp(mean, norm.momentum),
            running[1].lerp(before.var(correction=1), norm.momentum),  # torch keeps the unbiased
        )
    rows, columns = before.shape[1:]
    row, column = (
        min(size - 1, max(0, int(share * size)))
        for size, share in zip((rows, columns), place, strict=True)
    )
    spread = AXIS_SPREAD * torch.sqrt(running[1])
    axis = torch.stack((running[0] - spread, running[0] + spread))
    axis_behind = normalised(axis, *running, gamma, beta, norm.eps).sort().values
    return NormalisedBatch(
        photo=_pixels(imagenet_views(images[:1])[0], light),
        batch=tuple(_pixels(_small(image), light) for image in images),
        channel=channel,
        values=before.numel(),
        place=(row, column),
        size=(rows, columns),
        before=_histogram(before, axis),
        in_training=_histogram(in_training, axis_behind),
        in_evaluation=_histogram(in_evaluation, axis_behind),
        batch_statistics=Statistics(float(mean), float(variance)),
        running=Statistics(float(running[0]), float(running[1])),
        running_after=Statistics(float(after[0]), float(after[1])),
        momentum=float(norm.momentum),
        gamma=float(gamma),
        beta=float(beta),
        epsilon=float(norm.eps),
        value=float(before[0, row, column]),
        value_in_training=float(in_training[0, row, column]),
        value_in_evaluation=float(in_evaluation[0, row, column]),
    )


def normalised(
    values: torch.Tensor,
    mean: torch.Tensor,
    variance: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    epsilon: float,
) -> torch.Tensor:
    """``gamma * (x - mean) / sqrt(variance + epsilon) + beta``."""
    return gamma * (values - mean) / torch.sqrt(variance + epsilon) + beta


@dataclass(frozen=True, slots=True)
class BothAnswers:
    """What the whole network says of the first image of a batch in its two modes."""

    in_training: Said
    in_evaluation: Said


def both_answers(images: Sequence[ImageRef], light: int = 0) -> BothAnswers:
    """Ask the on-board network about the first image, with the others beside it.

    In evaluation they make no difference. In training mode every BatchNorm layer takes the mean
    and variance of this batch. The network keeps its running averages.

    Raises:
        ImageError: an image cannot be read.
    """
    network = imagenet_network()
    inputs = _lit(imagenet_inputs(images), light)
    with torch.no_grad():
        (in_evaluation,) = most_likely(network(inputs[:1])[0], 1)
        trained = twin(network)
        for module in trained.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.train()
                module.track_running_stats = False  # the averages are shared with the network
        (in_training,) = most_likely(trained(inputs)[0], 1)
    return BothAnswers(in_training, in_evaluation)


@lru_cache(maxsize=_MAPS_KEPT)
def _map_of(image: ImageRef, channel: int) -> torch.Tensor:
    """One channel of the first convolution, ``[H, W]``."""
    return _one_channel(imagenet_inputs([image]), channel)


@lru_cache(maxsize=_MAPS_KEPT)
def _map_of_light(channel: int) -> torch.Tensor:
    """What light that is warmer by one of 255 adds to `channel`."""
    side = imagenet_preprocessing().crop_px
    return _one_channel(_lit(torch.zeros(1, 3, side, side), 1), channel)


def _one_channel(inputs: torch.Tensor, channel: int) -> torch.Tensor:
    """One output channel of the first convolution, without the work for the others."""
    network: Any = imagenet_network()
    convolution = copy.copy(network.conv_stem)  # its padding is that of TensorFlow
    convolution._parameters = {"weight": convolution.weight[channel : channel + 1], "bias": None}
    with torch.no_grad():
        made: torch.Tensor = convolution(inputs)
    return made[0, 0]


def _lit(inputs: torch.Tensor, light: int) -> torch.Tensor:
    std = torch.tensor(imagenet_preprocessing().std).view(3, 1, 1)
    return inputs + _light(light) / 255 / std


def _light(light: int) -> torch.Tensor:
    return torch.tensor([light, 0.0, -light]).view(3, 1, 1)


def _pixels(view: torch.Tensor, light: int) -> NDArray[np.uint8]:
    return view_pixels((view.float() + _light(light)).clamp(0, 255).to(torch.uint8))


@lru_cache(maxsize=_MAPS_KEPT)
def _small(image: ImageRef) -> torch.Tensor:
    """The view at a quarter of its side, uint8."""
    return F.avg_pool2d(imagenet_views([image])[0].float(), 4).round().to(torch.uint8)


def _histogram(values: torch.Tensor, axis: torch.Tensor) -> Histogram:
    low, high = axis.tolist()
    counts = torch.histc(values.clamp(low, high), BINS, low, high)
    return Histogram(low, high, (counts.double() / values.numel()).numpy())

"""A squeeze-and-excitation block behind a block of the network on board.

Hu, Shen, Albanie, Sun, Wu: Squeeze-and-Excitation Networks. TPAMI 2020. The network on board has no
such block, so one is trained here: its factors and a linear layer that tells the classes of the
sample apart, while all else stays as it is. That takes a second or two, once for each reduction.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchvision.models import resnet50

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.data.samples import SAMPLE_DATASETS, sample_dataset_folder
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network
from tlstudio.engine.models.classic.squeeze_excitation import (
    SqueezeExcitation,
    add_squeeze_excitation,
)
from tlstudio.engine.training.seeding import generators_kept

BEHIND = "blocks.4.2"
MAPS = 112  # that leave this block, each of 14 x 14
PHOTOS = 6  # of each class, to train on
STEPS, RATE, DECAY = 60, 0.003, 1e-3
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Excitation:
    """What the block makes of a photo.

    Attributes:
        squeezed: the mean of each map, float32 ``[112]``.
        inner: the values between both linear layers, after ReLU, float32 ``[112 / r]``.
        factors: of the maps, 0 to 1, float32 ``[112]``.
        maps: the maps that come in, float32 ``[112, 14, 14]``.
        parameters: of the block: 2 C² / r.
    """

    squeezed: NDArray[np.float32]
    inner: NDArray[np.float32]
    factors: NDArray[np.float32]
    maps: NDArray[np.float32]
    parameters: int


def excitation(image: ImageRef, reduction: int) -> Excitation:
    """Run a photo through the trained block with reduction r.

    Raises:
        DatasetError, ImageError, WeightsError: the sample, the photo or the network cannot be read.
    """
    block = _trained(reduction)
    maps = _maps(imagenet_inputs([image]))
    with torch.no_grad():
        squeezed = block.squeeze(maps).flatten(1)
        inner = block.relu(block.reduce(squeezed))
        factors = block.excitation(maps)
    return Excitation(
        squeezed[0].numpy(),
        inner[0].numpy(),
        factors[0].numpy(),
        maps[0].numpy(),
        _parameters(block),
    )


@cache
def resnet50_parameters(reduction: int) -> tuple[int, int]:
    """The parameters of ResNet-50, and those that SE blocks with reduction r add to it."""
    with torch.device("meta"):
        plain = _parameters(resnet50())
        return plain, _parameters(add_squeeze_excitation(resnet50(), reduction)) - plain


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@cache
def _trained(reduction: int) -> SqueezeExcitation:
    """A block that was trained on the sample; the same one every time."""
    means, classes = _sample_means()
    with generators_kept():
        torch.default_generator.manual_seed(SEED)
        block, head = SqueezeExcitation(MAPS, reduction), nn.Linear(MAPS, int(classes.max()) + 1)
        learner = nn.Sequential(block, nn.Flatten(), head)
        optimizer = torch.optim.AdamW(learner.parameters(), RATE, weight_decay=DECAY)
        for _ in range(STEPS):
            # a map times its factor has the mean times the factor for a mean
            loss = nn.functional.cross_entropy(learner(means[:, :, None, None]), classes)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return block.eval().requires_grad_(False)


@cache
def _sample_means() -> tuple[torch.Tensor, torch.Tensor]:
    """The means of the maps of photos of the sample ``[N, 112]``, and their classes ``[N]``."""
    folder = sample_dataset_folder(SAMPLE_DATASETS[0].name) / "train"
    means, classes = [], []
    for number, of_class in enumerate(sorted(folder.iterdir())):
        files = sorted(file for file in of_class.iterdir() if file.suffix == ".jpg")[:PHOTOS]
        maps = _maps(imagenet_inputs([ImageRef.of_file(file) for file in files]))
        means.append(maps.mean((2, 3)))
        classes.append(torch.full((len(files),), number))
    return torch.cat(means), torch.cat(classes)


def _maps(inputs: torch.Tensor) -> torch.Tensor:
    """What leaves the block ``BEHIND``: float32 ``[N, 112, 14, 14]``."""
    network: Any = imagenet_network()
    stage, last = (int(part) for part in BEHIND.split(".")[1:])
    with torch.no_grad():
        x = network.bn1(network.conv_stem(inputs))
        for blocks in network.blocks[:stage]:
            x = blocks(x)
        for block in network.blocks[stage][: last + 1]:
            x = block(x)
    return x  # type: ignore[no-any-return]

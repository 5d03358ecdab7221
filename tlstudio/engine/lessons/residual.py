"""The residual sum in a trained network: y = x + F(x), its paths, and what a block adds.

He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition. CVPR 2016. The paths:
Veit, Wilber, Belongie: Residual Networks Behave Like Ensembles of Relatively Shallow Networks.
NIPS 2016. https://arxiv.org/abs/1605.06431
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.feature_maps.lens import twin
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_names, imagenet_network


@dataclass(frozen=True, slots=True)
class Answer:
    """A class that the network names for a photo; `probability` is 0 to 1."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the network; `has_shortcut` says whether its input is added to its output."""

    path: str
    has_shortcut: bool


@dataclass(frozen=True, slots=True, eq=False)
class ResidualSum:
    """What a block adds, and what the network then answers.

    Attributes:
        x, added, y: one map of the block, float32 ``[H, W]``: what comes in, scale times F(x), and
            their sum. It is the map in which F(x) has most contrast.
        limit: the largest size of a number in that map of x, of F(x) and of x + F(x).
        share: the length of scale times F(x), over all maps, as a share of that of x.
        answers: what the network says of the photo, the likeliest first.
        usual: its likeliest answer with all blocks as they are.
        now: the probability that it gives to that answer now.
        paths: from the first block to the last: each shortcut beside a block doubles them.
    """

    x: NDArray[np.float32]
    added: NDArray[np.float32]
    y: NDArray[np.float32]
    limit: float
    share: float
    answers: tuple[Answer, ...]
    usual: Answer
    now: float
    paths: int


@cache
def residual_blocks() -> tuple[Block, ...]:
    """All blocks of the network on board, in order."""
    network: Any = imagenet_network()
    return tuple(
        Block(f"blocks.{stage}.{number}", bool(block.has_skip))
        for stage, blocks in enumerate(network.blocks)
        for number, block in enumerate(blocks)
    )


def residual_sum(image: ImageRef, shown: str, scales: Mapping[str, float]) -> ResidualSum:
    """Run the photo through the network with y = x + scale * F(x) in its residual blocks.

    Args:
        image: the photo.
        shown: path of the residual block whose sum is returned.
        scales: for the paths of residual blocks; 1 where none is given, 0 drops the block.

    Raises:
        ImageError, WeightsError: the image or the network cannot be read.
    """
    with torch.no_grad():
        logits, x, change = _run(imagenet_inputs([image]), shown, scales)
    usual, now = logits.softmax(1)
    added = scales.get(shown, 1) * change
    map_shown = int(change.flatten(1).std(1).argmax())
    likeliest = int(usual.argmax())
    return ResidualSum(
        x=x[map_shown].numpy(),
        added=added[map_shown].numpy(),
        y=(x + added)[map_shown].numpy(),
        limit=max(float(maps[map_shown].abs().max()) for maps in (x, change, x + change)),
        share=float(added.norm() / x.norm()),
        answers=tuple(_answer(now, int(index)) for index in now.topk(3).indices),
        usual=_answer(usual, likeliest),
        now=float(now[likeliest]),
        paths=paths(scales),
    )


def paths(scales: Mapping[str, float]) -> int:
    """Ways through the blocks: each residual block that is not dropped doubles them."""
    doubling = [row for row in residual_blocks() if row.has_shortcut and scales.get(row.path, 1)]
    return int(2 ** len(doubling))


def _run(
    inputs: torch.Tensor, shown: str, scales: Mapping[str, float]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The logits ``[2, 1000]`` as usual and with the scales; the shown block's x and F(x) there."""
    network: Any = imagenet_network()
    functions = _without_shortcuts()
    x = network.bn1(network.conv_stem(inputs.expand(2, -1, -1, -1)))
    seen = x, x
    for block in residual_blocks():
        change = functions.get_submodule(block.path)(x)
        if block.path == shown:
            seen = x[1], change[1]
        if block.has_shortcut:
            both = torch.tensor([1.0, scales.get(block.path, 1)]).view(2, 1, 1, 1)
            change = x + both * change
        x = change
    return network.forward_head(network.bn2(network.conv_head(x))), *seen


@cache
def _without_shortcuts() -> nn.Module:
    """The network whose blocks compute F(x) alone: modules of its own, the same weights."""
    network = twin(imagenet_network())
    for block in residual_blocks():
        network.get_submodule(block.path).has_skip = False  # type: ignore[assignment]
    return network


def _answer(probabilities: torch.Tensor, index: int) -> Answer:
    return Answer(imagenet_names()[index], float(probabilities[index]))

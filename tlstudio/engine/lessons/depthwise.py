"""Ordinary against depthwise separable convolution: what both cost, and what the latter does.

Howard et al.: MobileNets. 2017, section 3.1. https://arxiv.org/abs/1704.04861
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.costs import Cost, convolution, counted
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network

SHADES, FAR_PX = 16, 14  # by which maps are chosen


@dataclass(frozen=True, slots=True)
class DepthwiseCosts:
    """What an ordinary convolution costs, and the two halves of a depthwise separable one."""

    ordinary: Cost
    depthwise: Cost
    pointwise: Cost

    @property
    def separable(self) -> Cost:
        return self.depthwise + self.pointwise

    @property
    def ratio(self) -> float:
        """Multiply-adds of the separable one as a share of the ordinary one's."""
        return self.separable.multiply_adds / self.ordinary.multiply_adds


@dataclass(frozen=True, slots=True)
class DepthwiseMaps:
    """Maps of a photo before, between and after the halves, each uint8 ``[count, H, W]``."""

    before: NDArray[np.uint8]
    filtered: NDArray[np.uint8]
    mixed: NDArray[np.uint8]


def depthwise_costs(kernel: int, maps_in: int, maps_out: int, side: int) -> DepthwiseCosts:
    """Count both ways from `maps_in` maps of `side` x `side` to `maps_out`, by torch's layers."""
    return DepthwiseCosts(
        counted(convolution(maps_in, maps_out, kernel), channels=maps_in, side=side),
        counted(convolution(maps_in, maps_in, kernel, groups=maps_in), channels=maps_in, side=side),
        counted(convolution(maps_in, maps_out, 1), channels=maps_in, side=side),
    )


def depthwise_maps(image: ImageRef, count: int = 1) -> DepthwiseMaps:
    """The photo in the first depthwise separable convolution of the network on board.

    Of the maps that go in, the `count` with most shades are taken; the filtered ones are made
    of these very maps, the mixed ones of all.

    Raises:
        ImageError, WeightsError: the image or the network cannot be read.
    """
    network: Any = imagenet_network()
    with torch.no_grad():
        entered = network.bn1(network.conv_stem(imagenet_inputs([image])))
        block = network.get_submodule("blocks.0.0")
        filtered = block.bn1(block.conv_dw(entered))
        mixed = block.bn2(block.conv_pw(filtered))
    chosen = (_shades(entered[0]) + _shades(filtered[0])).topk(count).indices
    return DepthwiseMaps(
        grey(entered[0, chosen]),
        grey(filtered[0, chosen]),
        grey(mixed[0, _shades(mixed[0]).topk(count).indices]),
    )


def grey(maps: torch.Tensor) -> NDArray[np.uint8]:
    """Maps ``[C, H, W]`` as greys, each from its own smallest to its own largest value."""
    return _greys(maps).cpu().numpy()


def _greys(maps: torch.Tensor) -> torch.Tensor:
    low = maps.amin((1, 2), keepdim=True)
    high = maps.amax((1, 2), keepdim=True)
    shares = (maps - low) / (high - low).clamp_min(1e-12)
    return (shares * 255).round().to(torch.uint8)


def _shades(maps: torch.Tensor) -> torch.Tensor:
    """How many shades each map has from afar, as an entropy: in few of them little is seen."""
    far = torch.nn.functional.adaptive_avg_pool2d(_greys(maps).float(), FAR_PX)
    counts = torch.stack([torch.histc(row, SHADES, 0, 255) for row in far])
    entropy: torch.Tensor = torch.special.entr(counts / counts.sum(1, keepdim=True)).sum(1)
    return entropy

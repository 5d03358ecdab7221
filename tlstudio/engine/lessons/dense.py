"""Dense blocks: every layer gets the maps of all layers before it.

Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks. CVPR 2017.
https://arxiv.org/abs/1608.06993
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torchvision.models.densenet import _DenseBlock

from tlstudio.engine.inspection.layer_table import layer_table
from tlstudio.engine.lessons.costs import Cost

BOTTLENECK = 4  # the 1x1 convolution of a layer makes 4 k maps (section 3)


@dataclass(frozen=True, slots=True)
class DenseCosts:
    """A dense block.

    Attributes:
        maps: that each layer gets, and last those that leave the block.
        layers: what each layer costs.
    """

    maps: tuple[int, ...]
    layers: tuple[Cost, ...]

    @property
    def whole(self) -> Cost:
        return sum(self.layers, Cost(0, 0))

    @property
    def connections(self) -> int:
        """From layer to layer: L (L + 1) / 2, the block's input counted as one."""
        return len(self.layers) * (len(self.layers) + 1) // 2


def dense_costs(maps_in: int, growth: int, layers: int, side: int) -> DenseCosts:
    """Count torchvision's dense block of `layers` layers, each of which adds `growth` maps."""
    with torch.device("meta"):
        block = _DenseBlock(layers, maps_in, BOTTLENECK, growth, drop_rate=0.0)
    records = layer_table(block, side, maps_in).root.children
    return DenseCosts(
        (*(layer.norm1.num_features for layer in block.values()), maps_in + layers * growth),
        tuple(Cost(record.parameters, record.multiply_adds) for record in records),
    )

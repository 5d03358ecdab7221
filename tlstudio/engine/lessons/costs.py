"""What layers cost, counted by the engine's own counter on layers of torch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from tlstudio.engine.inspection.layer_table import layer_table


@dataclass(frozen=True, slots=True)
class Cost:
    """The parameters of some layers, and their multiply-adds for one image."""

    parameters: int
    multiply_adds: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.parameters + other.parameters, self.multiply_adds + other.multiply_adds)


def counted(*layers: nn.Module, channels: int, side: int) -> Cost:
    """Count layers that run one after another on maps ``[1, channels, side, side]``.

    On torch's meta device (see `convolution`) this takes no memory and about a millisecond.
    """
    table = layer_table(nn.Sequential(*layers), side, channels)
    return Cost(table.parameters, table.multiply_adds)


def convolution(maps_in: int, maps_out: int, kernel: int, groups: int = 1) -> nn.Conv2d:
    """A convolution that keeps the sides of odd kernels' maps, without values, to be counted.

    Without a bias, as papers count them and as networks with batch normalisation have them.
    """
    return nn.Conv2d(
        maps_in,
        maps_out,
        kernel,
        padding=kernel // 2,
        groups=groups,
        bias=False,
        device=torch.device("meta"),
    )

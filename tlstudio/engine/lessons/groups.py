"""Convolutions in groups, and the shuffle that lets groups meet.

Zhang, Zhou, Lin, Sun: ShuffleNet. CVPR 2018, figure 1. https://arxiv.org/abs/1707.01083
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tlstudio.engine.lessons.costs import Cost, convolution, counted
from tlstudio.engine.models.classic.shufflenet import ChannelShuffle


@dataclass(frozen=True, slots=True, eq=False)
class GroupMixing:
    """Two 1x1 convolutions in groups, one behind the other.

    Attributes:
        order: the place that each map has before the shuffle, by its place behind it.
        sees: whether an output of the second convolution depends on an input of the first: bool
            ``[outputs, inputs]``.
        cost: of one of these convolutions.
    """

    order: tuple[int, ...]
    sees: NDArray[np.bool_]
    cost: Cost


def group_mixing(maps: int, groups: int, shuffled: bool, side: int) -> GroupMixing:
    """Follow what goes where, by torch's own layers.

    Args:
        maps: in and out; they divide by `groups`.
        groups: of both convolutions.
        shuffled: with a shuffle between them.
        side: of the maps, in px.
    """
    shuffle = ChannelShuffle(groups) if shuffled else nn.Identity()
    grouped = nn.Conv2d(maps, maps, 1, groups=groups, bias=False)
    nn.init.ones_(grouped.weight)
    with torch.no_grad():
        paths = grouped(shuffle(grouped(torch.eye(maps)[:, :, None, None])))  # of each input map
        order = shuffle(torch.arange(maps)[None, :, None, None])
    return GroupMixing(
        tuple(order.flatten().tolist()),
        (paths[:, :, 0, 0].T > 0).numpy(),
        counted(convolution(maps, maps, 1, groups), channels=maps, side=side),
    )

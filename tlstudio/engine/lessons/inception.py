"""Inception modules, naive and with reductions: what each branch of them costs.

Szegedy et al.: Going Deeper with Convolutions. CVPR 2015, figure 2 and Table 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from tlstudio.engine.inspection.layer_table import layer_table
from tlstudio.engine.lessons.costs import Cost
from tlstudio.engine.models.classic.inception import (
    TABLE_1,
    InceptionModule,
    InceptionWidths,
    NaiveInceptionModule,
    googlenet_2014,
)

BRANCHES = ("branch1x1", "branch3x3", "branch5x5", "branch_pool")


@dataclass(frozen=True, slots=True)
class ModuleCost:
    """What a module costs: by branch, in the order of `BRANCHES`, and the maps that leave it."""

    branches: tuple[Cost, ...]
    maps_out: int

    @property
    def whole(self) -> Cost:
        return sum(self.branches, Cost(0, 0))


@dataclass(frozen=True, slots=True)
class InceptionCosts:
    """One place of GoogLeNet with either kind of module.

    Attributes:
        maps_in: of `side` x `side`, that enter the module.
        widths: the maps that each of its convolutions makes.
    """

    maps_in: int
    side: int
    widths: InceptionWidths
    naive: ModuleCost
    reduced: ModuleCost


def inception_costs(place: str, reduction: float = 1.0) -> InceptionCosts:
    """Count both modules on the maps that enter GoogLeNet's module `place`.

    Args:
        place: ``3a`` to ``5b``, as in Table 1.
        reduction: multiplies the widths of both reductions of Table 1; at least one map is left.
    """
    maps_in, side = _inputs()[place]
    widths = TABLE_1[place]
    widths = widths._replace(
        reduce3x3=max(1, round(widths.reduce3x3 * reduction)),
        reduce5x5=max(1, round(widths.reduce5x5 * reduction)),
    )
    with torch.device("meta"):
        naive, reduced = NaiveInceptionModule(maps_in, widths), InceptionModule(maps_in, widths)
    return InceptionCosts(
        maps_in,
        side,
        widths,
        _cost(naive, naive.maps_out, maps_in, side),
        _cost(reduced, reduced.maps_out, maps_in, side),
    )


@cache
def _inputs() -> Mapping[str, tuple[int, int]]:
    """What enters each module of GoogLeNet: maps, and their side in px."""
    with torch.device("meta"):
        table = layer_table(googlenet_2014(), 224)
    maps = [record.output_shape for record in table.root.children]
    names = [record.path.removeprefix("inception_") for record in table.root.children]
    before = dict(zip(names[1:], maps[:-1], strict=True))
    return {place: (before[place][0], before[place][1]) for place in TABLE_1}


def _cost(module: nn.Module, maps_out: int, maps_in: int, side: int) -> ModuleCost:
    records = layer_table(module, side, maps_in).by_path
    branches = (records[name] for name in BRANCHES)
    return ModuleCost(tuple(Cost(b.parameters, b.multiply_adds) for b in branches), maps_out)

"""What inception, groups and dense blocks cost, against torch and the papers' printed numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import densenet121

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.dense import dense_costs
from tlstudio.engine.lessons.groups import group_mixing
from tlstudio.engine.lessons.inception import inception_costs
from tlstudio.engine.lessons.photo import photo_pixels
from tlstudio.engine.lessons.pointwise import SIDE_PX, pointwise_sum


@pytest.mark.parametrize(
    ("place", "printed_m", "maps_out"),  # Table 1 of GoogLeNet, but 5a, which it prints as 54
    [("3a", 128, 256), ("3b", 304, 480), ("4a", 73, 512), ("4e", 170, 832), ("5b", 71, 1024)],
)
def test_inception_modules_cost_what_is_printed(place: str, printed_m: int, maps_out: int) -> None:
    costs = inception_costs(place)

    assert costs.reduced.whole.multiply_adds / 1e6 == pytest.approx(printed_m, abs=0.7)
    assert costs.reduced.maps_out == maps_out
    assert costs.naive.maps_out > costs.maps_in
    assert costs.naive.whole.multiply_adds > costs.reduced.whole.multiply_adds


def test_a_reduction_that_does_not_reduce_costs_more_than_none() -> None:
    costs = inception_costs("3a", 12)

    assert costs.widths.reduce5x5 == costs.maps_in
    assert costs.reduced.branches[2].multiply_adds > costs.naive.branches[2].multiply_adds


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_groups_divide_the_cost(groups: int) -> None:
    mixing = group_mixing(12, groups, True, 28)

    assert mixing.cost.multiply_adds * groups == 12 * 12 * 28**2
    assert mixing.cost.parameters * groups == 12 * 12


def test_only_a_shuffle_lets_groups_meet() -> None:
    apart = group_mixing(12, 3, False, 28)
    met = group_mixing(12, 3, True, 28)

    assert apart.order == tuple(range(12))
    assert (apart.sees == np.kron(np.eye(3), np.ones((4, 4)))).all()
    assert met.order == (0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11)  # figure 1 of ShuffleNet
    assert met.sees.all()


def test_with_fewer_maps_than_groups_a_group_not_all_meet() -> None:
    assert group_mixing(12, 6, True, 28).sees.sum(1).tolist() == [4] * 12


def test_a_pointwise_sum_is_torchs_convolution(mushroom: ImageRef) -> None:
    layer = nn.Conv2d(3, 1, 1, bias=False)
    weights = (0.299, 0.587, -0.5)
    layer.weight.data = torch.tensor(weights).view(1, 3, 1, 1)
    photo = torch.tensor(photo_pixels(mushroom, SIDE_PX)).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        expected = layer(photo)[0, 0]

    seen = pointwise_sum(mushroom, weights)

    torch.testing.assert_close(torch.from_numpy(seen.result), expected)
    assert seen.result[3, 5] == pytest.approx(float(np.dot(weights, seen.maps[:, 3, 5])), abs=1e-5)


def test_a_dense_block_is_that_of_densenet_121() -> None:
    with torch.device("meta"):
        block = densenet121().features.denseblock1

    costs = dense_costs(64, 32, 6, 56)

    assert costs.maps == (64, 96, 128, 160, 192, 224, 256)
    assert costs.connections == 21
    assert costs.whole.parameters == sum(p.numel() for p in block.parameters())
    first = 64 * 128 + 9 * 128 * 32
    assert costs.layers[0].multiply_adds == first * 56**2

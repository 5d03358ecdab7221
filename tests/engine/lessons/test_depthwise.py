"""Ordinary and depthwise separable convolution: formulas, torch's layers and printed numbers."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.depthwise import depthwise_costs, depthwise_maps, grey
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network


@pytest.mark.parametrize(
    ("kernel", "maps_in", "maps_out", "side"),
    [(3, 512, 512, 14), (5, 24, 48, 28), (1, 7, 3, 5), (7, 1, 1024, 112)],
)
def test_what_is_counted_is_what_the_formula_says(
    kernel: int, maps_in: int, maps_out: int, side: int
) -> None:
    costs = depthwise_costs(kernel, maps_in, maps_out, side)

    window, places = kernel**2, side**2
    assert costs.ordinary.multiply_adds == window * maps_in * maps_out * places
    assert costs.depthwise.multiply_adds == window * maps_in * places
    assert costs.pointwise.multiply_adds == maps_in * maps_out * places
    assert costs.ordinary.parameters == window * maps_in * maps_out
    assert costs.separable.parameters == window * maps_in + maps_in * maps_out
    assert costs.ratio == pytest.approx(1 / maps_out + 1 / window)


def test_it_is_the_number_of_the_paper() -> None:
    costs = depthwise_costs(3, 512, 512, 14)  # Table 3 of MobileNets

    assert round(costs.ordinary.multiply_adds / 1e6) == 462
    assert round(costs.ordinary.parameters / 1e6, 2) == 2.36
    assert round(costs.separable.multiply_adds / 1e6, 1) == 52.3
    assert round(costs.separable.parameters / 1e6, 2) == 0.27


def test_the_maps_are_those_of_the_network(mushroom: ImageRef) -> None:
    seen: list[torch.Tensor] = []
    block = imagenet_network().get_submodule("blocks.0.0")
    hook = block.register_forward_hook(lambda _block, _inputs, output: seen.append(output))
    with torch.no_grad():
        imagenet_network()(imagenet_inputs([mushroom]))
    hook.remove()

    maps = depthwise_maps(mushroom, 16)

    assert maps.before.shape == maps.filtered.shape == (16, 112, 112)
    assert sorted(row.tobytes() for row in maps.mixed) == sorted(
        row.tobytes() for row in grey(seen[0][0])
    )


def test_a_separable_convolution_is_an_ordinary_one_of_few_values() -> None:
    depthwise = nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
    pointwise = nn.Conv2d(4, 6, 1, bias=False)
    whole = nn.Conv2d(4, 6, 3, padding=1, bias=False)
    whole.weight.data = pointwise.weight.data * depthwise.weight.data[:, 0][None]
    images = torch.randn(2, 4, 8, 8)

    torch.testing.assert_close(pointwise(depthwise(images)), whole(images))

"""AlexNet of 2012 by the numbers of its paper."""

from __future__ import annotations

import math

import torch

from tests.engine.models.classic.measures import (
    multiply_adds,
    on_meta,
    output_shapes,
    parameters,
)
from tlstudio.engine.models.classic.alexnet import alexnet_2012, local_response_norm


def test_parameters_of_each_layer() -> None:
    network = on_meta("alexnet_2012")
    counted = {name: parameters(layer) for name, layer in network.named_children()}
    assert {name: count for name, count in counted.items() if count} == {
        "conv1": 34_944,
        "conv2": 307_456,
        "conv3": 885_120,
        "conv4": 663_936,
        "conv5": 442_624,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    }
    assert parameters(network) == 60_965_224


def test_sizes_and_neurons() -> None:
    shapes = output_shapes(on_meta("alexnet_2012"), 227)
    names = ("conv1", "pool1", "conv2", "pool2", "conv3", "conv4", "conv5", "pool5")
    assert [shapes[name][-1] for name in names] == [55, 27, 27, 13, 13, 13, 13, 6]
    assert [shapes[f"conv{number}"][0] for number in range(1, 6)] == [96, 256, 384, 384, 256]
    assert shapes["avgpool"] == shapes["pool5"]
    # caption of figure 2; its first number, 253,440, is 55 * 48 * 96, not 55 * 55 * 96
    neurons = [math.prod(shapes[name]) for name in ("conv2", "conv3", "conv4", "conv5")]
    assert neurons == [186_624, 64_896, 64_896, 43_264]
    assert [shapes[name] for name in ("fc6", "fc7", "fc8")] == [[4096], [4096], [1000]]


def test_multiply_adds() -> None:
    network = on_meta("alexnet_2012")
    assert multiply_adds(network, 227, "conv1") == 105_415_200
    assert multiply_adds(network, 227) == 724_406_816


def test_the_order_of_steps() -> None:
    names = [name for name, _ in on_meta("alexnet_2012").named_children()]
    assert names[:8] == [f"{step}{n}" for n in (1, 2) for step in ("conv", "relu", "norm", "pool")]


def test_normalisation_is_the_papers_formula() -> None:
    maps = 20 * torch.randn(2, 9, 3, 3)
    expected = torch.empty_like(maps)
    for i in range(9):
        near = maps[:, max(0, i - 2) : min(8, i + 2) + 1]
        expected[:, i] = maps[:, i] / (2 + 1e-4 * near.square().sum(dim=1)) ** 0.75
    torch.testing.assert_close(local_response_norm()(maps), expected)


def test_a_graphics_card_sees_its_own_maps_except_in_conv3() -> None:
    network = alexnet_2012(2)
    for name, apart in (("conv2", True), ("conv3", False), ("conv4", True), ("conv5", True)):
        layer = network.get_submodule(name)
        maps = torch.zeros(1, layer.in_channels, 3, 3)
        before = layer(maps)
        maps[:, : layer.in_channels // 2] = 1
        moved = (layer(maps) != before).flatten(2).any(dim=2)[0]
        first, second = moved.chunk(2)
        assert first.all()
        assert second.any() == (not apart)


def test_initial_values() -> None:
    network = alexnet_2012(10)
    for name, layer in network.named_children():
        if hasattr(layer, "bias"):
            starts_on = name in ("conv2", "conv4", "conv5", "fc6", "fc7")
            assert (layer.bias == (1 if starts_on else 0)).all()
            assert abs(layer.weight.std().item() - 0.01) < 0.0005

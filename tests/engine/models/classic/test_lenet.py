"""LeNet-5 by the numbers of its paper, and that it reads."""

from __future__ import annotations

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F  # noqa: N812

from tests.engine.models.classic.measures import on_meta, output_shapes, parameters, printed
from tlstudio.core.lessons.printed import Quantity
from tlstudio.engine.models.classic import CLASSICS
from tlstudio.engine.models.classic.lenet import (
    C3_INPUTS,
    LeNet5,
    ScaledTanh,
    SubSampling,
    lenet5,
)

# Table I as printed: rows are the maps of S2, columns those of C3.
TABLE_I = (
    "X...XXX..XXXX.XX",
    "XX...XXX..XXXX.X",
    "XXX...XXX..X.XXX",
    ".XXX..XXXX..X.XX",
    "..XXX..XXXX.XX.X",
    "...XXX..XXXX.XXX",
)


def test_parameters_of_each_layer() -> None:
    network = on_meta("lenet5", 10)
    counted = {name: parameters(layer) for name, layer in network.named_children()}
    in_text = {"s2": 12, "s4": 32, "c5": 48120, "f6": 10164}
    assert {name: counted[name] for name in in_text} == in_text
    for name in ("c1", "c3"):
        assert counted[name] == printed("lenet", "lenet5", Quantity.PARAMETERS, name).number
    whole = printed("lenet", "lenet5", Quantity.PARAMETERS).number
    assert parameters(network) - counted["output"] == whole
    assert counted["output"] == 850
    assert parameters(on_meta("lenet5_modern", 10)) == 61_706


def test_maps_and_connections_of_each_layer() -> None:
    network = on_meta("lenet5", 10)
    shapes = output_shapes(network, 32, channels=1)
    assert shapes["c1"] == [6, 28, 28]
    assert shapes["s2"] == [6, 14, 14]
    assert shapes["c3"] == [16, 10, 10]
    assert shapes["s4"] == [16, 5, 5]
    assert shapes["c5"] == [120, 1, 1]
    connections = {}
    for name in ("c1", "c3", "c5"):
        _, height, width = shapes[name]
        connections[name] = parameters(network.get_submodule(name)) * height * width
    assert connections == {"c1": 122_304, "c3": 151_600, "c5": 48_120}


def test_c3_sees_what_the_table_says() -> None:
    network = lenet5()
    maps = torch.randn(1, 6, 14, 14)
    before = network.c3(maps)
    for number, row in enumerate(TABLE_I):
        changed = maps.clone()
        changed[:, number] += 1
        moved = (network.c3(changed) != before).flatten(2).any(dim=2)[0]
        assert "".join("X" if m else "." for m in moved.tolist()) == row


def test_c3_is_the_full_convolution_with_zeros() -> None:
    c3 = lenet5().c3
    weight = torch.zeros(16, 6, 5, 5)
    kernels = [kernel for conv in c3.convs for kernel in conv.weight.detach()]
    for number, (seen, kernel) in enumerate(zip(C3_INPUTS, kernels, strict=True)):
        weight[number, [*seen]] = kernel
    bias = torch.cat([conv.bias.detach() for conv in c3.convs])
    maps = torch.randn(2, 6, 14, 14)
    torch.testing.assert_close(c3(maps), F.conv2d(maps, weight, bias))


def test_sub_sampling_sums_scales_and_shifts_each_map() -> None:
    layer = SubSampling(2)
    with torch.no_grad():
        layer.coefficient.copy_(torch.tensor([0.5, -2.0]))
        layer.bias.copy_(torch.tensor([0.0, 1.0]))
    maps = torch.tensor([[[[1.0, 2, 9], [3, 4, 9]], [[0.0, 1, 9], [1, 0, 9]]]])
    assert layer(maps).tolist() == [[[[5.0]], [[-3.0]]]]


def test_squashing() -> None:
    squashed = ScaledTanh()(torch.tensor([-1.0, 0.0, 1.0, 100.0]))
    torch.testing.assert_close(squashed, torch.tensor([-1.0, 0.0, 1.0, 1.7159]), atol=1e-4, rtol=0)
    network = LeNet5()
    kinds = [type(layer) for layer in network]
    for name in ("c1", "s2", "c3", "s4", "c5"):
        follows = kinds[[*dict(network.named_children())].index(name) + 1]
        assert follows is ScaledTanh


def test_initial_weights_lie_within_the_papers_bounds() -> None:
    network = lenet5()
    for layer, inputs in ((network.c1, 25), (network.c5, 400), (network.f6, 120)):
        assert 0.9 * 2.4 / inputs < layer.weight.abs().max() <= 2.4 / inputs


def test_its_preprocessing_is_the_papers() -> None:
    prepared = CLASSICS["lenet5"].preprocessing
    paper, ink = ((value - prepared.mean[0]) / prepared.std[0] for value in (0.0, 1.0))
    assert paper == pytest.approx(-0.1)
    assert ink == pytest.approx(1.175)


@pytest.mark.parametrize("name", ["lenet5", "lenet5_modern"])
def test_it_learns_digits(name: str) -> None:
    """scikit-learn's 1,797 digits of 8x8 pixels, enlarged to 32; every fifth is held out."""
    digits = load_digits()
    pixels = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16 * 1.275 - 0.1
    pixels = F.interpolate(pixels, (32, 32), mode="bilinear")
    targets = torch.tensor(digits.target)
    held_out = torch.arange(len(targets)) % 5 == 0
    network = CLASSICS[name].build(10)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    train = (~held_out).nonzero()[:, 0]
    for _ in range(6):
        for batch in train[torch.randperm(len(train))].split(32):
            loss = nn.functional.cross_entropy(network(pixels[batch]), targets[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    with torch.no_grad():
        hits = network(pixels[held_out]).argmax(1) == targets[held_out]
    assert hits.float().mean() > 0.9

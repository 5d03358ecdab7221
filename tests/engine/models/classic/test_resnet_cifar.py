"""The networks for CIFAR by the numbers of the ResNet paper."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.engine.models.classic.measures import on_meta, output_shapes, parameters, printed
from tlstudio.core.lessons.printed import Quantity
from tlstudio.engine.models.classic.resnet_cifar import (
    CifarBlock,
    CifarResNet,
    PaddedShortcut,
    resnet_cifar,
)

# Depths in table 6 of the paper.
TABLE_6 = (20, 32, 44, 56, 110)


@pytest.mark.parametrize("depth", TABLE_6)
def test_table_6(depth: int) -> None:
    network = on_meta(f"resnet{depth}", 10)
    millions, _ = printed("resnet_cifar", f"resnet{depth}", Quantity.PARAMETERS).text.split()
    digits = len(millions.partition(".")[2])
    assert f"{parameters(network) / 1e6:.{digits}f}" == millions
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == depth


@pytest.mark.parametrize("depth", TABLE_6)
def test_shortcuts_cost_no_parameters(depth: int) -> None:
    plain, residual = on_meta(f"plain{depth}", 10), on_meta(f"resnet{depth}", 10)
    assert [*plain.state_dict()] == [*residual.state_dict()]
    assert parameters(plain) == parameters(residual)
    blocks = [m for m in plain.modules() if isinstance(m, CifarBlock)]
    assert all(block.shortcut is None for block in blocks)


def test_sizes() -> None:
    shapes = output_shapes(on_meta("resnet20", 10), 32)
    assert [shapes[name] for name in ("conv1", "layer1", "layer2", "layer3", "avgpool")] == [
        [16, 32, 32],
        [16, 32, 32],
        [32, 16, 16],
        [64, 8, 8],
        [64, 1, 1],
    ]


def test_option_a_takes_every_second_pixel_and_adds_empty_maps() -> None:
    maps = torch.randn(2, 16, 8, 8)
    out = PaddedShortcut(16, stride=2)(maps)
    assert out.shape == (2, 32, 4, 4)
    assert torch.equal(out[:, :16], maps[:, :, ::2, ::2])
    assert not out[:, 16:].any()


@pytest.mark.parametrize("residual", [True, False])
def test_what_a_silent_block_passes_on(residual: bool) -> None:
    block = CifarBlock(16, 16, 1, residual=residual).eval()
    nn.init.zeros_(block.bn2.weight)
    maps = torch.randn(1, 16, 4, 4)
    assert torch.equal(block(maps), maps.relu() if residual else torch.zeros_like(maps))


def test_signals_keep_their_size_at_the_start() -> None:
    network = resnet_cifar(20)
    with torch.no_grad():
        spread = network.conv1(torch.randn(2, 3, 32, 32)).std()
    assert 1.2 < spread < 1.6  # the square root of two: half of it falls to ReLU


@pytest.mark.parametrize("depth", [2, 18, 21])
def test_other_depths_are_refused(depth: int) -> None:
    with pytest.raises(ValueError, match="6n"):
        CifarResNet(depth)

"""Normalisation in the convolution before it gives what it gave beside it."""

from __future__ import annotations

import copy

import pytest
import torch
from timm.layers import BatchNormAct2d
from torch import nn

from tests.engine.features.networks import conv_net, images, with_statistics
from tlstudio.engine.features.folding import folded
from tlstudio.engine.models.build import build_network


class Residual(nn.Module):
    """The convolution's output is needed beside the norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.norm = nn.BatchNorm2d(6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        out: torch.Tensor = self.norm(x) + x
        return out


class ConvolutionTwice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.norm(self.conv(torch.relu(self.conv(x))))
        return out


class NormTwice(ConvolutionTwice):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.norm(torch.relu(self.norm(self.conv(x))))
        return out


def norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


def assert_same(network: nn.Module, px: int = 32) -> nn.Module:
    with_statistics(network).eval()
    state = copy.deepcopy(network.state_dict())
    batch = images(3, px)
    with torch.no_grad():
        quick = folded(network, batch)
        wanted, got = network(batch), quick(batch)
    torch.testing.assert_close(got, wanted, rtol=1e-3, atol=1e-4 * float(wanted.abs().max()))
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    return quick


@pytest.mark.parametrize("model", ["resnet18", "tf_efficientnet_lite0", "mobilenet_v2"])
def test_real_networks(model: str) -> None:
    network = build_network(model, 3, initialisation="random", seed=1)
    assert norms(network) > 10
    assert norms(assert_same(network)) == 0


def test_norms_without_parameters_and_convolutions_with_a_bias() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, affine=False), nn.Conv2d(4, 4, 3, groups=2)
    )
    assert norms(assert_same(network)) == 0
    assert norms(assert_same(conv_net())) == 0


def test_the_activation_inside_a_norm_stays() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), BatchNormAct2d(4, act_layer=nn.ReLU))
    quick = assert_same(network)
    assert norms(quick) == 0
    assert any(isinstance(module, nn.ReLU) for module in quick.modules())


@pytest.mark.parametrize("network", [ConvolutionTwice, NormTwice])
def test_what_runs_twice_is_left_alone(network: type[nn.Module]) -> None:
    assert norms(assert_same(network())) == 1


def test_a_convolution_whose_output_others_need_is_refused() -> None:
    with pytest.raises(ValueError, match="changes"):
        folded(with_statistics(Residual()).eval(), images())


def test_a_norm_that_follows_something_else_is_left_alone() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.BatchNorm2d(4))
    assert norms(assert_same(network)) == 1
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, track_running_stats=False))
    assert norms(assert_same(network)) == 1

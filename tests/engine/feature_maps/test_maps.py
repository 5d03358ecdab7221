"""Feature maps are what a plain hook sees, and nothing runs that need not."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.helpers import tiny_network
from tlstudio.core.errors import ModelError
from tlstudio.core.feature_maps.depth import depth_stages
from tlstudio.core.feature_maps.maps import MapLayout, MapOrder, MapShape, map_layers
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.feature_maps.maps import (
    LayerOutput,
    choose,
    compare,
    depth_strip,
    feature_maps,
    layer_output,
)
from tlstudio.engine.models.tree import tree_of

PIXELS = torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(3))


def hooked(network: nn.Module, pixels: torch.Tensor, path: str) -> torch.Tensor:
    """What a plain hook sees of the first run of a module."""
    seen: list[torch.Tensor] = []
    handle = network.get_submodule(path).register_forward_hook(
        lambda module, inputs, output: seen.append(output.clone())
    )
    with torch.no_grad():
        network.eval()(pixels)
    handle.remove()
    return seen[0]


@pytest.mark.parametrize("path", ["0", "1", "2", "3"])
def test_values_are_exactly_those_of_a_hook(path: str) -> None:
    network = tiny_network()
    output = layer_output(network, PIXELS, path)
    assert output is not None
    assert torch.equal(output.values, hooked(network, PIXELS, path)[0])


def test_modes_and_hooks_stay_as_they_were() -> None:
    network = tiny_network().train()
    network[1].eval()
    layer_output(network, PIXELS, "2")
    assert network.training and not network[1].training and network[2].training
    assert not any(module._forward_hooks for module in network.modules())
    assert not any(module._forward_pre_hooks for module in network.modules())


class Counting(nn.Module):
    """Says how often it ran."""

    runs = 0

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        self.runs += 1
        return values + 1


def test_nothing_runs_after_the_wanted_layer() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), Counting(), Counting(), Counting())
    assert layer_output(network, PIXELS, "1") is not None
    assert [module.runs for module in network if isinstance(module, Counting)] == [1, 0, 0]


def test_in_place_activations_do_not_reach_back() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.ReLU(inplace=True)))
    output = layer_output(network, PIXELS, "0")
    strip = depth_strip(network, PIXELS, map_layers(tree_of_net(network))[:1])
    assert output is not None and strip is not None
    assert float(output.values.min()) < 0
    energy = network[0](PIXELS)[0].detach().square().mean(0).sqrt()
    assert strip[0].low == pytest.approx(float(energy.min()))
    assert strip[0].high == pytest.approx(float(energy.max()))


def tree_of_net(network: nn.Module) -> object:
    from tlstudio.core.networks.layers import LayerNode, LayerTree

    nodes = []
    for path, module in network.named_children():
        shape = tuple(hooked(network, PIXELS, path).shape[1:])
        nodes.append(LayerNode(path, type(module).__name__, shape, 0, 0, 0))
    return LayerTree("x", 2, LayerNode("", "Net", (), 0, 0, 0, children=tuple(nodes)), "")


def test_a_stop_is_heard_between_layers() -> None:
    stop = StopToken()

    class Stops(Counting):
        def forward(self, values: torch.Tensor) -> torch.Tensor:
            stop.stop()
            return super().forward(values)

    network = nn.Sequential(nn.Conv2d(3, 4, 3), Stops(), Counting(), Counting())
    assert layer_output(network, PIXELS, "3", stop) is None
    assert [module.runs for module in network if isinstance(module, Counting)] == [1, 0, 0]
    assert feature_maps(network, PIXELS, "3", stop=stop) is None
    assert depth_strip(network, PIXELS, (), stop) is None
    assert not any(module._forward_hooks for module in network.modules())


class Transformer(nn.Module):
    """Patches of 4 px in rows, behind `prefix` tokens that are 99."""

    def __init__(self, prefix: int) -> None:
        super().__init__()
        self.prefix = prefix
        self.patches = nn.Conv2d(3, 5, 4, 4)
        self.block = nn.Identity()
        self.turned = nn.Identity()

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        patches = self.patches(pixels)
        tokens = patches.flatten(2).transpose(1, 2)
        front = tokens.new_full((len(tokens), self.prefix, 5), 99.0)
        self.turned(patches.permute(0, 2, 3, 1))
        return self.block(torch.cat([front, tokens], 1))


@pytest.mark.parametrize("prefix", [0, 1, 5])
def test_tokens_lie_where_their_patches_are(prefix: int) -> None:
    network = Transformer(prefix)
    grid = network.patches(PIXELS)[0].detach()
    tokens = layer_output(network, PIXELS, "block")
    turned = layer_output(network, PIXELS, "turned")
    assert tokens is not None and turned is not None
    assert tokens.shape == MapShape(5, 4, 4, MapLayout.TOKENS, prefix)
    assert turned.shape == MapShape(5, 4, 4, MapLayout.CHANNELS_LAST)
    assert torch.equal(tokens.values, grid)
    assert torch.equal(turned.values, grid)


def made(values: torch.Tensor) -> LayerOutput:
    return LayerOutput("layer", MapShape(*values.shape), values)


def test_each_map_fills_its_own_range() -> None:
    values = torch.tensor([[[0.0, 1.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[-3, -3], [-3, 9]]])
    maps = choose(made(values), order=MapOrder.NUMBER)
    assert maps.maps.tolist() == [[[0, 64], [128, 255]], [[0, 0], [0, 0]], [[0, 0], [0, 255]]]
    assert maps.lows == (0, 0, -3) and maps.highs == (4, 0, 9)
    assert maps.zeros == (0.25, 1, 0)
    assert (maps.low, maps.high) == (-3, 9)
    assert maps.dead == pytest.approx(1 / 3)
    assert choose(made(values)).channels == (2, 0, 1)
    assert choose(made(values), first=1, count=1).channels == (0,)


def test_values_that_are_not_numbers_are_taken_for_zero() -> None:
    broken = torch.tensor([[[float("nan"), 1.0], [float("inf"), 2.0]]])
    maps = choose(made(broken), order=MapOrder.NUMBER)
    assert maps.maps[0].tolist() == [[0, 128], [0, 255]]
    assert (maps.lows[0], maps.highs[0], maps.low, maps.high) == (0, 2, 0, 2)
    assert compare(made(broken), made(broken)).difference.high == 0


def test_a_comparison_has_one_scale_and_grey_where_nothing_changed() -> None:
    before = torch.tensor([[[0.0, 1.0], [2.0, 2.0]], [[1.0, 1.0], [1.0, 1.0]]])
    after = torch.tensor([[[0.0, 1.0], [2.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]])
    both = compare(made(before), made(after))
    assert both.after.channels == (0, 1)  # the one that changed first
    assert both.before.highs == both.after.highs == (4, 1)
    assert both.before.maps[0].tolist() == [[0, 64], [128, 128]]
    assert both.difference.maps[0].tolist() == [[128, 128], [128, 255]]
    assert both.difference.maps[1].tolist() == [[128, 128], [128, 128]]
    assert both.difference.is_signed and both.difference.highs == (2, 0)
    with pytest.raises(ModelError):
        compare(made(before), made(after[:1]))


def test_layers_without_maps_are_refused_in_plain_words() -> None:
    for path in ("6", "nowhere"):
        with pytest.raises(ModelError, match="not made of maps"):
            feature_maps(tiny_network(), PIXELS, path)


def test_a_shared_activation_is_seen_at_its_first_run() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
            self.act = nn.ReLU()

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            return self.act(self.act(self.conv(pixels)) - 1)

    network = Shared()
    output = layer_output(network, PIXELS, "act")
    assert output is not None
    assert torch.equal(output.values, network.conv(PIXELS)[0].detach().relu())


def test_the_strip_goes_from_the_image_to_the_head() -> None:
    network = tiny_network()
    stages = depth_stages(tree_of(network, "tiny", 2, 16))
    strip = depth_strip(network, PIXELS, stages)
    assert strip is not None
    assert [stage.layer.path for stage in strip] == ["2", "3"]
    for stage in strip:
        assert stage.picture.shape == stage.layer.shape.grid
        assert stage.picture.dtype == np.uint8
        assert stage.picture.max() == 255 and stage.picture.min() == 0

"""The layers of every network of the catalog can be shown."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.engine.feature_maps.test_maps import hooked
from tlstudio.core.feature_maps.depth import FEWEST, MOST, depth_stages
from tlstudio.core.feature_maps.maps import MapLayout, map_layers
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.feature_maps.filters import first_filters
from tlstudio.engine.feature_maps.maps import choose, depth_strip, layer_output
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.tree import tree_of

NAMES = (
    "tf_efficientnet_lite0", "resnet18", "resnet34", "resnet50", "mobilenet_v2",
    "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "shufflenet_v2_x1_0",
    "squeezenet1_1", "googlenet", "densenet121", "alexnet", "vgg11_bn", "convnext_tiny", "swin_t",
    "vit_b_16",
)  # fmt: skip
SIDE = 96


def folded_by_hand(output: torch.Tensor, layout: MapLayout, height: int) -> torch.Tensor:
    if layout is MapLayout.TOKENS:
        places = output[0, -height * height :]
        return places.unflatten(0, (height, height)).permute(2, 0, 1)
    return output[0].permute(2, 0, 1) if layout is MapLayout.CHANNELS_LAST else output[0]


@pytest.mark.parametrize("model", NAMES)
def test_every_layer_of(model: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        network: nn.Module = architecture(model, 3, BuildConfig(SIDE)).eval()
    pixels = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    tree = tree_of(network, model, 3, SIDE)
    layers = map_layers(tree)
    stages = depth_stages(tree)
    assert FEWEST <= len(stages) <= MOST
    strip = depth_strip(network, pixels, stages)
    assert strip is not None
    assert [stage.layer for stage in strip] == list(stages)

    for layer in layers[:: max(1, len(layers) // 12)]:
        output = layer_output(network, pixels, layer.path)
        assert output is not None
        assert output.shape == layer.shape
        seen = hooked(network, pixels, layer.path)
        expected = folded_by_hand(seen, layer.shape.layout, layer.shape.height)
        assert torch.equal(output.values, expected)
        maps = choose(output)
        assert len(maps.maps) == min(64, layer.shape.channels)
    tiles = first_filters(network).tiles
    assert tiles.shape[0] <= 64 and tiles.shape[-1] == 3

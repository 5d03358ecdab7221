"""Grad-CAM: equal to a plain reference and to torchcam's, at a layer that is found by itself."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.models.build import architecture
from tlstudio.engine.understanding.grad_cam import class_activation, enlarged, scaled

SIDE = 64
Reshape = Callable[[torch.Tensor], torch.Tensor]


def tokens(prefix: int, side: int) -> Reshape:
    return lambda t: t[:, prefix:].unflatten(1, (side, side)).permute(0, 3, 1, 2)


def channels_last(t: torch.Tensor) -> torch.Tensor:
    return t.permute(0, 3, 1, 2)


def as_it_is(t: torch.Tensor) -> torch.Tensor:
    return t


# model, side of its images, the layer that is found, how its output becomes maps
CASES: tuple[tuple[str, int, str, Reshape], ...] = (
    ("resnet18", 128, "layer4", as_it_is),
    ("tf_efficientnet_lite0", 128, "bn2", as_it_is),
    ("mobilenet_v3_small", 128, "features", as_it_is),
    ("densenet121", 128, "features", as_it_is),
    ("convnext_atto", 128, "stages", as_it_is),
    ("vit_tiny_patch16_224", 64, "blocks.11.norm1", tokens(1, 4)),
    ("deit_tiny_distilled_patch16_224", 64, "blocks.11.norm1", tokens(2, 4)),
    ("swin_tiny_patch4_window7_224", 128, "norm", channels_last),
)


def network_of(model: str, side: int) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        network = architecture(model, 3, BuildConfig(side)).eval()
        for parameter in network.parameters():  # some begin with a head of zeros
            if not parameter.any():
                nn.init.normal_(parameter, std=0.02)
    return network.requires_grad_(False)  # as a frozen one


def image(side: int = SIDE, seed: int = 1) -> torch.Tensor:
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


def reference(
    network: nn.Module, pixels: torch.Tensor, class_index: int, path: str, reshape: Reshape
) -> torch.Tensor:
    """Grad-CAM as the paper writes it."""
    seen: list[torch.Tensor] = []
    hook = network.get_submodule(path).register_forward_hook(lambda _m, _i, out: seen.append(out))
    with torch.enable_grad():
        logits = network(pixels.clone().requires_grad_())
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[0, class_index], seen[:1])
    weights = reshape(gradient).mean((2, 3), keepdim=True)
    return (weights * reshape(seen[0].detach())).sum(1)[0].relu()


@pytest.mark.parametrize(("model", "side", "layer", "reshape"), CASES)
def test_maps_are_those_of_the_paper_and_of_torchcam(
    model: str, side: int, layer: str, reshape: Reshape
) -> None:
    network, pixels = network_of(model, side), image(side)
    for class_index in (0, 2):
        found = class_activation(network, pixels, class_index)
        assert found is not None
        assert found.path == layer
        expected = reference(network, pixels, class_index, layer, reshape)
        assert found.values.shape == expected.shape
        assert torch.allclose(found.values, expected, rtol=1e-4, atol=1e-8)
        logits = network(pixels)
        assert found.probability == pytest.approx(float(logits.softmax(1)[0, class_index]))


@pytest.mark.parametrize(("model", "side", "layer", "reshape"), CASES)
def test_maps_equal_torchcams(model: str, side: int, layer: str, reshape: Reshape) -> None:
    torchcam = pytest.importorskip("torchcam.methods")
    network, pixels = network_of(model, side), image(side)
    found = class_activation(network, pixels, 1)
    assert found is not None
    with torchcam.GradCAM(network, layer, reshape_transform=reshape) as extractor:
        logits = network(pixels.clone().requires_grad_())
        (expected,) = extractor(class_idx=1, scores=logits)
    assert torch.allclose(scaled(found.values), expected[0], atol=1e-4)


def test_the_network_is_as_it_was() -> None:
    network = network_of("resnet18", 128).train()
    before = copy.deepcopy(network.state_dict())
    class_activation(network.eval(), image(128), 0)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not any(module._forward_hooks for module in network.modules())


def test_it_stops() -> None:
    stop = StopToken()
    stop.stop()
    assert class_activation(network_of("resnet18", 64), image(), 0, stop=stop) is None


def test_a_grid_that_is_too_coarse_gives_way_to_the_one_before() -> None:
    found = class_activation(network_of("resnet18", 64), image(), 0)
    assert found is not None
    assert (found.path, tuple(found.values.shape)) == ("layer3", (4, 4))  # layer4 has 2 x 2


def test_a_pool_that_ends_a_stage_gives_way_to_what_it_pools() -> None:
    stage = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.MaxPool2d(2))
    head = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(32, 3))
    found = class_activation(nn.Sequential(stage, nn.Identity(), head).eval(), image(18), 0)
    assert found is not None
    assert (found.path, tuple(found.values.shape)) == ("0.1", (16, 16))


def test_networks_without_places_say_so() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 3)).eval()
    with pytest.raises(ModelError, match="No layer"):
        class_activation(flat, image(), 0)
    with pytest.raises(ModelError, match="not made of maps"):
        class_activation(network_of("resnet18", 64), image(), 0, layer="fc")


def test_a_class_that_nothing_speaks_for_has_an_empty_map() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 2, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2)
    ).eval()
    with torch.no_grad():
        network[4].weight.copy_(torch.tensor([[1.0, 1.0], [-1.0, -1.0]]))
    for class_index, is_empty in ((0, False), (1, True)):
        found = class_activation(network, image(16), class_index)
        assert found is not None
        assert bool(found.values.any()) is not is_empty
        assert bool(enlarged(found.values, 16).any()) is not is_empty


FAMILIES = (
    "lenet5", "resnet20", "alexnet", "squeezenet1_1", "googlenet", "shufflenet_v2_x0_5",
    "mobilenet_v2", "regnet_y_400mf", "mixer_s16_224", "xcit_nano_12_p16_224", "cait_xxs24_224",
    "efficientvit_b0", "mobilevit_xxs", "poolformer_s12", "levit_128s",
)  # fmt: skip


@pytest.mark.parametrize("model", FAMILIES)
def test_networks_of_every_kind_have_a_map(model: str) -> None:
    from tlstudio.engine.models.catalog import get_model

    own = get_model(model).preprocessing
    network = architecture(model, 3, BuildConfig()).eval()
    pixels = torch.randn(1, own.channels, own.crop_px, own.crop_px)
    found = class_activation(network, pixels, 1)
    assert found is not None
    assert min(found.values.shape) >= 4
    assert bool(torch.isfinite(found.values).all())
    assert "att" not in found.path.lower().split(".")[-1]

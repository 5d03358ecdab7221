"""Grey images and small stems: what is changed, and that values are carried over."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig, HeadConfig
from tlstudio.engine.models.build import architecture, build_classifier, build_network
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.input_layers import set_channels, set_small_stem
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_model, save_weights

CLASSES = ("a", "b", "c")


def test_a_grey_image_gives_what_its_three_equal_channels_gave() -> None:
    network = build_network("resnet18", 3, initialisation="random", seed=0).eval()
    grey = torch.rand(2, 1, 64, 64)
    with torch.no_grad():
        before = network(grey.expand(-1, 3, -1, -1))
        set_channels(network, 1)
        after = network(grey)
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)
    assert network.conv1.weight.shape == (64, 1, 7, 7)


@pytest.mark.parametrize(
    "model", ["vit_b_16", "googlenet", "densenet121", "swin_t", ON_BOARD_MODEL]
)
def test_other_first_layers_take_one_channel_too(model: str) -> None:
    with torch.device("meta"):
        network = architecture(model, 3, BuildConfig(channels=1)).eval()
        assert network(torch.empty(2, 1, 224, 224)).shape == (2, 3)


def test_channels_that_cannot_be_are_refused() -> None:
    network = nn.Sequential(nn.Linear(3, 3))
    with pytest.raises(ModelError):
        set_channels(network, 1)
    with pytest.raises(ModelError):
        set_channels(nn.Sequential(nn.Conv2d(1, 3, 3)), 3)


@pytest.mark.parametrize(
    ("model", "side"), [("resnet18", 4), ("densenet121", 4), ("googlenet", 4), ("mobilenet_v2", 2)]
)
def test_a_small_stem_keeps_the_size_of_tiny_images(model: str, side: int) -> None:
    """32 px through a network that shrinks 8 times (16 without pooling in the stem), not 32."""
    with torch.device("meta"):
        network = architecture(model, 3, BuildConfig(stem="small")).eval()
        last: list[torch.Size] = []
        pool = next(m for m in reversed(list(network.modules())) if _has_side(m))
        pool.register_forward_hook(lambda _m, inputs, _o: last.append(inputs[0].shape))
        assert network(torch.empty(2, 3, 32, 32)).shape == (2, 3)
    assert last[-1][-1] == side


def _has_side(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d)


def test_a_small_stem_keeps_the_centres_of_the_kernels() -> None:
    network = build_network("resnet18", 3, initialisation="random", seed=0)
    centre = network.conv1.weight[..., 2:5, 2:5].clone()
    set_small_stem(network)
    assert torch.equal(network.conv1.weight, centre)
    assert network.conv1.stride == (1, 1) and network.conv1.padding == (1, 1)
    assert isinstance(network.maxpool, nn.Identity)


@pytest.mark.parametrize("model", ["vit_b_16", "vgg11_bn", "convnext_tiny"])
def test_a_network_without_such_a_stem_is_refused(model: str) -> None:
    with torch.device("meta"), pytest.raises(ModelError, match="stem"):
        architecture(model, 3, BuildConfig(stem="small"))


def test_the_pretrained_values_are_summed(own_home: Path) -> None:
    colour = build_network(ON_BOARD_MODEL, 3, initialisation="pretrained", seed=0)
    grey = build_network(
        ON_BOARD_MODEL, 3, initialisation="pretrained", seed=0, build=BuildConfig(channels=1)
    )
    summed = colour.conv_stem.weight.sum(dim=1, keepdim=True)
    torch.testing.assert_close(grey.conv_stem.weight, summed)
    assert torch.equal(grey.conv_head.weight, colour.conv_head.weight)


@pytest.mark.parametrize("ending", ["pth", "safetensors", "whole"])
def test_a_changed_network_is_saved_and_loaded_as_it_is(tmp_path: Path, ending: str) -> None:
    config = RunConfig(
        *(), model="resnet18", initialisation="random", strategy="from_scratch",
        colours="grey", stem="small", image_px=40, head_hidden=6, head_dropout=0.5,
        crop_mode="squash",
    )  # fmt: skip
    classifier = build_classifier(config, CLASSES)
    path = tmp_path / ("net.pth" if ending == "whole" else f"net.{ending}")
    (save_model if ending == "whole" else save_weights)(classifier, path)
    loaded = load_weights(path).classifier
    assert loaded.build == classifier.build == BuildConfig(40, 1, "small", HeadConfig(6, 0.5))
    assert loaded.preprocessing == classifier.preprocessing
    assert torch.equal(_logits(loaded), _logits(classifier))


def _logits(classifier: Classifier) -> torch.Tensor:
    images = torch.rand(2, 1, 40, 40, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        result: torch.Tensor = classifier.network.eval()(images)
    return result


def test_a_vision_transformer_at_another_size_runs() -> None:
    network = architecture("vit_b_32", 3, BuildConfig(image_px=96)).eval()
    assert network.encoder.pos_embedding.shape[1] == 1 + 3 * 3
    with torch.no_grad():
        assert network(torch.rand(1, 3, 96, 96)).shape == (1, 3)


def test_a_size_that_the_network_refuses_is_told_plainly() -> None:
    with pytest.raises(ModelError, match="97 px"):
        architecture("vit_b_32", 3, BuildConfig(image_px=97))

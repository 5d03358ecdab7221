"""Pretrained weights that lie on this machine, fitted to heads, sizes and channels.

The files are made here: random values under the library's names, where a download would lie.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub import constants
from safetensors.torch import save_file
from torchvision import models as torchvision_models
from torchvision.models.vision_transformer import interpolate_embeddings

from tlstudio.core.errors import ModelError, WeightsError, WeightsMissingError
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.heads import head_paths, is_inside
from tlstudio.engine.models.places import checkpoint_path

Put = Callable[[str], dict[str, torch.Tensor]]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Puts a file of random values of a timm model where the hub's own cache would have it."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))

    def put_weights(model: str) -> dict[str, torch.Tensor]:
        (weights,) = get_model(model).weights[:1]
        assert weights.hub is not None
        torch.manual_seed(0)
        state = timm.create_model(model, num_classes=weights.num_classes).state_dict()
        folder = tmp_path / "hub" / ("models--" + weights.hub[0].replace("/", "--"))
        (folder / "refs").mkdir(parents=True)
        (folder / "refs" / "main").write_text("abc")
        (folder / "snapshots" / "abc").mkdir(parents=True)
        save_file(state, folder / "snapshots" / "abc" / "model.safetensors")
        return state

    return put_weights


def backbone(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    heads = head_paths(network)
    return {k: v for k, v in network.state_dict().items() if not is_inside(k, heads)}


@pytest.mark.parametrize("model", ["test_vit", "test_resnet", "test_convnext", "test_efficientnet"])
def test_the_backbone_is_the_files_and_the_head_is_new(model: str, put: Put) -> None:
    state = put(model)
    for classes in (3, get_model(model).weights[0].num_classes):
        network = build_network(model, classes, initialisation="pretrained", seed=1)
        own = backbone(network)
        assert own and all(torch.equal(state[name], value) for name, value in own.items())
        (head,) = head_paths(network)
        layer = network.get_submodule(head)
        assert layer.weight.shape[0] == classes
        assert not torch.equal(layer.weight, state[f"{head}.weight"][:classes])


def test_weights_without_a_head_get_one(put: Put) -> None:
    model = "vit_small_patch14_dinov2"
    state = put(model)
    assert get_model(model).weights[0].num_classes == 0 and "head.weight" not in state
    network = build_network(model, 3, initialisation="pretrained", seed=1)
    assert network.head.weight.shape[0] == 3
    assert torch.equal(network.blocks[0].attn.qkv.weight, state["blocks.0.attn.qkv.weight"])


def test_timm_sums_channels_and_resamples_positions(put: Put) -> None:
    state = put("test_vit")
    network = build_network(
        "test_vit", 3, initialisation="pretrained", seed=1, build=BuildConfig(96, 1)
    ).eval()
    summed = state["patch_embed.proj.weight"].sum(dim=1, keepdim=True)
    torch.testing.assert_close(network.patch_embed.proj.weight, summed)
    assert network.pos_embed.shape[1] == 1 + (96 // 16) ** 2 != state["pos_embed"].shape[1]
    with torch.no_grad():
        assert network(torch.rand(1, 1, 96, 96)).shape == (1, 3)


def test_torchvision_resamples_positions(own_home: Path) -> None:
    spec = get_model("vit_b_32")
    torch.manual_seed(0)
    state = torchvision_models.vit_b_32(weights=None).state_dict()
    path = checkpoint_path(spec.weights[0].url)
    path.parent.mkdir(parents=True)
    torch.save(state, path)
    build = BuildConfig(image_px=96)
    network = build_network("vit_b_32", 3, initialisation="pretrained", seed=1, build=build)
    expected = interpolate_embeddings(96, 32, state)["encoder.pos_embedding"]
    assert torch.equal(network.encoder.pos_embedding, expected)
    assert torch.equal(network.conv_proj.weight, state["conv_proj.weight"])


def test_googlenet_mixes_colours_so_that_grey_is_refused(own_home: Path) -> None:
    path = checkpoint_path(get_model("googlenet").weights[0].url)
    path.parent.mkdir(parents=True)
    network = torchvision_models.googlenet(weights=None, init_weights=False)
    torch.save(network.state_dict(), path)
    with pytest.raises(ModelError, match="colours"):
        build_network("googlenet", 3, initialisation="pretrained", build=BuildConfig(channels=1))


def test_a_broken_file_of_timm_is_told_plainly(put: Put, tmp_path: Path) -> None:
    put("test_resnet")
    (file,) = (tmp_path / "hub").rglob("model.safetensors")
    file.write_bytes(b"not weights at all")
    with pytest.raises(WeightsError, match="does not hold the pretrained weights"):
        build_network("test_resnet", 3, initialisation="pretrained")


def test_what_is_not_here_is_not_fetched(own_home: Path) -> None:
    with pytest.raises(WeightsMissingError):
        build_network("resnet50", 3, initialisation="pretrained", weights="IMAGENET1K_V1")
    with pytest.raises(WeightsError, match="no pretrained weights"):
        build_network("lenet5", 3, initialisation="pretrained")

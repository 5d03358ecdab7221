"""Weights that a person brings: told apart, checked, and put where they belong."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from tests.engine.downloads.servers import FileServer
from tlstudio.core.errors import ConfigError, WeightsError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.models.library_facts import torchvision_facts
from tlstudio.engine.models.places import checkpoint_path, hub_path
from tlstudio.engine.weights import import_file
from tlstudio.engine.weights.download import HASH_IN_NAME
from tlstudio.engine.weights.import_file import import_weights, recognise_weights

TV_MODEL = "squeezenet1_1"
MODEL = "test_vit"
WEIGHTS = "r160_in1k"
REPOSITORY = f"timm/{MODEL}.{WEIGHTS}"


@cache
def network(model: str) -> nn.Module:
    return build_network(model, 1000, initialisation="random", seed=0)


def save_torch(path: Path, model: str = TV_MODEL) -> Path:
    torch.save(network(model).state_dict(), path)
    return path


def save_safe(path: Path, model: str = MODEL) -> Path:
    path.parent.mkdir(exist_ok=True)
    save_file(network(model).state_dict(), path)
    return path


@pytest.fixture
def genuine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for torchvision's own: the library's name for it states its digits."""
    import hashlib

    path = save_torch(tmp_path / "renamed by a browser (1).pth")
    digits = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    stated = HASH_IN_NAME.search(torchvision_facts(TV_MODEL).weights[0].url)
    assert stated is not None
    known = stated[1]

    def sha256(asked: Path) -> str:
        with asked.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        return found.replace(digits, known, 1) if found.startswith(digits) else found

    monkeypatch.setattr(import_file, "sha256_of", sha256)
    return path


def test_told_by_its_digits_whatever_its_name(genuine: Path) -> None:
    spec = get_model(TV_MODEL)
    name = WeightsName(TV_MODEL, spec.weights[0].name)
    guess = recognise_weights(genuine)
    assert guess.choices == (name,)
    assert guess.is_certain
    assert import_weights(genuine) == name
    path = pretrained_path(TV_MODEL)
    assert path == checkpoint_path(spec.weights[0].url)
    assert path.read_bytes() == genuine.read_bytes()
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    torch.hub.load_state_dict_from_url(spec.weights[0].url, progress=False)  # no network is asked
    build_network(TV_MODEL, 3, initialisation="pretrained")
    assert import_weights(genuine) == name  # once more does no harm


def test_a_file_with_the_right_name_and_wrong_bytes(tmp_path: Path, own_home: Path) -> None:
    name = checkpoint_path(get_model(TV_MODEL).weights[0].url).name
    with pytest.raises(WeightsError, match="damaged"):
        import_weights(save_torch(tmp_path / name))
    with pytest.raises(WeightsError, match=f"is not the file {name}"):
        import_weights(save_torch(tmp_path / "x.pth"), TV_MODEL, "IMAGENET1K_V1")
    assert not checkpoint_path("http://x/y").parent.exists()


def test_weights_of_ones_own_are_not_the_librarys(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="fits squeezenet1_1, but is none") as caught:
        import_weights(save_torch(tmp_path / "mine.pth"))
    assert "Load weights" in caught.value.hint_text


@pytest.mark.parametrize(
    "place",
    [
        f"{MODEL}.{WEIGHTS}.safetensors",
        f"{MODEL}.{WEIGHTS}/model.safetensors",
        "with config/model.safetensors",
    ],
)
def test_timms_are_told_by_their_name(
    place: str, hub: FileServer, tmp_path: Path, own_home: Path
) -> None:
    path = save_safe(tmp_path / place)
    if "config" in place:
        config = {"architecture": MODEL, "pretrained_cfg": {"tag": WEIGHTS}}
        (path.parent / "config.json").write_text(json.dumps(config))
    assert import_weights(path) == WeightsName(MODEL, WEIGHTS)
    found = hub_path(REPOSITORY)
    assert found is not None
    assert found.read_bytes() == path.read_bytes()
    build_network(MODEL, 3, initialisation="pretrained")
    assert hub.asked == []  # nobody is asked
    assert not list((own_home / "hub").rglob("*.import"))


def test_what_was_imported_counts_as_downloaded_once_the_hub_is_asked(
    hub: FileServer, tmp_path: Path
) -> None:
    from huggingface_hub import hf_hub_download

    path = save_safe(tmp_path / "model.safetensors")
    import_weights(path, MODEL, WEIGHTS)
    hub.put_hub(REPOSITORY, "model.safetensors", path.read_bytes())
    assert Path(hf_hub_download(REPOSITORY, "model.safetensors")).is_file()
    assert hub.ranges_asked() == []


def test_what_may_be_several_is_asked_about(hub: FileServer, tmp_path: Path) -> None:
    path = save_safe(tmp_path / "mine.safetensors", "timm/resnet18")
    guess = recognise_weights(path, "timm/resnet18")
    assert not guess.is_certain
    assert {"a1_in1k", "tv_in1k"} <= {name.weights for name in guess.choices}
    with pytest.raises(WeightsError, match="may be several"):
        import_weights(path, "timm/resnet18")
    assert import_weights(path, "timm/resnet18", "a1_in1k").weights == "a1_in1k"
    assert get_model("timm/resnet18").weights_named("a1_in1k").ready  # type: ignore[union-attr]


def test_what_does_not_fit_stays_outside(hub: FileServer, tmp_path: Path, own_home: Path) -> None:
    path = save_safe(tmp_path / "x.safetensors", "test_efficientnet")
    with pytest.raises(WeightsError, match="does not fit"):
        import_weights(path, MODEL, WEIGHTS)
    assert list((own_home / "hub").rglob("*")) == []


@pytest.mark.parametrize("content", [b"", b"no weights at all", None])
def test_no_weights_at_all(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "x.pth"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError):
        import_weights(path)
    with pytest.raises(WeightsError):
        import_weights(path, MODEL, WEIGHTS)


def test_unknown_networks(tmp_path: Path) -> None:
    torch.save({"one": torch.ones(3)}, tmp_path / "x.pth")
    with pytest.raises(WeightsError, match="holds no pretrained weights"):
        import_weights(tmp_path / "x.pth")
    with pytest.raises(ConfigError):
        import_weights(tmp_path / "x.pth", "resnet19")
    with pytest.raises(ConfigError):
        import_weights(tmp_path / "x.pth", "resnet18", "V9")


def test_a_config_of_a_stranger_is_only_looked_at_while_it_is_small(
    tmp_path: Path, own_home: Path
) -> None:
    path = save_safe(tmp_path / "model.safetensors", "test_resnet")
    for text in ("[" * 100_000, '{"architecture": {}, "pretrained_cfg": 3}'):
        (tmp_path / "config.json").write_text(text)
        assert recognise_weights(path, "test_resnet").choices
    with (tmp_path / "config.json").open("wb") as file:
        file.truncate(64 << 30)  # more than any memory has
    assert recognise_weights(path, "test_resnet").choices

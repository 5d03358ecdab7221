"""Save, load, predict: equal, in every format, in the studio and in plain PyTorch."""

from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import load_file
from torch import nn
from torchvision import models

from tests.engine.weights.samples import CLASSES, SMALL, classifier, logits, same_weights
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import StorageError, WeightsError
from tlstudio.engine.models.build import build_classifier, build_network
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_model, save_weights

FROM_TIMM = ["convnextv2_atto", "mobilenetv4_conv_small", "dpn48b", "legacy_seresnet18"]
INTERCHANGE = [
    *(SMALL, "mobilenet_v3_small", "shufflenet_v2_x1_0", "googlenet", "resnet18", "mnasnet0_5"),
    *("regnet_y_400mf", *FROM_TIMM),
]


def plain(model: str) -> nn.Module:
    """As a person builds it without the studio."""
    if model.startswith("tf_") or model in FROM_TIMM:
        return timm.create_model(model, num_classes=3)
    extra = {"aux_logits": False, "init_weights": False} if model == "googlenet" else {}
    return models.get_model(model, weights=None, num_classes=3, **extra)


@pytest.mark.parametrize("name", ["한글 이름.pth", "w.pt", "w.safetensors", "whole.pth"])
def test_everything_comes_back(name: str, tmp_path: Path) -> None:
    before = classifier()
    path = tmp_path / name
    (save_model if name.startswith("whole") else save_weights)(before, path)
    loaded = load_weights(path)
    after = loaded.classifier
    assert torch.equal(logits(before.network), logits(after.network))
    assert after.model == before.model
    assert after.classes == CLASSES
    assert after.preprocessing == before.preprocessing
    assert after.config == before.config
    assert after.history == before.history
    assert loaded.notes == ()
    assert loaded.matched == len(before.network.state_dict())
    assert not after.network.training
    assert all(parameter.requires_grad for parameter in after.network.parameters())


@pytest.mark.parametrize("model", [*INTERCHANGE, "tf_efficientnet_lite0"])
def test_plain_pytorch_reads_our_state_dict_strictly(model: str, tmp_path: Path) -> None:
    ours = classifier(model)
    save_weights(ours, tmp_path / "w.pth")
    network = plain(model)
    network.load_state_dict(torch.load(tmp_path / "w.pth", weights_only=True), strict=True)
    assert torch.equal(logits(network), logits(ours.network))


@pytest.mark.parametrize("model", [SMALL, "tf_efficientnet_lite0"])
def test_plain_pytorch_reads_our_safetensors_and_whole_model(model: str, tmp_path: Path) -> None:
    ours = classifier(model)
    ours.network.train()
    handle = ours.network.register_forward_hook(lambda *_: None)
    save_weights(ours, tmp_path / "w.safetensors")
    save_model(ours, tmp_path / "w.pth")
    handle.remove()
    network = plain(model)
    network.load_state_dict(load_file(tmp_path / "w.safetensors"))
    whole = torch.load(tmp_path / "w.pth", weights_only=False)
    assert not whole.training
    assert ours.network.training
    assert "quince" in whole.tlstudio_metadata
    assert not hasattr(ours.network, "tlstudio_metadata")
    assert torch.equal(logits(network), logits(ours.network))
    assert torch.equal(logits(whole), logits(ours.network))


@pytest.mark.parametrize("model", [*INTERCHANGE, "tf_efficientnet_lite0"])
@pytest.mark.parametrize("whole", [False, True])
def test_the_studio_reads_what_plain_pytorch_saved(model: str, whole: bool, tmp_path: Path) -> None:
    network = plain(model)
    torch.save(network if whole else network.state_dict(), tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert torch.equal(logits(loaded.classifier.network), logits(network))
    assert loaded.classifier.model == model
    assert loaded.classifier.classes == ("class 1", "class 2", "class 3")
    assert loaded.source == ("whole_model" if whole else "state_dict")
    sentences = " ".join(map(str, loaded.notes))
    assert model in sentences
    assert "numbered" in sentences


def test_auxiliary_heads_of_plain_googlenet_are_left_out(tmp_path: Path) -> None:
    network = models.googlenet(weights=None, num_classes=3, init_weights=False)
    torch.save(network.state_dict(), tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert torch.equal(logits(loaded.classifier.network), logits(network))
    assert any("auxiliary" in str(note) for note in loaded.notes)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_googlenet_keeps_its_input_transform(suffix: str, tmp_path: Path) -> None:
    ours = classifier("googlenet")
    for wanted in (True, False):
        ours.network.transform_input = wanted
        save_weights(ours, tmp_path / f"w{suffix}")
        save_model(ours, tmp_path / "whole.pth")
        for name in (f"w{suffix}", "whole.pth"):
            loaded = load_weights(tmp_path / name)
            assert loaded.classifier.network.transform_input is wanted
            assert torch.equal(logits(loaded.classifier.network), logits(ours.network))


def test_a_fine_tuned_plain_googlenet_is_taken_for_a_pretrained_one(tmp_path: Path) -> None:
    state = classifier("googlenet").network.state_dict()
    torch.save(state, tmp_path / "w.pth")
    loaded = load_weights(tmp_path / "w.pth")
    assert loaded.classifier.network.transform_input is True
    assert any("pretrained" in str(note) for note in loaded.notes)


def test_a_grey_network_of_timm_by_its_longer_name_comes_back(tmp_path: Path) -> None:
    config = RunConfig(
        model="timm/test_resnet", initialisation="random", colours="grey", stem="small", image_px=64
    )
    made = build_classifier(config, CLASSES)
    assert made.model == made.config.model == "test_resnet"
    made.network.eval()
    older = replace(made, model="timm/test_resnet", config=config)  # as files may call it
    for number, before in enumerate((made, older)):
        path = tmp_path / f"{number}.pth"
        save_weights(before, path)
        for wanted in (None, "test_resnet", "timm/test_resnet"):
            after = load_weights(path, model=wanted).classifier
            assert after.model == "test_resnet"
            assert after.build == made.build
            images = torch.rand(1, 1, 64, 64)
            assert torch.equal(after.network(images), made.network(images))


def test_last_weights_are_saved_on_request(tmp_path: Path) -> None:
    ours = classifier()
    last = classifier(seed=9)
    ours.last_state = last.network.state_dict()
    save_weights(ours, tmp_path / "best.pth")
    save_weights(ours, tmp_path / "last.pth", which="last")
    best = load_weights(tmp_path / "best.pth").classifier.network
    assert torch.equal(logits(best), logits(ours.network))
    ended = load_weights(tmp_path / "last.pth").classifier.network
    assert torch.equal(logits(ended), logits(last.network))


@pytest.mark.parametrize("name", ["w.onnx", "w", "w.pth.txt"])
def test_an_unknown_suffix_is_refused_with_those_that_work(name: str, tmp_path: Path) -> None:
    for save in (save_weights, save_model):
        with pytest.raises(WeightsError) as caught:
            save(classifier(), tmp_path / name)
        assert ".pth" in caught.value.hint_text
    assert not list(tmp_path.iterdir())


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = classifier()
    save_weights(ours, tmp_path / "w.pth")
    before = (tmp_path / "w.pth").read_bytes()

    def full(_value: object, _file: object) -> None:
        raise RuntimeError("PytorchStreamWriter failed writing file")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(StorageError):
        save_weights(ours, tmp_path / "w.pth")
    assert [path.name for path in tmp_path.iterdir()] == ["w.pth"]
    assert (tmp_path / "w.pth").read_bytes() == before


def test_every_catalog_backbone_survives_the_way_of_a_trained_one(tmp_path: Path) -> None:
    """Pretrained backbone, new head, saved, loaded: the on-board model as a person uses it."""
    ours = classifier("tf_efficientnet_lite0")
    ours.network = build_network("tf_efficientnet_lite0", 3, initialisation="pretrained", seed=0)
    save_weights(ours, tmp_path / "w.pth")
    assert torch.equal(
        logits(load_weights(tmp_path / "w.pth").classifier.network), logits(ours.network)
    )


def test_a_size_of_images_that_the_file_states_wrongly_does_no_harm(tmp_path: Path) -> None:
    """The network is then compared as it is, and must be built so as well."""
    path = tmp_path / "w.pth"
    made = classifier("deit_tiny_distilled_patch16_224")  # it says 64 px
    save_weights(made, path)
    assert same_weights(load_weights(path).classifier, made)

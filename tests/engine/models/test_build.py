"""Building networks: pretrained, random, seeded, and without ever downloading."""

from pathlib import Path

import pytest
import torch
from torchvision import models

from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError, ModelError, WeightsError, WeightsMissingError
from tlstudio.engine.models.build import architecture, build_classifier, build_network
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.onboard import onboard_path, to_timm_spelling
from tlstudio.engine.models.places import checkpoint_path

SMALL = ["squeezenet1_1", "mobilenet_v3_small", "shufflenet_v2_x1_0", "googlenet"]


@pytest.mark.parametrize("model", SMALL)
def test_random_networks_run_in_both_modes(model: str) -> None:
    network = build_network(model, 3, initialisation="random", seed=0)
    images = torch.rand(2, 3, 64, 64)
    assert network.train()(images).shape == (2, 3)
    assert network.eval()(images).shape == (2, 3)


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    first = build_network("squeezenet1_1", 3, initialisation="random", seed=5).state_dict()
    again = build_network("squeezenet1_1", 3, initialisation="random", seed=5).state_dict()
    other = build_network("squeezenet1_1", 3, initialisation="random", seed=6).state_dict()
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["classifier.1.weight"], other["classifier.1.weight"])


def test_the_on_board_backbone_is_the_same_for_every_seed_and_its_head_is_not() -> None:
    one = build_network("tf_efficientnet_lite0", 4, initialisation="pretrained", seed=1)
    two = build_network("tf_efficientnet_lite0", 4, initialisation="pretrained", seed=2)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]) == (not name.startswith("classifier."))
    assert all(parameter.requires_grad for parameter in one.parameters())


def test_the_on_board_weights_load_strictly_and_are_only_renamed() -> None:
    path = onboard_path("tf_efficientnet_lite0")
    assert path is not None
    with path.open("rb") as file:
        state = torch.load(file, weights_only=True)
    renamed = to_timm_spelling(state, "tf_efficientnet_lite0")
    assert len(renamed) == len(state)
    network = architecture("tf_efficientnet_lite0", 1000)
    network.load_state_dict(renamed, strict=True)
    assert sum(p.numel() for p in network.parameters()) == 4_652_008


def test_remote_weights_are_reported_not_downloaded(own_home: Path) -> None:
    with pytest.raises(WeightsMissingError) as caught:
        build_network("resnet18", 3, initialisation="pretrained")
    assert "47 MB" in str(caught.value)
    assert "models --download resnet18" in caught.value.hint_text
    assert not list(own_home.rglob("*.pth"))


def test_the_hint_fetches_the_weights_that_are_wanted() -> None:
    with pytest.raises(WeightsMissingError) as caught:
        build_network(
            "resnet50",
            3,
            initialisation="pretrained",
            weights=get_model("resnet50").weights[1].name,
        )
    assert "models --download resnet50 --weights IMAGENET1K_V1" in caught.value.hint_text


@pytest.mark.parametrize("model", ["googlenet", "densenet121"])
def test_cached_weights_give_the_network_that_torchvision_gives(model: str) -> None:
    """With GoogLeNet's auxiliary heads and DenseNet's old spelling, as in the real downloads."""
    extra = {"init_weights": False} if model == "googlenet" else {}
    state = models.get_model(model, weights=None, **extra).state_dict()
    if model == "densenet121":
        state = {
            name.replace(".norm1.", ".norm.1.").replace(".conv2.", ".conv.2."): value
            for name, value in state.items()
            if not name.endswith("num_batches_tracked")
        }
    path = checkpoint_path(get_model(model).weights[0].url)
    path.parent.mkdir(parents=True)
    torch.save(state, path)
    theirs = models.get_model(model, weights="DEFAULT").eval()
    theirs_head = torch.nn.Identity()
    ours = build_network(model, 3, initialisation="pretrained", seed=0).eval()
    head = "fc" if model == "googlenet" else "classifier"
    setattr(theirs, head, theirs_head)
    setattr(ours, head, torch.nn.Identity())
    images = torch.rand(1, 3, 64, 64)
    assert torch.equal(theirs(images), ours(images))


def test_a_broken_cached_file_is_explained() -> None:
    path = checkpoint_path(get_model("squeezenet1_1").weights[0].url)
    path.parent.mkdir(parents=True)
    torch.save({"fc.weight": torch.ones(2)}, path)
    with pytest.raises(WeightsError) as caught:
        build_network("squeezenet1_1", 3, initialisation="pretrained")
    assert str(path) in caught.value.hint_text


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ConfigError):
        build_network("resnet19", 3, initialisation="random")
    with pytest.raises(ModelError):
        build_network("squeezenet1_1", 0, initialisation="random")


def test_a_classifier_knows_its_preprocessing_and_settings() -> None:
    config = RunConfig(seed=3)
    classifier = build_classifier(config, ("cat", "dog"))
    assert classifier.classes == ("cat", "dog")
    assert classifier.preprocessing == get_model(config.model).preprocessing
    assert classifier.preprocessing.mean[0] == 127 / 255
    assert classifier.config == config
    assert classifier.network(torch.zeros(2, 3, 64, 64)).shape == (2, 2)

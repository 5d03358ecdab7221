"""The catalog: facts from the libraries, weights where they are."""

import subprocess
import sys
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from timm.data import create_transform, resolve_data_config

from tlstudio.core.config.run_config import ON_BOARD_MODEL
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import Library, ModelFilter, WeightsPlace
from tlstudio.engine.data.transforms import eval_view
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.catalog import (
    get_model,
    list_models,
    measure_model,
    pretrained_path,
)
from tlstudio.engine.models.libraries import library_network
from tlstudio.engine.models.measured import stored_facts
from tlstudio.engine.models.places import checkpoint_path
from tlstudio.engine.models.rows import RECOMMENDED

PROMISED = {
    *("alexnet", "vgg11_bn", "googlenet", "resnet18", "resnet50", "squeezenet1_1"),
    *("densenet121", "shufflenet_v2_x1_0", "mobilenet_v3_small", "efficientnet_b0"),
    "tf_efficientnet_lite0",
}


def test_the_promised_models_are_there_and_the_on_board_one_is_first() -> None:
    models = list_models()
    assert PROMISED.issubset(model.name for model in models)
    assert models[0].name == ON_BOARD_MODEL
    assert models[0].weights_place is WeightsPlace.ON_BOARD
    assert len({model.title for model in models}) == len(models)


@pytest.mark.parametrize("model", RECOMMENDED)
def test_facts_are_plausible_and_the_parameters_are_those_of_the_network(model: str) -> None:
    spec = get_model(model)
    with torch.device("meta"):
        network = architecture(model, spec.num_classes)
    assert spec.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert 0.0001 < spec.gflops < 100
    assert spec.imagenet_top1 is None or 0.5 < spec.imagenet_top1 < 0.9
    assert spec.preprocessing.crop_px >= spec.min_input_px
    for weights in spec.weights:
        assert weights.size_bytes > 1_000_000
        assert (weights.url == "") == (weights.place is WeightsPlace.ON_BOARD)


def test_what_torchvision_states_is_what_is_counted_or_has_auxiliary_classifiers() -> None:
    """Inception v3 alone is stated as it is trained; its weights, too, are those of such a one."""
    models = [model for model in list_models() if model.library is Library.TORCHVISION]
    counted = stored_facts()
    assert {model.name: model.parameters for model in models} == {
        model.name: counted[model.name].parameters for model in models
    }
    (inception,) = (model for model in models if model.parameters_with_auxiliary)
    assert inception.name == "inception_v3"
    assert f"{inception.parameters / 1e6:.1f}" == "23.8"
    with torch.device("meta"):
        whole = library_network("inception_v3", auxiliary=True)
    assert inception.parameters_with_auxiliary == sum(p.numel() for p in whole.parameters())
    assert inception.weights[0].size_bytes > 4 * inception.parameters_with_auxiliary


@pytest.mark.parametrize(
    ("model", "parameters"),
    [("lenet5_modern", 61_706), ("plain32", 464_154), ("resnet110", 1_727_962)],
)
def test_networks_for_ten_classes_are_counted_with_ten(model: str, parameters: int) -> None:
    """As LeNet-5's textbooks and table 6 of the ResNet paper count them; AlexNet has a thousand."""
    spec = get_model(model)
    assert (spec.num_classes, spec.parameters) == (10, parameters)
    assert measure_model(model) == stored_facts()[model]
    assert get_model("alexnet_2012").num_classes == 1000


def test_preprocessing_is_what_torchvision_states() -> None:
    spec = get_model("efficientnet_b0")
    assert spec.preprocessing.interpolation == "bicubic"
    assert spec.preprocessing.mean == (0.485, 0.456, 0.406)
    assert get_model("resnet50").preprocessing.resize_px == 232


@pytest.mark.parametrize("model", ["resnet50d", "vit_tiny_patch16_224", "mobilenetv4_conv_small"])
def test_preprocessing_is_what_timm_does(model: str) -> None:
    cfg = timm.models.get_pretrained_cfg(model)
    assert cfg is not None
    theirs = create_transform(
        **resolve_data_config(pretrained_cfg=cfg.to_dict()), normalize=False, is_training=False
    )
    picture = Image.effect_mandelbrot((400, 300), (-2, -1.5, 1, 1.5), 90).convert("RGB")
    ours = eval_view(picture, get_model(model).preprocessing)
    assert torch.equal(theirs(picture), ours)


@pytest.mark.parametrize("model", ["lenet5", "resnet20", "vit_b_16", "test_vit", "levit_128s"])
def test_the_stored_counts_are_those_of_the_network(model: str) -> None:
    assert stored_facts()[model] == measure_model(model)


def test_weights_become_cached_when_the_file_appears(own_home: Path) -> None:
    spec = get_model("squeezenet1_1")
    assert spec.weights_place is WeightsPlace.REMOTE
    assert not spec.weights_ready
    assert pretrained_path("squeezenet1_1") is None
    path = checkpoint_path(spec.weights[0].url)
    assert own_home in path.parents
    path.parent.mkdir(parents=True)
    path.write_bytes(b"12345")
    spec = get_model("squeezenet1_1")
    assert (spec.weights_place, spec.weights_bytes) == (WeightsPlace.CACHED, 5)
    assert pretrained_path("squeezenet1_1") == path


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        get_model("resnet19")
    assert "resnet18" in caught.value.hint_text


def test_search_finds_by_family_and_title() -> None:
    found = {model.name for model in ModelFilter("ResNet 50 torchvision")(list_models())}
    assert found == {"resnet50", "wide_resnet50_2"}


def test_the_catalog_imports_no_library_until_it_is_asked() -> None:
    code = (
        "import sys, tlstudio.engine.models.catalog, tlstudio.engine.weights\n"
        "print([m for m in ('torch', 'torchvision', 'timm') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == "[]"

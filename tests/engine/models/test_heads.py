"""Heads of every family are found and replaced."""

import pytest
import torch
from torch import nn

from tlstudio.core.errors import ModelError
from tlstudio.core.networks.build_config import BuildConfig, HeadConfig
from tlstudio.engine.models.build import architecture, build_network
from tlstudio.engine.models.catalog import get_model
from tlstudio.engine.models.heads import head_path, head_paths, is_inside, replace_head
from tlstudio.engine.models.rows import RECOMMENDED
from tlstudio.engine.weights.recognise import Names, fit_of


@pytest.mark.parametrize("model", RECOMMENDED)
def test_a_replaced_head_gives_so_many_outputs(model: str) -> None:
    own = get_model(model).preprocessing
    with torch.device("meta"):
        network = architecture(model, 1000).eval()
        before = {name: tuple(p.shape) for name, p in network.named_parameters()}
        (path,) = replace_head(network, 3)
        outputs = network(torch.empty(1, own.channels, own.crop_px, own.crop_px))
    assert outputs.shape == (1, 3)
    assert path == head_path(network)
    after = {name: tuple(p.shape) for name, p in network.named_parameters()}
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"{path}.weight", f"{path}.bias"}


@pytest.mark.parametrize("model", RECOMMENDED)
def test_a_replaced_head_is_like_the_one_the_library_would_build(model: str) -> None:
    with torch.device("meta"):
        replaced = architecture(model, 1000)
        replace_head(replaced, 7)
        built = architecture(model, 7)
    assert str(replaced) == str(built)
    assert getattr(replaced, "num_classes", 7) == 7


def test_a_new_head_has_the_type_of_the_old_one() -> None:
    network = architecture("squeezenet1_1", 10).half()
    (path,) = replace_head(network, 4)
    assert network.get_submodule(path).weight.dtype is torch.float16


def test_a_network_that_ends_otherwise_is_refused() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    with pytest.raises(ModelError):
        head_path(network)
    with pytest.raises(ModelError):
        replace_head(nn.Sequential(nn.ReLU()), 3)


def test_no_classes_is_refused() -> None:
    with pytest.raises(ModelError), torch.device("meta"):
        replace_head(architecture("squeezenet1_1", 10), 0)


@pytest.mark.parametrize(
    ("model", "heads"),
    [
        ("deit_tiny_distilled_patch16_224", ("head", "head_dist")),  # two, of which the mean counts
        ("levit_128s", ("head", "head_dist")),  # each a norm and a layer
        ("caformer_s18", ("head.fc",)),  # two layers with a norm between them
        ("crossvit_9_240", ("head",)),  # one layer for each of two branches
        ("samvit_base_patch16", ("head.fc",)),  # only wrapped
    ],
)
def test_heads_of_several_parts(model: str, heads: tuple[str, ...]) -> None:
    side = get_model(model).preprocessing.crop_px
    with torch.device("meta"):
        network = architecture(model, 1000).eval()
        assert replace_head(network, 3) == heads
        assert network(torch.empty(1, 3, side, side)).shape == (1, 3)
    state = network.state_dict()
    fit = fit_of(Names({name: tuple(value.shape) for name, value in state.items()}), model)
    assert fit.is_exact and fit.num_classes == 3


@pytest.mark.parametrize(
    ("model", "heads"),
    [
        ("resnet18", ("fc",)),
        ("squeezenet1_1", ("classifier.1",)),  # a convolution
        ("tf_efficientnet_lite0", ("classifier",)),
        ("deit_tiny_distilled_patch16_224", ("head", "head_dist")),
        ("test_convnext", ("head.fc",)),
    ],
)
def test_a_head_with_a_hidden_layer(model: str, heads: tuple[str, ...]) -> None:
    build = BuildConfig(head=HeadConfig(hidden=5, dropout=0.4))
    with torch.device("meta"):
        plain, network = architecture(model, 3), architecture(model, 3, build).eval()
        side = get_model(model).preprocessing.crop_px
        assert network(torch.empty(2, 3, side, side)).shape == (2, 3)
    assert head_paths(network) == heads
    for path in heads:
        head, before = network.get_submodule(path), plain.get_submodule(path).weight.shape
        assert [name for name, _ in head.named_children()] == [
            *("hidden", "relu", "dropout", "output")
        ]
        assert head.hidden.weight.shape == (5, *before[1:])
        assert head.output.weight.shape[:2] == (3, 5) and head.dropout.p == 0.4
    own = {name for name in plain.state_dict() if not is_inside(name, heads)}
    assert own == {name for name in network.state_dict() if not is_inside(name, heads)}


def test_dropout_alone_leaves_the_values_of_the_head() -> None:
    plain, network = (
        build_network("lenet5", 3, initialisation="random", seed=1, build=BuildConfig(head=head))
        for head in (HeadConfig(), HeadConfig(dropout=0.5))
    )
    images = torch.rand(2, 1, 32, 32)
    assert torch.equal(plain.eval()(images), network.eval()(images))
    assert not torch.equal(plain.train()(images), network.train()(images))


def test_a_head_of_several_layers_takes_no_more() -> None:
    with pytest.raises(ModelError, match="layers of its own already"):
        architecture("repvit_m1", 3, BuildConfig(head=HeadConfig(hidden=4)))

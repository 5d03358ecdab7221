"""The six VGG networks by the numbers of their paper."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision import models

from tests.engine.models.classic.measures import on_meta, output_shapes, parameters, printed
from tlstudio.core.lessons.printed import Quantity
from tlstudio.engine.models.classic.vgg import CONFIGURATIONS

# The weight layers in the head of table 1.
WEIGHT_LAYERS = {
    "vgg_a": 11,
    "vgg_a_lrn": 11,
    "vgg_b": 13,
    "vgg_c": 16,
    "vgg_d": 16,
    "vgg_e": 19,
}


@pytest.mark.parametrize("name", WEIGHT_LAYERS)
def test_tables_1_and_2(name: str) -> None:
    network = on_meta(name)
    with_weights = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    column = name.removesuffix("_lrn")  # has one with A
    assert round(parameters(network), -6) == printed("vgg", column, Quantity.PARAMETERS).number
    assert len(with_weights) == WEIGHT_LAYERS[name]
    assert all(m.stride == (1, 1) for m in with_weights if isinstance(m, nn.Conv2d))


@pytest.mark.parametrize("name", WEIGHT_LAYERS)
def test_sizes(name: str) -> None:
    shapes = output_shapes(on_meta(name), 224)
    assert [shapes[f"stage{number}"] for number in range(1, 6)] == [
        [64, 112, 112],
        [128, 56, 56],
        [256, 28, 28],
        [512, 14, 14],
        [512, 7, 7],
    ]
    assert shapes["avgpool"] == shapes["stage5"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("vgg_a", "vgg11"), ("vgg_b", "vgg13"), ("vgg_d", "vgg16"), ("vgg_e", "vgg19")],
)
def test_the_same_layers_as_torchvision(ours: str, theirs: str) -> None:
    with torch.device("meta"):
        library = models.get_model(theirs)
    shapes = [tuple(p.shape) for p in library.parameters()]
    assert [tuple(p.shape) for p in on_meta(ours).parameters()] == shapes


def test_what_c_and_a_lrn_add() -> None:
    c = dict(on_meta("vgg_c").named_modules())
    ones = [name for name, m in c.items() if getattr(m, "kernel_size", None) == (1, 1)]
    assert ones == ["stage3.conv3_3", "stage4.conv4_3", "stage5.conv5_3"]
    plain, normed = on_meta("vgg_a"), on_meta("vgg_a_lrn")
    assert [*plain.state_dict()] == [*normed.state_dict()]
    added = {n for n, _ in normed.named_modules()} - {n for n, _ in plain.named_modules()}
    assert added == {"stage1.norm1_1"}
    assert isinstance(normed.get_submodule("stage1.norm1_1"), nn.LocalResponseNorm)


def test_there_are_six() -> None:
    assert [*CONFIGURATIONS] == ["A", "A-LRN", "B", "C", "D", "E"]

"""GoogLeNet of 2014 by the table of its paper, and why the naive module would not do."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.engine.models.classic.measures import (
    multiply_adds,
    on_meta,
    output_shapes,
    parameters,
    printed,
)
from tlstudio.core.lessons.printed import Printed, Quantity
from tlstudio.engine.models.classic.inception import (
    TABLE_1,
    InceptionModule,
    InceptionWidths,
    NaiveInceptionModule,
)

MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
# What the printed widths give where the printed numbers do not follow from them.
PARAMETERS_BY_WIDTHS = {"4c": 498, "5a": 1019}
MULTIPLY_ADDS_BY_WIDTHS = {"5a": 51}


def of_table_1(quantity: Quantity, *paths: str) -> Printed:
    return printed("googlenet", "googlenet_2014", quantity, *paths)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_table_1(name: str) -> None:
    network = on_meta("googlenet_2014")
    path = f"inception_{name}"
    maps, *sides = output_shapes(network, 224)[path]
    assert "×".join(map(str, (*sides, maps))) == of_table_1(Quantity.OUTPUT, path).text
    numbers = (of_table_1(q, path).number for q in (Quantity.PARAMETERS, Quantity.MULTIPLY_ADDS))
    thousands, millions = (number / unit for number, unit in zip(numbers, (1024, 1e6), strict=True))
    counted = parameters(network.get_submodule(path)) / 1024
    assert counted == pytest.approx(PARAMETERS_BY_WIDTHS.get(name, thousands), rel=0.02)
    operations = multiply_adds(network, 224, path) / 1e6
    assert operations == pytest.approx(MULTIPLY_ADDS_BY_WIDTHS.get(name, millions), abs=0.7)


def test_the_rest_of_table_1() -> None:
    network = on_meta("googlenet_2014")
    shapes = output_shapes(network, 224)
    assert shapes["conv1"] == [64, 112, 112]
    assert shapes["pool1"] == [64, 56, 56]
    assert shapes["conv2"] == [192, 56, 56]
    assert shapes["pool2"] == [192, 28, 28]
    assert shapes["pool3"] == [480, 14, 14]
    assert shapes["pool4"] == [832, 7, 7]
    assert shapes["avgpool"] == [1024, 1, 1]
    conv2 = [network.get_submodule(name) for name in ("conv2_reduce", "conv2")]
    assert round(sum(m.weight.numel() for m in conv2) / 1024) == 112
    ops = [multiply_adds(network, 224, name) for name in ("conv2_reduce", "conv2")]
    assert round(sum(ops) / 1e6) == 360
    assert network.get_submodule("linear").weight.numel() == 1000 * 1024
    assert parameters(network) == 6_998_552  # as its replication in Caffe has
    assert network.get_submodule("dropout").p == 0.4


def test_its_parts_are_those_of_2014() -> None:
    network = on_meta("googlenet_2014")
    kinds = {type(module) for module in network.modules()}
    assert nn.LocalResponseNorm in kinds
    assert not any(issubclass(kind, nn.BatchNorm2d) for kind in kinds)
    assert network.get_submodule("inception_3a.branch5x5.conv").kernel_size == (5, 5)
    convolutions = sum(isinstance(m, nn.Conv2d) for m in network.modules())
    assert sum(isinstance(m, nn.ReLU) for m in network.modules()) == convolutions
    # "22 layers deep when counting only layers with parameters": modules count two
    stem_and_head = sum(isinstance(m, nn.Conv2d | nn.Linear) for m in network.children())
    assert stem_and_head + 2 * len(TABLE_1) == 22


def test_branches_stand_side_by_side() -> None:
    widths = InceptionWidths(2, 3, 4, 3, 5, 6)
    module = InceptionModule(8, widths)
    maps = torch.randn(1, 8, 7, 7)
    out = module(maps)
    assert out.shape == (1, module.maps_out, 7, 7) == (1, 17, 7, 7)
    assert (out >= 0).all()
    for branch, part in zip(module.children(), out.split((2, 4, 5, 6), dim=1), strict=True):
        assert torch.equal(branch(maps), part)


def test_a_naive_module_passes_its_pooled_input_on() -> None:
    module = NaiveInceptionModule(8, InceptionWidths(2, 3, 4, 3, 5, 6))
    maps = torch.randn(1, 8, 7, 7)
    out = module(maps)
    assert out.shape == (1, module.maps_out, 7, 7) == (1, 2 + 4 + 5 + 8, 7, 7)
    assert torch.equal(out[:, -8:], nn.functional.max_pool2d(maps, 3, stride=1, padding=1))


def test_why_the_reduction_was_needed() -> None:
    """Without it maps pile up from module to module, and parameters and operations with them."""
    naive, reduced = on_meta("googlenet_naive"), on_meta("googlenet_2014")
    modules = [m for m in naive.modules() if isinstance(m, NaiveInceptionModule)]
    assert len(modules) == len(TABLE_1)
    assert [m.maps_out for m in modules] == [416, 832, 1280, 1728, 2176, 2640, 3344, 4048, 4944]
    assert parameters(naive) > 13 * parameters(reduced)
    assert multiply_adds(naive, 224) > 7 * multiply_adds(reduced, 224)

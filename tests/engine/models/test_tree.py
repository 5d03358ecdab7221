"""Layer trees: the same modules and parameters as the network, in order of execution."""

import time

import pytest
import torch
from torch import nn

from tlstudio.core.strategies import PlanOptions, freeze_plan
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.rows import RECOMMENDED
from tlstudio.engine.models.tree import layer_tree, tree_of


@pytest.mark.parametrize("model", RECOMMENDED)
def test_the_tree_is_the_network(model: str) -> None:
    with torch.device("meta"):
        network = architecture(model, 3)
    tree = layer_tree(model, 3)
    modules = dict(network.named_modules())
    assert set(tree.nodes) == set(modules)
    assert tree.parameters == sum(p.numel() for p in network.parameters())
    for path, node in tree.nodes.items():
        own = sum(p.numel() for p in modules[path].parameters(recurse=False))
        assert node.own_parameters == own
        assert node.kind == type(modules[path]).__name__
    norms = {p for p, m in modules.items() if getattr(m, "running_mean", None) is not None}
    assert {path for path, node in tree.nodes.items() if node.is_norm} == norms


@pytest.mark.parametrize("model", RECOMMENDED)
def test_only_the_head_is_flagged_and_it_runs_last(model: str) -> None:
    tree = layer_tree(model, 3)
    heads = [node for node in tree.nodes.values() if node.is_head]
    assert [node.path for node in heads] == [tree.head_path]
    assert heads[0].output_shape[0] == 3
    assert tree.layers[-1].path == tree.head_path
    assert freeze_plan(tree, PlanOptions("feature_extraction")).trainable == {tree.head_path}
    orders = [node.order for node in tree.nodes.values()]
    assert orders == sorted(orders)


def test_shapes_and_order_of_a_residual_network() -> None:
    tree = layer_tree("resnet18", 3)
    assert tree.nodes["conv1"].output_shape == (64, 112, 112)
    assert tree.nodes["layer4"].output_shape == (512, 7, 7)
    order = {path: node.order for path, node in tree.nodes.items()}
    assert order["conv1"] < order["bn1"] < order["layer1"] < order["layer2"] < order["fc"]
    assert order["layer2.0.bn2"] < order["layer2.0.downsample.0"] < order["layer2.1.conv1"]
    assert order["layer2"] == order["layer2.0"] == order["layer2.0.conv1"]


def test_execution_decides_the_order_not_registration() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.second = nn.Conv2d(4, 4, 1)
            self.first = nn.Conv2d(3, 4, 1)
            self.idle = nn.Conv2d(4, 4, 1)
            self.head = nn.Linear(4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.second(self.first(x)).mean((2, 3)))

    network = Odd().train()
    tree = tree_of(network, "odd", 2, 8)
    assert [child.path for child in tree.root.children] == ["first", "idle", "second", "head"]
    assert tree.nodes["idle"].output_shape == ()
    assert network.training
    assert not network.first._forward_hooks


def test_trees_are_made_in_well_under_a_second() -> None:
    layer_tree.cache_clear()
    started = time.perf_counter()
    layer_tree("densenet121", 3)
    assert time.perf_counter() - started < 2  # 0.2 s measured; the machine may be busy

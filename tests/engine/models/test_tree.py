"""Layer trees: the same modules and parameters as the network, in order of execution."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torchvision.models import DenseNet

from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import PlanOptions, freeze_plan
from tlstudio.engine.models import tree as tree_module
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.empty_pass import looked_through
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


@pytest.mark.parametrize("model", ["resnet18", "squeezenet1_0", "vgg11", "tf_efficientnet_lite0"])
def test_a_tree_with_other_classes_is_that_of_the_network_with_them(model: str) -> None:
    assert layer_tree(model, 1000).with_classes(10) == layer_tree(model, 10)


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


class Computed(TorchDispatchMode):
    """Collects the sizes of all tensors that are made with values."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        tensors = [leaf for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]
        self.sizes += [tensor.numel() for tensor in tensors if tensor.device.type != "meta"]
        return made


def test_trees_are_made_without_computing_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So they are there in a moment: no weights are drawn, and one pass has no values either.

    `python -m tests.benchmarks.networks` says how long it takes.
    """
    forward, passes = DenseNet.forward, []

    def listen(self: DenseNet, images: torch.Tensor) -> torch.Tensor:
        passes.append(images.device.type)
        return forward(self, images)

    monkeypatch.setattr(DenseNet, "forward", listen)
    layer_tree.cache_clear()
    with Computed() as computed:
        first = layer_tree("densenet121", 3)
    assert passes == ["meta"]
    assert max(computed.sizes, default=0) <= 1
    assert layer_tree("densenet121", 3) is first
    assert len(passes) == 1


def test_a_tree_is_found_on_disk_by_the_next_program(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def counted(model: str, *rest: Any) -> Any:
        looks.append(model)
        return looked_through(model, *rest)

    monkeypatch.setattr(tree_module, "looked_through", counted)

    def found(*args: Any) -> LayerTree:
        layer_tree.cache_clear()
        return layer_tree(*args)

    first = found("resnet18", 3)
    assert found("resnet18", 3) == first
    assert looks == ["resnet18"]
    assert found("resnet18", 4) != first
    assert found("resnet18", 3, BuildConfig(image_px=64)) != first
    assert len(looks) == 3
    for file in (own_home / "cache" / "trees").iterdir():
        file.write_text(file.read_text()[:-40])
    assert found("resnet18", 3) == first
    assert len(looks) == 4
    monkeypatch.setattr(tree_module, "code_digest", lambda: "other versions")
    assert found("resnet18", 3) == first
    assert len(looks) == 5

"""Layer trees, and the plans that strategies make of them."""

from __future__ import annotations

import pytest

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.strategies import (
    STRATEGIES,
    PlanOptions,
    default_train_from,
    freeze_plan,
    layers_from,
)


def layer(path: str, parameters: int, order: int, is_head: bool = False) -> LayerNode:
    return LayerNode(path, "Conv2d", (), parameters, parameters, order, is_head)


def container(path: str, *children: LayerNode, kind: str = "Sequential") -> LayerNode:
    total = sum(child.parameters for child in children)
    return LayerNode(path, kind, (), 0, total, children[0].order, children=children)


def tree() -> LayerTree:
    root = container(
        "",
        layer("stem", 10, 0),
        container(
            "trunk",
            container("trunk.0", layer("trunk.0.conv", 100, 1), layer("trunk.0.norm", 20, 2)),
            container("trunk.1", layer("trunk.1.conv", 200, 3), layer("trunk.1.act", 0, 4)),
        ),
        layer("last", 2, 5),
        container("head", layer("head.1", 30, 6, True)),  # with a dropout, as in MobileNetV2
        kind="Net",
    )
    return LayerTree("tiny", 3, root, "head.1")


def test_nodes_layers_and_stages() -> None:
    net = tree()
    assert [node.path for node in net.layers] == [
        *("stem", "trunk.0.conv", "trunk.0.norm", "trunk.1.conv", "last", "head.1")
    ]
    assert [node.path for node in net.stages] == ["stem", "trunk.0", "trunk.1", "last", "head"]
    assert net.parameters == 362
    assert [node.path for node in net.layers_below("trunk.0")] == ["trunk.0.conv", "trunk.0.norm"]
    assert net.layers_below("") == net.layers
    assert net.layers_below("trunk.0.conv")[0].name == "conv"
    assert net.layers_below("trun") == ()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("feature_extraction", {"head.1"}),
        ("partial", {"trunk.1.conv", "last", "head.1"}),
        ("fine_tuning", None),
        ("from_scratch", None),
    ],
)
def test_what_each_strategy_trains(strategy: str, expected: set[str] | None) -> None:
    net = tree()
    plan = freeze_plan(net, PlanOptions(strategy))
    assert plan.strategy == strategy
    assert plan.trainable == (expected or {node.path for node in net.layers})
    assert plan.trainable_parameters == sum(net.nodes[p].own_parameters for p in plan.trainable)
    assert plan.total_parameters == 362


def test_custom_and_partial_take_paths() -> None:
    plan = freeze_plan(tree(), PlanOptions("custom", trainable=["stem", "head.1"]))
    assert plan.trainable == {"stem", "head.1"}
    assert plan.trainable_parameters == 40
    assert layers_from(tree(), "trunk.0") == layers_from(tree(), "trunk.0.conv")
    assert freeze_plan(tree(), PlanOptions("partial", train_from="head")).trainable == {"head.1"}
    assert default_train_from(tree()) == "trunk.1"


def test_unknown_or_empty_is_refused() -> None:
    with pytest.raises(ConfigError, match="nowhere") as caught:
        freeze_plan(tree(), PlanOptions("partial", train_from="nowhere"))
    assert "trunk.0" in caught.value.hint_text
    with pytest.raises(ConfigError, match="nowhere"):
        freeze_plan(tree(), PlanOptions("custom", trainable=["nowhere"]))
    with pytest.raises(ConfigError, match="nothing to train"):
        freeze_plan(tree(), PlanOptions("custom"))
    with pytest.raises(ConfigError, match="magic"):
        freeze_plan(tree(), PlanOptions("magic"))


@pytest.mark.parametrize("row", STRATEGIES, ids=lambda row: row.name)
def test_every_row_is_complete(row: object) -> None:
    assert row.title  # type: ignore[attr-defined]
    assert row.help.endswith(".")  # type: ignore[attr-defined]
    assert row.initialisation in ("pretrained", "random", None)  # type: ignore[attr-defined]

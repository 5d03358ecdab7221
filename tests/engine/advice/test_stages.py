"""Which stages of real networks are worth a probe, and where training begins after them."""

from __future__ import annotations

import pytest

from tlstudio.core.advice.evidence import evidence_stages
from tlstudio.core.advice.strategy import train_from
from tlstudio.core.strategies import layers_from
from tlstudio.engine.models.tree import layer_tree

MODELS = ("tf_efficientnet_lite0", "resnet18", "vit_b_16", "squeezenet1_1", "lenet5", "densenet121")


@pytest.mark.parametrize("model", MODELS)
def test_stages_below_the_head(model: str) -> None:
    tree = layer_tree(model, 7)
    stages = evidence_stages(tree)
    assert len(stages) >= 3
    assert [stage.order for stage in stages] == sorted(stage.order for stage in stages)
    assert not any(node.is_head for stage in stages for node in stage.walk())
    assert sum(stage.parameters for stage in stages) > 0.9 * (
        tree.parameters - tree.nodes[tree.head_path].parameters
    )
    for stage in stages:
        start = train_from(tree, stage.path)
        later = layers_from(tree, start)
        inside = {layer.path for layer in tree.layers_below(stage.path)}
        assert later and not later & inside  # it stays frozen, and something trains


def test_lone_norms_go_with_their_neighbours() -> None:
    stages = [stage.path for stage in evidence_stages(layer_tree("tf_efficientnet_lite0", 4))]
    assert stages == [*(f"blocks.{n}" for n in range(7)), "conv_head"]

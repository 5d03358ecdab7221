"""The forecast's memory of a training step against what torch keeps for the way back."""

from __future__ import annotations

import pytest
import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.forecast.phase_costs import step_memory
from tlstudio.core.strategies import freeze_plan
from tlstudio.engine.compare.memory_use import step_bytes
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.tree import layer_tree


@pytest.mark.parametrize("model", ["tf_efficientnet_lite0", "resnet18", "mobilenet_v3_small"])
def test_it_is_near_what_torch_keeps(model: str) -> None:
    config = RunConfig(strategy="fine_tuning", batch_size=4)
    tree = layer_tree(model, 4)
    told = step_memory(tree, freeze_plan(tree, config.plan_options).last, config)
    with torch.device("meta"):
        network = architecture(model, 4).train()
    kept = step_bytes(network, (4, 3, 224, 224), is_short=False)
    assert 0.7 < told / kept < 1.4

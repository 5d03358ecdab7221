"""Optimizers and schedules as configured."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import nn

from tests.helpers import plan_of, tiny_network
from tlstudio.core.config import FIELD_BY_NAME, RunConfig, make_config
from tlstudio.core.errors import ConfigError
from tlstudio.core.strategies import FreezePlan, PlanOptions, freeze_plan
from tlstudio.engine.models.build import architecture
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.optim import make_optimizer, make_scheduler, parameter_groups


@pytest.mark.parametrize("name", FIELD_BY_NAME["optimizer"].text.choices or {})
def test_exactly_what_trains_is_optimised(name: str) -> None:
    network = tiny_network()
    config = make_config({"optimizer": name, "weight_decay": 0.01, "learning_rate": 0.02})
    optimizer = make_optimizer(network, config, plan_of(network, "6"))
    (group,) = optimizer.param_groups
    assert [id(p) for p in group["params"]] == [id(p) for p in network[6].parameters()]
    assert (group["lr"], group["weight_decay"]) == (0.02, 0.01)


def test_nothing_to_train_is_refused() -> None:
    network = tiny_network()
    empty = dataclasses.replace(plan_of(network).last, rates={})
    with pytest.raises(ConfigError):
        make_optimizer(network, RunConfig(), FreezePlan("custom", (empty,), 1))


@pytest.mark.parametrize("model", ["resnet18", "squeezenet1_1", "vit_b_16", "googlenet"])
@pytest.mark.parametrize("rule", ["same", "backbone", "stages"])
def test_each_trainable_parameter_is_in_one_group_with_the_announced_rate(
    model: str, rule: str
) -> None:
    with torch.device("meta"):
        network = architecture(model, 3)
    plan = freeze_plan(layer_tree(model, 3), PlanOptions("gradual", epochs=99, rate_rule=rule))
    config = RunConfig().changed(learning_rate=0.5)
    optimizer = make_optimizer(network, config, plan)
    held = [p for group in optimizer.param_groups for p in group["params"]]
    assert len(held) == len({id(p) for p in held})
    assert {id(p) for p in held} == {id(p) for p in network.parameters()}
    rates = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    for path, rate in plan.last.rates.items():
        for parameter in network.get_submodule(path).parameters(recurse=False):
            assert rates[id(parameter)] == 0.5 * rate
    assert rates[id(held[0])] == max(rates.values())


def test_a_shared_parameter_goes_with_the_faster_module() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    network[1].weight = network[0].weight
    phase = dataclasses.replace(plan_of(network).last, rates={"0": 0.1, "1": 1.0})
    groups = parameter_groups(network, FreezePlan("custom", (phase,), 8))
    assert [(rate, len(parameters)) for rate, parameters in groups] == [(1.0, 2), (0.1, 1)]
    assert any(parameter is network[0].weight for parameter in groups[0][1])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"schedule": "step"}, [1.0, 1.0, 0.5, 0.5]),
        ({"schedule": "multi_step"}, [1.0, 1.0, 0.5, 0.25]),
        ({"schedule": "multi_step", "warmup_epochs": 1}, [0.1, 1.0, 0.5, 0.25]),
        ({"schedule": "cosine"}, [1.0, 0.8536, 0.5, 0.1464]),
        ({"schedule": "none"}, [1.0, 1.0, 1.0, 1.0]),
        ({"schedule": "none", "warmup_epochs": 2}, [0.1, 0.55, 1.0, 1.0]),
        ({"schedule": "cosine", "warmup_epochs": 2}, [0.1, 0.55, 1.0, 0.5]),
        ({"schedule": "step", "warmup_epochs": 1}, [0.1, 1.0, 1.0, 0.5]),
        ({"schedule": "cosine", "warmup_epochs": 9}, [0.1, 0.2, 0.3, 0.4]),
        ({"schedule": "one_cycle"}, [0.04, 0.8117, 0.2831, 0.0]),
    ],
    ids=str,
)
def test_schedules(settings: dict[str, object], expected: list[float]) -> None:
    values = {"step_size": 2, "gamma": 0.5, "epochs": 4, "learning_rate": 1, **settings}
    config = make_config(values)
    network = tiny_network()
    optimizer = make_optimizer(network, config, plan_of(network))
    scheduler = make_scheduler(optimizer, config, 4)
    rates = []
    for step in range(4):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler is not None and step < 3:
            scheduler.step()
    assert torch.allclose(torch.tensor(rates), torch.tensor(expected), atol=1e-3)

"""Optimizers and schedules as configured."""

from __future__ import annotations

import pytest
import torch

from tests.helpers import plan_of, tiny_network
from tlstudio.core.config import FIELD_BY_NAME, RunConfig, make_config
from tlstudio.core.errors import ConfigError
from tlstudio.engine.freezing import apply_phase
from tlstudio.engine.optim import make_optimizer, make_scheduler


@pytest.mark.parametrize("name", FIELD_BY_NAME["optimizer"].text.choices or {})
def test_exactly_what_trains_is_optimised(name: str) -> None:
    network = tiny_network()
    apply_plan(network, plan_of(network, "6"))
    config = make_config({"optimizer": name, "weight_decay": 0.01, "learning_rate": 0.02})
    optimizer = make_optimizer(network, config)
    (group,) = optimizer.param_groups
    assert [id(p) for p in group["params"]] == [id(p) for p in network[6].parameters()]
    assert (group["lr"], group["weight_decay"]) == (0.02, 0.01)


def test_nothing_to_train_is_refused() -> None:
    network = tiny_network()
    network.requires_grad_(False)
    with pytest.raises(ConfigError):
        make_optimizer(network, RunConfig())


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("step", [1.0, 1.0, 0.5, 0.5]),
        ("cosine", [1.0, 0.8536, 0.5, 0.1464]),
        ("none", [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_schedules(schedule: str, expected: list[float]) -> None:
    config = make_config(
        {"schedule": schedule, "step_size": 2, "gamma": 0.5, "epochs": 4, "learning_rate": 1}
    )
    optimizer = make_optimizer(tiny_network(), config)
    scheduler = make_scheduler(optimizer, config)
    rates = []
    for _ in range(4):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    assert torch.allclose(torch.tensor(rates), torch.tensor(expected), atol=1e-4)

"""The window's learning rates against those of torch's schedulers."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.config.schedules import epoch_factor, rate_factor
from tlstudio.engine.training.optim import make_scheduler

STEPS = 7  # of the optimizer in an epoch


def torch_factors(config: RunConfig, steps: int) -> list[float]:
    """The factor before each epoch, or before each step of a one-cycle run."""
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    scheduler = make_scheduler(optimizer, config, steps)
    count = steps if config.schedule == "one_cycle" else config.epochs
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"] / 0.5)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return found


@pytest.mark.parametrize("schedule", ["step", "multi_step", "cosine", "none"])
@pytest.mark.parametrize("warmup", [0, 1, 3, 30])
@pytest.mark.parametrize("epochs", [1, 12, 25])
def test_by_the_epoch(schedule: Any, warmup: int, epochs: int) -> None:
    config = RunConfig(schedule=schedule, epochs=epochs, warmup_epochs=warmup, step_size=4)
    ours = [rate_factor(config, epoch) for epoch in range(epochs)]
    assert ours == pytest.approx(torch_factors(config, STEPS * epochs), abs=1e-9)
    assert [epoch_factor(config, epoch) for epoch in range(1, epochs + 1)] == ours
    assert rate_factor(config, epochs - 0.5) == ours[-1]  # nothing changes within an epoch


@pytest.mark.parametrize("epochs", [1, 3, 25])
def test_one_cycle_by_the_step(epochs: int) -> None:
    config = RunConfig(schedule="one_cycle", epochs=epochs)
    steps = STEPS * epochs
    ours = [rate_factor(config, step / STEPS, steps) for step in range(steps)]
    assert ours == pytest.approx(torch_factors(config, steps), abs=1e-9)


def test_without_the_number_of_steps_one_cycle_is_its_limit() -> None:
    config = RunConfig(schedule="one_cycle", epochs=10)
    many = 100_000
    for at in (0.0, 1.5, 3.0, 7.25, 10.0):
        exact = rate_factor(config, at, many)
        assert rate_factor(config, at) == pytest.approx(exact, abs=1e-3)
    assert max(epoch_factor(config, epoch) for epoch in range(1, 11)) > 0.9

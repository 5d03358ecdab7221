"""How a loss becomes a step: gradients, clipping, optimizer, schedule, average."""

from __future__ import annotations

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.training.averaging import WeightAverage
from tlstudio.engine.training.optim import make_optimizer, make_scheduler


class Learner:
    """Everything between a batch's loss and the network's new weights.

    Make it when the network is as in the plan's last phase.

    Args:
        batches: training batches of an epoch.

    Attributes:
        optimizer: its first group is the fastest.
        average: of the weights; None without one.
    """

    def __init__(
        self, network: nn.Module, config: RunConfig, plan: FreezePlan, batches: int
    ) -> None:
        self._config = config
        self.optimizer = make_optimizer(network, config, plan)
        steps = config.epochs * -(-batches // config.accumulation)
        self._steps_left = steps
        self._scheduler = make_scheduler(self.optimizer, config, steps)
        self._parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        self.average = WeightAverage(network, config.ema_decay) if config.ema_decay else None
        self._pending = 0
        self.optimizer.zero_grad(set_to_none=True)

    @property
    def learning_rate(self) -> float:
        """In force now, of the fastest group."""
        return float(self.optimizer.param_groups[0]["lr"])

    def learn(self, loss: torch.Tensor) -> None:
        """Add the gradients of a batch's mean loss; step once enough batches have come."""
        if self._config.accumulation > 1:
            loss = loss / self._config.accumulation
        loss.backward()  # type: ignore[no-untyped-call]
        self._pending += 1
        if self._pending == self._config.accumulation:
            self._step()

    def end_epoch(self) -> None:
        """Step with what is left over, and let the schedule go on."""
        if self._pending:
            self._step()
        if self._scheduler is not None and self._config.schedule != "one_cycle":
            self._scheduler.step()

    def _step(self) -> None:
        if self._config.clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._pending = 0
        self._steps_left -= 1
        if self._config.schedule == "one_cycle" and self._steps_left > 0:
            assert self._scheduler is not None
            self._scheduler.step()
        if self.average is not None:
            self.average.update()

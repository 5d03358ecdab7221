"""Turns a loss into a step: gradients, clipping, optimizer, schedule, average."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.training.averaging import WeightAverage
from tlstudio.engine.training.optim import make_optimizer, make_scheduler
from tlstudio.engine.training.snapshot import copied_to_cpu


class Learner:
    """Everything between a batch's loss and the network's new weights.

    Make it when the network is as in the plan's last phase.

    Args:
        batches: training batches of an epoch.

    Attributes:
        optimizer: its first group is the fastest.
        average: of the weights; None without one.
        epoch: epochs that ended.
    """

    def __init__(
        self, network: nn.Module, config: RunConfig, plan: FreezePlan, batches: int
    ) -> None:
        self._config = config
        self._network = network
        self.epoch = 0
        self.optimizer = make_optimizer(network, config, plan)
        self._planned = config.epochs * -(-batches // config.accumulation)
        self._steps = 0
        self._scheduler = make_scheduler(self.optimizer, config, self._planned)
        self._parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        self.average = WeightAverage(network, config.ema_decay) if config.ema_decay else None
        self._pending = 0
        self.optimizer.zero_grad(set_to_none=True)

    @property
    def learning_rate(self) -> float:
        """The learning rate in force, of the fastest group."""
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
        self.epoch += 1
        if self._pending:
            self._step()
        if self._scheduler is not None and self._config.schedule != "one_cycle":
            self._scheduler.step()

    def state_dict(self) -> dict[str, Any]:
        """Copies of what training goes on with beside the network, on the CPU: between two batches.

        The order of the images, their variations, dropout and mixing follow from (seed, epoch,
        batch) alone, and the schedule from the steps: no generator's state is needed.
        """
        names: dict[torch.Tensor, str] = {
            parameter: name for name, parameter in self._network.named_parameters()
        }
        return {
            "epoch": self.epoch,
            "steps": self._steps,
            "optimizer": {
                names[parameter]: {key: _copied(value) for key, value in values.items()}
                for parameter, values in self.optimizer.state.items()
            },
            "average": self.average.state_dict() if self.average is not None else None,
            "pending": self._pending,
            "gradients": copied_to_cpu(
                {names[p]: p.grad for p in self._parameters if p.grad is not None}
            ),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another learner was, perhaps with more epochs to come.

        The learning rate becomes that of this configuration's schedule after so many steps.

        Raises:
            KeyError, RuntimeError, ValueError: that one was of another network.
        """
        # Schedules expect a step of the optimizer before them; without gradients it does nothing.
        self.optimizer.step()
        self.epoch, self._steps = state["epoch"], state["steps"]
        if self._scheduler is not None:
            is_by_step = self._config.schedule == "one_cycle"
            for _ in range(min(self._steps, self._planned - 1) if is_by_step else self.epoch):
                self._scheduler.step()
        parameters = dict(self._network.named_parameters())
        numbers = {parameter: number for number, parameter in enumerate(self._parameters)}
        own = self.optimizer.state_dict()
        own["state"] = {
            numbers[parameters[name]]: {key: _copied(value) for key, value in values.items()}
            for name, values in state["optimizer"].items()
        }
        self.optimizer.load_state_dict(own)
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self._pending = state["pending"]
        for name, gradient in state["gradients"].items():
            parameters[name].grad = gradient.to(parameters[name].device, copy=True)

    def _step(self) -> None:
        if self._config.clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._pending = 0
        self._steps += 1
        if self._config.schedule == "one_cycle" and self._steps < self._planned:
            assert self._scheduler is not None
            self._scheduler.step()
        if self.average is not None:
            self.average.update()


def _copied(value: Any) -> Any:
    return value.detach().to("cpu", copy=True) if isinstance(value, torch.Tensor) else value

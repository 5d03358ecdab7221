"""Turns a loss into a step: gradients, clipping, optimizer, schedule, average."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.training.averaging import WeightAverage
from tlstudio.engine.training.optim import make_optimizer, make_scheduler
from tlstudio.engine.training.snapshot import state_on_cpu


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
        steps = config.epochs * -(-batches // config.accumulation)
        self._steps_left = steps
        self._scheduler = make_scheduler(self.optimizer, config, steps)
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
        """Copies of all that training goes on with after `end_epoch`; plain values and tensors.

        The order of the images, their variations, dropout and mixing follow from (seed, epoch,
        batch) alone: seed and epoch are the state of every random generator and the position of
        the sampler.
        """
        assert not self._pending, "gradients wait for a step: only between epochs"
        return {
            "seed": self._config.seed,
            "epoch": self.epoch,
            "steps_left": self._steps_left,
            "network": state_on_cpu(self._network),
            "optimizer": copy.deepcopy(self.optimizer.state_dict()),
            "scheduler": copy.deepcopy(self._scheduler.state_dict()) if self._scheduler else None,
            "average": self.average.state_dict() if self.average is not None else None,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another learner was, whose network, configuration and plan were the same.

        Raises:
            ValueError, RuntimeError: they were not.
        """
        if state["seed"] != self._config.seed:
            raise ValueError(f"training went on with seed {state['seed']}")
        self.epoch, self._steps_left = state["epoch"], state["steps_left"]
        self._network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
        if self._scheduler is not None:
            self._scheduler.load_state_dict(copy.deepcopy(state["scheduler"]))
        if self.average is not None:
            self.average.load_state_dict(state["average"])

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

"""A moving average of what training changes, validated and kept in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from tlstudio.engine.training.snapshot import changing_tensors, copied_to_cpu, put


class WeightAverage:
    """The exponential moving average of a network's changing tensors.

    The decay grows with the steps as timm's does, ``min(decay, (1 + n) / (10 + n))``: else a short
    run would mostly remember where it began.

    Make it after `freezing.set_train_mode`, for the phase in which the most trains.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._live = changing_tensors(network)
        # The average, or what it replaced.
        self._others = {name: tensor.clone() for name, tensor in self._live.items()}
        self._decay = decay
        self._steps = 0
        self.is_in = False

    @torch.no_grad()
    def update(self) -> None:
        """Take the present weights in, after a step of the optimizer."""
        self._steps += 1
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps))
        kept, new = [], []
        for name, live in self._live.items():
            average = self._others[name]
            if live.is_floating_point():
                kept.append(average)
                new.append(live)
            else:  # the counters of norms
                average.copy_(live)
        get_ema_multi_avg_fn(decay)(kept, new, self._steps)  # type: ignore[no-untyped-call]

    def put_in(self) -> None:
        """Let the network hold the average; what it held comes back with `take_out`."""
        if not self.is_in:
            self._swap()

    def take_out(self) -> None:
        """Let the network hold what it learned in its last step."""
        if self.is_in:
            self._swap()

    def state_dict(self) -> dict[str, Any]:
        """A copy of the average, or of what it replaces while it is in the network."""
        others = copied_to_cpu(self._others)
        return {"steps": self._steps, "is_in": self.is_in, "others": others}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with another one's state; the network has its values already."""
        self._steps, self.is_in = state["steps"], state["is_in"]
        put(self._others, state["others"])

    @torch.no_grad()
    def _swap(self) -> None:
        self.is_in = not self.is_in
        for name, live in self._live.items():
            other = self._others[name]
            before = live.clone()
            live.copy_(other)
            other.copy_(before)

"""A copy of what training changes, and only of that."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn


def changing_tensors(network: nn.Module) -> list[torch.Tensor]:
    """Return the tensors that training changes: trainable parameters, buffers in train mode.

    They share memory with the network.
    """
    tensors = [parameter.detach() for parameter in network.parameters() if parameter.requires_grad]
    for module in network.modules():
        if module.training:
            tensors += list(module.buffers(recurse=False))
    return tensors


class Snapshot:
    """The trainable parameters and the buffers of modules in train mode, copied.

    Make it after `freezing.set_train_mode`, for the phase in which the most trains; frozen tensors
    never change and are not copied. The copies stay on the network's device.
    """

    def __init__(self, network: nn.Module) -> None:
        self.live = changing_tensors(network)
        self._copies = [tensor.clone() for tensor in self.live]

    def take(self) -> None:
        """Copy the present values over the old ones."""
        for live, copy in zip(self.live, self._copies, strict=True):
            copy.copy_(live)

    def state(self) -> list[torch.Tensor]:
        """The copied values, copied to the CPU."""
        return [tensor.to("cpu", copy=True) for tensor in self._copies]

    def load_state(self, state: Sequence[torch.Tensor]) -> None:
        """Hold the values of another snapshot of such a network."""
        for copy, value in zip(self._copies, state, strict=True):
            copy.copy_(value)

    def is_live_finite(self) -> bool:
        """Whether the present values hold neither NaN nor infinity."""
        answers = [tensor.isfinite().all() for tensor in self.live]
        return bool(torch.stack(answers).all()) if answers else True

    @torch.no_grad()
    def restore(self) -> None:
        """Give the network the copied values back."""
        for live, copy in zip(self.live, self._copies, strict=True):
            live.copy_(copy)


def state_on_cpu(network: nn.Module) -> dict[str, torch.Tensor]:
    """The whole state dict, copied to the CPU."""
    return {
        name: tensor.detach().to("cpu", copy=True) for name, tensor in network.state_dict().items()
    }

"""A copy of what training changes, and only of that."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

State = dict[str, torch.Tensor]
"""Tensors by their names in the network."""


def changing_tensors(network: nn.Module) -> State:
    """Return the tensors that training changes: trainable parameters, buffers in train mode.

    They share memory with the network.
    """
    tensors = {
        name: parameter.detach()
        for name, parameter in network.named_parameters()
        if parameter.requires_grad
    }
    for path, module in network.named_modules():
        if module.training:
            prefix = f"{path}." if path else ""
            for name, buffer in module.named_buffers(recurse=False):
                tensors[prefix + name] = buffer
    return tensors


class Snapshot:
    """The trainable parameters and the buffers of modules in train mode, copied.

    Make it after `freezing.set_train_mode`, for the phase in which the most trains; frozen tensors
    never change and are not copied. The copies stay on the network's device.
    """

    def __init__(self, network: nn.Module) -> None:
        self._live = changing_tensors(network)
        self._copies = {name: tensor.clone() for name, tensor in self._live.items()}

    def take(self) -> None:
        """Copy the present values over the old ones."""
        put(self._copies, self._live)

    def state(self) -> State:
        """The copied values, copied to the CPU."""
        return copied_to_cpu(self._copies)

    def live_state(self) -> State:
        """The present values, copied to the CPU."""
        return copied_to_cpu(self._live)

    def load_state(
        self, live: Mapping[str, torch.Tensor], copies: Mapping[str, torch.Tensor]
    ) -> None:
        """Give the network and the copies the values of another snapshot of such a network.

        What that one does not name did not train there, and stays as it is.

        Raises:
            KeyError, RuntimeError: it was of another network.
        """
        put(self._live, live)
        put(self._copies, copies)

    def is_live_finite(self) -> bool:
        """Whether the present values hold neither NaN nor infinity."""
        answers = [tensor.isfinite().all() for tensor in self._live.values()]
        return bool(torch.stack(answers).all()) if answers else True

    def restore(self) -> None:
        """Give the network the copied values back."""
        put(self._live, self._copies)


@torch.no_grad()
def put(targets: Mapping[str, torch.Tensor], values: Mapping[str, torch.Tensor]) -> None:
    """Copy values over the tensors of the same names.

    Raises:
        KeyError, RuntimeError: one of them is not there, or has another shape.
    """
    for name, value in values.items():
        targets[name].copy_(value)


def copied_to_cpu(tensors: Mapping[str, torch.Tensor]) -> State:
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}


def state_on_cpu(network: nn.Module) -> State:
    """The whole state dict, copied to the CPU."""
    return copied_to_cpu(network.state_dict())

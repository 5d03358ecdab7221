"""Recurrent layers on torch's meta device, without a step for every token.

There torch takes an LSTM apart into thousands of operations, which lasts many seconds (timm's
Sequencer). Nobody looks at values there: the same products in one go have the same shapes, the same
number of multiply-adds, and every output depends on every token as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.overrides import TorchFunctionMode


class QuickRecurrence(TorchFunctionMode):
    """Within the block, an LSTM on the meta device is as quick as a few linear layers."""

    def __torch_function__(
        self,
        function: Any,
        types: Any,
        arguments: Sequence[Any] = (),
        keywords: Mapping[str, Any] | None = None,
    ) -> Any:
        if function is torch.lstm and len(arguments) == 9 and arguments[0].is_meta:
            return _lstm(*arguments)
        return function(*arguments, **(keywords or {}))


def _lstm(
    tokens: torch.Tensor,
    state: Sequence[torch.Tensor],
    weights: Sequence[torch.Tensor],
    _has_biases: bool,
    layers: int,
    _dropout: float,
    _train: bool,
    is_bidirectional: bool,
    batch_first: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """`torch.lstm` on padded input: ``[tokens, batch, width]``, or batch first."""
    steps = 1 if batch_first else 0
    directions = 2 if is_bidirectional else 1
    each = len(weights) // (layers * directions)
    hidden = state[0].shape[-1]
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            first = (layer * directions + direction) * each
            of_input, of_state = weights[first], weights[first + 1]
            gates = torch.nn.functional.linear(tokens, of_input)
            before = gates[..., : of_state.shape[1]].mean(steps, keepdim=True)
            states = before.expand(*gates.shape[:-1], -1)
            gates = gates + torch.nn.functional.linear(states, of_state)
            output = gates[..., : gates.shape[-1] // 4]
            if hidden != output.shape[-1]:  # projected
                output = torch.nn.functional.linear(output, weights[first + each - 1])
            outputs.append(output)
        tokens = torch.cat(outputs, -1)
    return tokens, state[0].clone(), state[1].clone()

"""One operation of a forward pass, and what its tensors see of the image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection.receptive_field import Trace
from tlstudio.engine.inspection.receptive_field_axes import Dimensions, expanded, plain


@dataclass(frozen=True, slots=True)
class Call:
    """One operation with its positional arguments, its result, and what its tensors see."""

    arguments: Sequence[Any]
    result: Any
    trace_of: Callable[[Any], Trace | None]

    def argument(self, number: int, default: Any = None) -> Any:
        return self.arguments[number] if number < len(self.arguments) else default

    @property
    def first(self) -> Trace:
        """What the first argument sees."""
        trace = self.trace_of(self.arguments[0])
        return trace if trace is not None else Trace(None, note=FieldNote.NO_IMAGE)

    @property
    def traces(self) -> list[Trace]:
        """Of all arguments that depend on the image."""
        found = (self.trace_of(tensor) for tensor in tensors_in(self.arguments))
        return [trace for trace in found if trace is not None]

    @property
    def output(self) -> torch.Tensor:
        """The first tensor of the result."""
        return tensors_in((self.result,))[0]


Rule = Callable[[Call], "Trace | Sequence[Trace]"]


def tensors_in(values: Sequence[Any]) -> list[torch.Tensor]:
    """The tensors among `values`, and in lists among them."""
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += tensors_in(value)
    return found


def elementwise(call: Call) -> Trace:
    return union(call.traces, call.output.shape)


def union(traces: Sequence[Trace], shape: Sequence[int]) -> Trace:
    result, *others = traces
    for other in others:
        result = result.united(other, shape)
    dimensions = result.dimensions
    return replace(result, dimensions=dimensions and expanded(dimensions, shape))


def resized(trace: Trace, number: int, size: int) -> Trace:
    assert trace.dimensions is not None
    dimensions: Dimensions = tuple(
        plain(size) if n == number else d for n, d in enumerate(trace.dimensions)
    )
    return replace(trace, dimensions=dimensions)

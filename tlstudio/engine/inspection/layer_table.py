"""The layer table of a network, from one forward pass of one image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.core.networks.layer_table import FieldNote, LayerRecord, LayerTable, Window
from tlstudio.engine.inspection.multiply_adds import multiply_adds
from tlstudio.engine.inspection.receptive_field import Trace, Traces, image_trace
from tlstudio.engine.inspection.receptive_field_rules import (
    Call,
    makes_new_values,
    rule_of,
    tensors_in,
)
from tlstudio.engine.inspection.recurrence import QuickRecurrence
from tlstudio.engine.inspection.windows import window_of
from tlstudio.engine.models.build import AS_IT_IS
from tlstudio.engine.models.empty_pass import looked_through, watched
from tlstudio.engine.models.execution_order import ModuleRow, by_execution
from tlstudio.engine.models.tree import KEPT


def layer_table(network: nn.Module, image_px: int, channels: int = 3) -> LayerTable:
    """Run one image ``[1, channels, image_px, image_px]`` and record every layer of `network`.

    Runs one forward pass in eval mode on the network's own device, with zeros for an image; on
    torch's meta device it takes no memory. Modes and hooks of the network are left as they were.
    Every operation of the pass counts for the innermost module that is running.
    """
    inspector = _inspected(network, image_px, channels)
    rows = by_execution(network, {m: seen.number for m, seen in inspector.seen.items()})
    return LayerTable(_Records(inspector, image_px).record(rows), image_px, channels)


def layer_traces(network: nn.Module, image_px: int, channels: int = 3) -> dict[str, Trace]:
    """What one value of a module's first output sees of the image, by the paths of the modules.

    Of the modules that ran and depend on the image; runs as `layer_table` does.
    """
    seen = _inspected(network, image_px, channels).seen
    traces = ((path, seen.get(module)) for path, module in network.named_modules())
    return {path: one.trace for path, one in traces if one is not None and one.trace is not None}


def _inspected(network: nn.Module, image_px: int, channels: int) -> _Inspector:
    parameter = next(network.parameters(), torch.empty(0))
    image = torch.zeros(
        (1, channels, image_px, image_px), device=parameter.device, dtype=parameter.dtype
    )
    inspector = _Inspector()
    watch = watched(network, inspector.enter, inspector.leave)
    with torch.no_grad(), watch, inspector, QuickRecurrence():
        inspector.traces[image] = image_trace(channels, image_px)
        network(image)
    return inspector


@lru_cache(maxsize=KEPT)
def catalog_layer_table(model: str, num_classes: int, build: BuildConfig = AS_IT_IS) -> LayerTable:
    """The layer table of a catalog model with a head of `num_classes` outputs.

    Built on torch's meta device: no weights, no memory, well under a second.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1, or it does not take such inputs.
    """
    return looked_through(model, num_classes, build, layer_table)


@dataclass(slots=True)
class _Seen:
    """The records of one module in the pass; shape and trace are those of the first call."""

    number: int
    calls: int = 0
    has_output: bool = False
    output_shape: tuple[int, ...] = ()
    trace: Trace | None = None
    multiply_adds: int = 0
    windows: set[Window] = field(default_factory=set)


class _Inspector(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees every operation, and counts it for the innermost module that is running."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.traces = Traces()
        self.seen: dict[nn.Module, _Seen] = {}
        self._running: list[_Seen] = []
        self._padded: tuple[torch.Tensor, Sequence[int]] | None = None

    def enter(self, module: nn.Module, _inputs: Any) -> None:
        self._running.append(self.seen.setdefault(module, _Seen(len(self.seen))))

    def leave(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        seen = self._running.pop()
        seen.calls += 1
        tensors = tensors_in((output,))
        if tensors and not seen.has_output:
            seen.has_output = True
            seen.output_shape = tuple(tensors[0].shape[1:])
            seen.trace = self.traces[tensors[0]]

    def __torch_dispatch__(
        self,
        operation: Any,
        types: Any,
        arguments: Sequence[Any] = (),
        keywords: dict[str, Any] | None = None,
    ) -> Any:
        result = operation(*arguments, **(keywords or {}))
        if self._running:
            running = self._running[-1]
            running.multiply_adds += multiply_adds(operation, arguments, result)
            window = window_of(operation, arguments, self._padding_of(arguments))
            if window is not None:
                running.windows.add(window)
            if operation is torch.ops.aten.constant_pad_nd.default:
                self._padded = (result, arguments[1])
        self._follow(operation, arguments, result)
        return result

    def _padding_of(self, arguments: Sequence[Any]) -> Sequence[int]:
        """Return the padding that was added just before, as networks with "same" padding do."""
        if self._padded is not None and arguments and arguments[0] is self._padded[0]:
            return self._padded[1]
        return ()

    def _follow(self, operation: Any, arguments: Sequence[Any], result: Any) -> None:
        """Work out what the results see of the image."""
        outputs = tensors_in((result,))
        if not outputs or makes_new_values(operation):
            return
        if all(self.traces[tensor] is None for tensor in tensors_in(arguments)):
            return
        traces = rule_of(operation)(Call(arguments, result, self.traces.__getitem__))
        if isinstance(traces, Trace):
            traces = [traces]
        for tensor, trace in zip(outputs, traces, strict=False):
            self.traces[tensor] = trace
            base = tensor._base
            if operation is torch.ops.aten.copy_.default and base is not None:
                self.traces[base] = trace.unknown(FieldNote.MOVED)


class _Records:
    """Turns modules and what was seen of them into records with sums."""

    def __init__(self, inspector: _Inspector, image_px: int) -> None:
        self._seen = inspector.seen
        self._image_px = image_px
        self._counted: set[nn.Parameter] = set()

    def record(self, row: ModuleRow) -> LayerRecord:
        own_parameters = 0
        for parameter in row.module.parameters(recurse=False):
            if parameter not in self._counted:
                self._counted.add(parameter)
                own_parameters += parameter.numel()
        seen = self._seen.get(row.module, _Seen(-1))
        children = tuple(self.record(child) for child in row.children)
        field_px, note = self._field(seen)
        is_layer = not children and len(seen.windows) == 1
        return LayerRecord(
            path=row.path,
            kind=type(row.module).__name__,
            window=next(iter(seen.windows)) if is_layer else None,
            output_shape=seen.output_shape,
            own_parameters=own_parameters,
            parameters=own_parameters + sum(child.parameters for child in children),
            own_multiply_adds=seen.multiply_adds,
            multiply_adds=seen.multiply_adds + sum(child.multiply_adds for child in children),
            receptive_field_px=field_px,
            field_note=note,
            calls=seen.calls,
            children=children,
        )

    def _field(self, seen: _Seen) -> tuple[int | None, FieldNote]:
        if not seen.calls:
            return None, FieldNote.NOT_RUN
        if seen.trace is None:
            return None, FieldNote.NO_IMAGE
        return seen.trace.field_px(self._image_px)

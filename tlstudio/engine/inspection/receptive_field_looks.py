"""Receptive fields of operations that look at neighbours: convolution, pooling, padding, sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection.receptive_field import WHOLE, Trace
from tlstudio.engine.inspection.receptive_field_axes import COLUMNS, ROWS, covers_an_axis, spatial
from tlstudio.engine.inspection.receptive_field_call import Call, elementwise, resized


def convolution(call: Call) -> Trace:
    trace = call.trace_of(call.arguments[0])
    if trace is None:  # only its kernel depends on the image
        return Trace(None, WHOLE)
    weight = call.arguments[1]
    stride, padding, dilation = call.arguments[3:6]
    if call.argument(6) is True:
        return trace.unknown(FieldNote.ENLARGED)
    kernel = weight.shape[2:]
    trace = trace.contracted([1])
    if trace.dimensions is not None:
        trace = resized(trace, 1, call.output.shape[1])
    return _slid(trace, call.output.shape, kernel, stride, padding, dilation)


def pooling(call: Call) -> Trace:
    """Over two axes, or three: channels as well."""
    count = 3 if len(_listed(call.arguments[1])) == 3 else 2
    kernel = _each(call.arguments[1], count)
    stride = _each(call.argument(2) or kernel, count)
    padding = _each(call.argument(3, 0), count)
    is_average = isinstance(call.argument(4, 1), bool)
    dilation = _each(1 if is_average else call.argument(4, 1), count)
    return _slid(call.first, call.output.shape, kernel, stride, padding, dilation)


def _listed(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


def _each(value: Any, count: int) -> list[int]:
    values = _listed(value)
    return values * count if len(values) == 1 else values


def _slid(
    trace: Trace,
    shape: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> Trace:
    """A window over the last dimensions; each list has one number, or one per axis."""
    first = len(shape) - len(kernel)
    for n, side in enumerate(kernel):
        trace = trace.slid(
            first + n,
            side,
            stride[n % len(stride)],
            padding[n % len(padding)],
            dilation[n % len(dilation)],
            shape[first + n],
            default_axis=COLUMNS if n == len(kernel) - 1 else ROWS,
        )
    return trace


def adaptive_pooling(call: Call) -> Trace:
    trace, before, after = call.first, call.arguments[0].shape[-2:], call.output.shape[-2:]
    if tuple(after) == (1, 1):
        last = call.arguments[0].dim() - 1
        return trace.contracted([last - 1, last])
    if any(b % a for b, a in zip(before, after, strict=True)):
        return trace.unknown(FieldNote.MOVED)
    kernel = [b // a for b, a in zip(before, after, strict=True)]
    return _slid(trace, call.output.shape, kernel, kernel, (0, 0), (1, 1))


def padding(call: Call) -> Trace:
    trace, amounts = call.first, call.arguments[1]
    shape = call.output.shape
    for n in range(len(amounts) // 2):
        number = len(shape) - 1 - n
        before, after = amounts[2 * n], amounts[2 * n + 1]
        if before or after:
            trace = trace.slid(
                number, 1, 1, before, 1, shape[number], default_axis=ROWS if n else COLUMNS
            )
    return trace


def reduction(call: Call) -> Trace:
    return _reduced(call, call.argument(1))


def norm_reduction(call: Call) -> Trace:
    return _reduced(call, call.argument(2))


def _reduced(call: Call, numbers: Any) -> Trace:
    if isinstance(numbers, torch.Tensor):  # the larger of two tensors
        return elementwise(call)
    count = call.arguments[0].dim()
    wanted = [numbers] if isinstance(numbers, int) else list(numbers or range(count))
    wanted = [number % count for number in wanted]
    trace = call.first.contracted(wanted)
    if call.output.dim() == count or trace.dimensions is None:
        return trace
    return replace(
        trace, dimensions=tuple(d for n, d in enumerate(trace.dimensions) if n not in wanted)
    )


def softmax(call: Call) -> Trace:
    """Each value depends on the whole dimension and stays at its place."""
    trace = call.first
    if trace.dimensions is None:
        return trace
    number = call.arguments[1] % len(trace.dimensions)
    if not spatial(trace.dimensions[number]):
        return trace
    if covers_an_axis(trace.dimensions, number):
        return replace(trace, spans=WHOLE)
    return trace.unknown(FieldNote.WINDOWS, trace.dimensions)

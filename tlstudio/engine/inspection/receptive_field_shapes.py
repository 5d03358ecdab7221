"""Receptive fields through operations that move values about without changing them."""

from __future__ import annotations

from dataclasses import replace

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection.receptive_field import Trace
from tlstudio.engine.inspection.receptive_field_axes import (
    ALL,
    Dimensions,
    Factor,
    plain,
    reshaped,
    spatial,
    spatial_axes,
)
from tlstudio.engine.inspection.receptive_field_call import Call, resized, union


def view(call: Call) -> Trace:
    trace = call.first
    dimensions = trace.dimensions
    return trace.with_dimensions(dimensions and reshaped(dimensions, call.output.shape))


def permuted(call: Call) -> Trace:
    trace = call.first
    if trace.dimensions is None:
        return trace
    count = len(trace.dimensions)
    order = list(range(count))
    match call.arguments[1:]:
        case [list() | tuple() as wanted]:
            order = [number % count for number in wanted]
        case [int() as one, int() as other]:
            order[one], order[other] = order[other], order[one]
        case _:
            order.reverse()  # t()
    return trace.with_dimensions(tuple(trace.dimensions[number] for number in order))


def broadcast(call: Call) -> Trace:
    return union([call.first], call.output.shape)


def repeated(call: Call) -> Trace:
    trace, times = call.first, call.arguments[1]
    dimensions = trace.dimensions
    if dimensions is None:
        return trace
    aligned = ((),) * (len(times) - len(dimensions)) + dimensions
    if any(n > 1 and spatial(d) for n, d in zip(times, aligned, strict=True)):
        return trace.unknown(FieldNote.MOVED)
    sizes = zip(times, aligned, call.output.shape, strict=True)
    return replace(trace, dimensions=tuple(plain(s) if n > 1 else d for n, d, s in sizes))


def taken(call: Call) -> Trace:
    trace, number = call.first, call.argument(1, 0) % call.arguments[0].dim()
    before, after = call.arguments[0].shape[number], call.output.shape[number]
    if before == after:
        return trace
    start = call.argument(2) or 0
    start = max(0, start + before) if start < 0 else start
    return trace.sliced(number, start, call.argument(4, 1), after)


def picked(call: Call) -> Trace:
    trace, number = call.first, call.arguments[1] % call.arguments[0].dim()
    index = call.arguments[2] % call.arguments[0].shape[number]
    return _dropped(trace.sliced(number, index, 1, 1), number, trace)


def selected(call: Call) -> Trace:
    """Places by a list of their numbers: of channels, or of what moves the image about."""
    trace, indices = call.first, call.arguments[1]
    if isinstance(indices, int):  # index_select
        numbers = [indices]
    else:
        numbers = [n for n, index in enumerate(indices) if index is not None]
    if trace.dimensions is None:
        return trace
    number = numbers[0] % len(trace.dimensions)
    same_rank = call.output.dim() == len(trace.dimensions)
    if len(numbers) > 1 or not same_rank or spatial(trace.dimensions[number]):
        return trace.unknown(FieldNote.MOVED)
    return resized(trace, number, call.output.shape[number])


def _dropped(trace: Trace, number: int, of: Trace) -> Trace:
    """One place of a dimension of `of` was picked; where on the image it lies is forgotten."""
    if trace.dimensions is None:
        return trace
    dimensions = tuple(d for n, d in enumerate(trace.dimensions) if n != number)
    if of.axes - spatial_axes(dimensions) - {ALL}:
        return trace.unknown(FieldNote.MOVED, dimensions)
    return replace(trace, dimensions=dimensions)


def parts(call: Call) -> list[Trace]:
    trace, number = call.first, call.argument(2, 0) % call.arguments[0].dim()
    result, start = [], 0
    for part in call.result:
        size = part.shape[number]
        result.append(trace if len(call.result) == 1 else trace.sliced(number, start, 1, size))
        start += size
    return result


def unbound(call: Call) -> list[Trace]:
    trace, number = call.first, call.argument(1, 0) % call.arguments[0].dim()
    return [_dropped(trace.sliced(number, n, 1, 1), number, trace) for n in range(len(call.result))]


def concatenation(call: Call) -> Trace:
    """Maps beside each other see both; tokens behind a class token are still all of the image."""
    shape = call.output.shape
    number = call.argument(1, 0) % len(shape)
    traces = call.traces
    if all(t.dimensions is not None and not spatial(t.dimensions[number]) for t in traces):
        return union([resized(trace, number, shape[number]) for trace in traces], shape)
    dimensions = next(filter(None, (_with_token(t, number, shape[number]) for t in traces)), None)
    result, *others = traces
    for other in others:
        result = result.seen_with(other, dimensions)
    if dimensions is None:
        return result.unknown(FieldNote.MOVED)
    return replace(result, dimensions=dimensions)


def _with_token(trace: Trace, number: int, size: int) -> Dimensions | None:
    """The dimensions when more is put beside the tokens; None if they are not all of the image."""
    if trace.dimensions is None:
        return None
    before, after = trace.dimensions[:number], trace.dimensions[number + 1 :]
    inside = {factor.axis for factor in spatial(trace.dimensions[number])}
    if ALL in inside or (len(inside) == 2 and not spatial_axes(before + after)):
        return (*before, (Factor(ALL, size),), *after)
    return None


def stack(call: Call) -> Trace:
    number = call.argument(1, 0) % call.output.dim()
    shape = [size for n, size in enumerate(call.output.shape) if n != number]
    trace = union(call.traces, shape)
    if trace.dimensions is None:
        return trace
    fresh = plain(call.output.shape[number])
    return replace(
        trace, dimensions=(*trace.dimensions[:number], fresh, *trace.dimensions[number:])
    )

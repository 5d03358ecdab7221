"""Receptive fields of products of matrices: linear layers, and attention, which is two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection.receptive_field import WHOLE, Trace
from tlstudio.engine.inspection.receptive_field_axes import covers_an_axis, plain, spatial
from tlstudio.engine.inspection.receptive_field_call import Call, elementwise, resized, union


def matrix_product(call: Call) -> Trace:
    return _multiplied(call, *call.arguments[:2])


def sum_and_product(call: Call) -> Trace:
    return _multiplied(call, *call.arguments[1:3])


def _multiplied(call: Call, left: torch.Tensor, right: torch.Tensor) -> Trace:
    one, two = call.trace_of(left), call.trace_of(right)
    shape = call.output.shape
    if one is None and two is None:  # only what is added depends on the image
        return elementwise(call)
    if two is None:
        assert one is not None
        return _resized_last(one.contracted([left.dim() - 1]), -1, shape)
    if one is None:
        return _resized_last(two.contracted([right.dim() - 2]), -2, shape)
    columns = right.dim() - 1
    if one.dimensions is None or two.dimensions is None:
        return one.seen_with(two, None)
    meets = spatial(two.dimensions[columns]) and spatial(one.dimensions[-2])
    is_whole = meets and covers_an_axis(two.dimensions, columns)
    one, two = one.contracted([left.dim() - 1]), two.contracted([right.dim() - 2])
    assert one.dimensions is not None and two.dimensions is not None
    result = one.seen_with(two, (*one.dimensions[:-1], two.dimensions[columns]))
    if is_whole:
        return replace(result, spans=WHOLE)
    return result.unknown(FieldNote.WINDOWS, result.dimensions) if meets else result


def _resized_last(trace: Trace, number: int, shape: Sequence[int]) -> Trace:
    if trace.dimensions is None:
        return trace
    return resized(trace, number % len(trace.dimensions), shape[number])


def linear(call: Call) -> Trace:
    trace = call.first.contracted([call.arguments[0].dim() - 1])
    return _resized_last(trace, -1, call.output.shape)


def attention(call: Call) -> Trace:
    """Every query with every key: ``[..., queries, d]``, ``[..., keys, d]``."""
    query, key = call.trace_of(call.arguments[0]), call.trace_of(call.arguments[1])
    if key is None:
        return union(call.traces, call.output.shape)
    if query is None:  # learned queries
        query = Trace(tuple(plain(size) for size in call.output.shape), key.spans, key.note)
    if key.dimensions is None or query.dimensions is None:
        return query.seen_with(key, None)
    number = len(key.dimensions) - 2
    tokens = key.dimensions[number]
    dimensions = query.dimensions
    if not spatial(tokens):
        return query.seen_with(key, dimensions)
    if covers_an_axis(key.dimensions, number):
        return Trace(dimensions, WHOLE)
    return query.seen_with(key, dimensions).unknown(FieldNote.WINDOWS, dimensions)


def token_attention(call: Call) -> Trace:
    """A whole attention module or encoder layer in one operation, on ``[B, tokens, width]``."""
    trace = call.first
    if trace.dimensions is None:
        return trace
    if covers_an_axis(trace.dimensions, 1):
        return replace(trace, spans=WHOLE)
    return trace.unknown(FieldNote.WINDOWS, trace.dimensions)


def recurrence(call: Call) -> Trace:
    """A recurrent layer in one operation, on ``[steps, batch, width]``: steps see each other."""
    trace, steps = call.first, 1 if call.argument(14) is True else 0
    whole = trace.contracted([steps])
    if trace.dimensions is None:
        return trace
    return _resized_last(replace(trace, spans=whole.spans), -1, call.output.shape)

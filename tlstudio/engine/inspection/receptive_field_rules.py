"""Rules for what torch's operations do to receptive fields, one for each kind.

Left aside, on purpose: gates, one value for a whole channel that is multiplied onto a map, and the
statistics of group and layer norms. Strictly they make every value depend on the whole image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection.receptive_field import (
    ALL,
    COLUMNS,
    ROWS,
    WHOLE,
    Dimensions,
    Factor,
    Trace,
    covers_an_axis,
    expanded,
    plain,
    reshaped,
    spatial,
    spatial_axes,
)

# -- operations and what they are given ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its positional arguments, its result, and the traces of its tensors."""

    arguments: Sequence[Any]
    result: Any
    trace_of: Callable[[Any], Trace | None]

    def argument(self, number: int, default: Any = None) -> Any:
        return self.arguments[number] if number < len(self.arguments) else default

    @property
    def first(self) -> Trace:
        """The trace of the first argument."""
        trace = self.trace_of(self.arguments[0])
        return trace if trace is not None else Trace(None, note=FieldNote.NO_IMAGE)

    @property
    def traces(self) -> list[Trace]:
        """The traces of all arguments that depend on the image."""
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


# -- which rule for which operation ----------------------------------------------------------------


def makes_new_values(operation: Any) -> bool:
    """Whether the result holds nothing of the arguments but their shape."""
    return operation.overloadpacket in _makers()


def rule_of(operation: Any) -> Rule:
    """The rule for an overload of ``torch.ops``."""
    rule = _rules().get(operation.overloadpacket)
    if rule is None:
        rule = elementwise if torch.Tag.pointwise in operation.tags else _unknown
    return rule


@cache
def _makers() -> frozenset[Any]:
    aten = torch.ops.aten
    return frozenset(
        {
            *(aten.new_zeros, aten.new_ones, aten.new_full, aten.new_empty, aten.empty_like),
            *(aten.zeros_like, aten.ones_like, aten.full_like, aten.rand_like, aten.randn_like),
            *(aten.fill_, aten.zero_),
        }
    )


@cache
def _rules() -> dict[Any, Rule]:
    aten = torch.ops.aten
    table: dict[Rule, tuple[Any, ...]] = {
        elementwise: (
            *(
                aten.clone,
                aten._to_copy,
                aten.detach,
                aten.alias,
                aten.lift_fresh,
                *(aten.native_dropout, aten.hardswish, aten.hardswish_),
            ),
            *(aten.native_batch_norm, aten._native_batch_norm_legit_no_training),
            *(aten.cudnn_batch_norm, aten.batch_norm),
            *(aten.native_group_norm, aten.native_layer_norm),
        ),
        _product: (aten.mul, aten.mul_),
        view: (
            *(aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias),
            *(aten.squeeze, aten.unsqueeze, aten.as_strided_),
        ),
        permuted: (aten.permute, aten.transpose, aten.t),
        broadcast: (aten.expand,),
        repeated: (aten.repeat,),
        taken: (aten.slice,),
        picked: (aten.select,),
        selected: (aten.index, aten.index_select),
        parts: (aten.split, aten.split_with_sizes, aten.unsafe_split),
        unbound: (aten.unbind,),
        concatenation: (aten.cat,),
        stack: (aten.stack,),
        reduction: (aten.mean, aten.sum, aten.amax, aten.amin, aten.max, aten.min, aten.var),
        norm_reduction: (aten.linalg_vector_norm,),
        softmax: (aten._softmax, aten._safe_softmax, aten._log_softmax, aten.cumsum),
        convolution: (aten.convolution, aten._convolution, aten.cudnn_convolution),
        pooling: (
            *(aten.max_pool2d_with_indices, aten.max_pool2d, aten.mkldnn_max_pool2d),
            *(aten.avg_pool2d, aten.avg_pool3d),
        ),
        adaptive_pooling: (aten._adaptive_avg_pool2d, aten.adaptive_max_pool2d),
        padding: (aten.constant_pad_nd, aten.reflection_pad2d, aten.replication_pad2d),
        matrix_product: (aten.mm, aten.bmm),
        sum_and_product: (aten.addmm, aten.baddbmm, aten._addmm_activation),
        linear: (aten.linear,),
        attention: (
            *(aten._scaled_dot_product_flash_attention_for_cpu, aten.scaled_dot_product_attention),
            *(aten._scaled_dot_product_flash_attention, aten._scaled_dot_product_cudnn_attention),
            aten._scaled_dot_product_efficient_attention,
            aten._scaled_dot_product_attention_math,
        ),
        token_attention: (
            aten._native_multi_head_attention,
            aten._transformer_encoder_layer_fwd,
        ),
        recurrence: (aten.mkldnn_rnn_layer,),
        _enlarged: (
            *(aten.upsample_nearest2d, aten.upsample_bilinear2d, aten.upsample_bicubic2d),
            *(aten._upsample_bicubic2d_aa, aten._upsample_bilinear2d_aa),
        ),
        _moved: (aten.roll, aten.flip),
    }
    return {packet: rule for rule, packets in table.items() for packet in packets}


# -- places stay as they are -----------------------------------------------------------------------


def _product(call: Call) -> Trace:
    traces = call.traces
    maps = [trace for trace in traces if not trace.is_gate]
    return union(maps or traces, call.output.shape)


def _unknown(call: Call) -> Trace:
    traces = call.traces
    if all(trace.is_whole for trace in traces):
        return Trace(None, WHOLE)
    return next(t for t in traces if not t.is_whole).unknown(FieldNote.UNTOLD)


# -- what differs from place to place --------------------------------------------------------------


def _enlarged(call: Call) -> Trace:
    before, after = call.arguments[0].shape, call.output.shape
    return call.first if before == after else call.first.unknown(FieldNote.ENLARGED)


def _moved(call: Call) -> Trace:
    trace = call.first
    return trace.unknown(FieldNote.MOVED, trace.dimensions)


# -- values that move without changing -------------------------------------------------------------


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
    """Drop a dimension of `of` from which one place was picked."""
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


# -- looking at neighbours: convolution, pooling, padding, sums ------------------------------------


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
    """Softmax: each value depends on the whole dimension and stays at its place."""
    trace = call.first
    if trace.dimensions is None:
        return trace
    number = call.arguments[1] % len(trace.dimensions)
    if not spatial(trace.dimensions[number]):
        return trace
    if covers_an_axis(trace.dimensions, number):
        return replace(trace, spans=WHOLE)
    return trace.unknown(FieldNote.WINDOWS, trace.dimensions)


# -- products of matrices: linear layers, and attention, which is two of them ----------------------


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
    """Attention: every query ``[..., queries, d]`` sees every key ``[..., keys, d]``."""
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

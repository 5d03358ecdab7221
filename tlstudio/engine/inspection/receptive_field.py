"""Receptive fields: the part of the image that a value of the network can depend on.

A value at place ``i`` of an axis depends on the pixels from ``start + jump * i`` on, `length` of
them. The pixels may lie beyond the border of the image, where layers pad. This is the theoretical
receptive field (https://distill.pub/2019/computing-receptive-fields/), exact wherever it is the
same at every place.

Which axis of a tensor runs along which axis of the image is followed through reshapes and
transpositions: a dimension is a product of factors, slowest first, as in einops. Flattened tokens
are rows times columns, windows are the inner factors of both. Factors of size one are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, NamedTuple

import torch
from torch.utils.weak import WeakIdKeyDictionary

from tlstudio.core.networks.layer_table import FieldNote

# -- dimensions ------------------------------------------------------------------------------------


ROWS, COLUMNS, NO_AXIS, ALL = 0, 1, -1, 2  # ALL: the whole image, and perhaps a class token
AXES = (ROWS, COLUMNS)


class Factor(NamedTuple):
    """`size` places along an axis, each `stride` after the one before."""

    axis: int
    size: int
    stride: int = 1


Dimension = tuple[Factor, ...]
Dimensions = tuple[Dimension, ...]


def plain(size: int) -> Dimension:
    """A dimension that does not run along the image: batch, channels, heads."""
    return (Factor(NO_AXIS, size),) if size != 1 else ()


def along(axis: int, size: int) -> Dimension:
    """A dimension that runs along one axis of the image."""
    return (Factor(axis, size),) if size != 1 else ()


def size_of(dimension: Dimension) -> int:
    return prod(factor.size for factor in dimension)


def spatial(dimension: Dimension) -> list[Factor]:
    """The factors of a dimension that run along the image."""
    return [factor for factor in dimension if factor.axis != NO_AXIS]


def spatial_axes(dimensions: Dimensions) -> set[int]:
    """The axes of the image that any dimension runs along."""
    return {f.axis for dimension in dimensions for f in dimension if f.axis != NO_AXIS}


def covers_an_axis(dimensions: Dimensions, number: int) -> bool:
    """Whether dimension `number` alone holds all places along some axis of the image."""
    inside = {factor.axis for factor in spatial(dimensions[number])}
    others = tuple(d for n, d in enumerate(dimensions) if n != number)
    return ALL in inside or bool(inside - spatial_axes(others))


def reshaped(dimensions: Dimensions, shape: Sequence[int]) -> Dimensions | None:
    """The dimensions after a row-major reshape; None where a factor would be cut unevenly."""
    factors = _merged([factor for dimension in dimensions for factor in dimension])
    result: list[Dimension] = []
    for size in shape:
        taken: list[Factor] = []
        missing = size
        while missing > 1:
            if not factors:
                return None
            first = factors.pop(0)
            if missing % first.size == 0:
                taken.append(first)
                missing //= first.size
                continue
            if first.size % missing or first.axis == ALL:
                return None
            rest = first.size // missing
            taken.append(Factor(first.axis, missing, first.stride * rest))
            factors.insert(0, Factor(first.axis, rest, first.stride))
            missing = 1
        result.append(tuple(_merged(taken)))
    return None if factors else tuple(result)


def expanded(dimensions: Dimensions, shape: Sequence[int]) -> Dimensions:
    """The dimensions after broadcasting to `shape`."""
    aligned = ((),) * (len(shape) - len(dimensions)) + dimensions
    return tuple(
        dimension if size_of(dimension) == size else plain(size)
        for dimension, size in zip(aligned, shape, strict=True)
    )


def together(left: Dimensions, right: Dimensions, shape: Sequence[int]) -> Dimensions | None:
    """The dimensions of an elementwise result; None where the operands run along other axes."""
    result: list[Dimension] = []
    pairs = zip(expanded(left, shape), expanded(right, shape), strict=True)
    for one, other in pairs:
        if one == other or not spatial(other):
            result.append(one)
        elif not spatial(one):
            result.append(other)
        else:
            return None
    return tuple(result)


def _merged(factors: Sequence[Factor]) -> list[Factor]:
    """Neighbours that are one run are one factor."""
    result: list[Factor] = []
    for factor in factors:
        last = result[-1] if result else None
        if last is not None and last.axis == factor.axis == NO_AXIS:
            result[-1] = Factor(NO_AXIS, last.size * factor.size)
        elif (
            last is not None
            and last.axis == factor.axis
            and last.stride == factor.size * factor.stride
        ):
            result[-1] = Factor(factor.axis, last.size * factor.size, factor.stride)
        else:
            result.append(factor)
    return result


# -- what values see along them --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """The receptive field of values along one axis, in pixels."""

    start: int = 0
    length: int = 1
    jump: int = 1

    def widened(self, steps: int, before: int = 0) -> Span:
        """After looking at `steps` further places, the first one `before` places back."""
        return replace(
            self, start=self.start - before * self.jump, length=self.length + steps * self.jump
        )

    def united(self, other: Span) -> Span | None:
        """Both; None if their places are not equally far apart."""
        if self.jump != other.jump:
            return None
        start = min(self.start, other.start)
        end = max(self.start + self.length, other.start + other.length)
        return Span(start, end - start, self.jump)


Spans = tuple[Span | None, Span | None]  # rows and columns; None: the whole axis
WHOLE: Spans = (None, None)


@dataclass(frozen=True, slots=True)
class Trace:
    """The receptive fields of the values of one tensor.

    Attributes:
        dimensions: how they run along the image; None where that got lost.
        spans: rows and columns; None for an axis that is seen as a whole.
        note: why the spans cannot be told.
    """

    dimensions: Dimensions | None
    spans: Spans = (Span(), Span())
    note: FieldNote = FieldNote.NO_NOTE

    @property
    def is_whole(self) -> bool:
        """Whether values see the whole image along some axis: the square around is the image."""
        return None in self.spans

    @property
    def is_gate(self) -> bool:
        """Whether it is one value for the whole image, as squeeze-and-excitation makes."""
        return self.spans == WHOLE and self.dimensions is not None and not self.axes

    @property
    def axes(self) -> set[int]:
        return spatial_axes(self.dimensions or ())

    def field_px(self, image_px: int) -> tuple[int | None, FieldNote]:
        """Side of the square that a value sees, with what there is to say about it."""
        if self.is_whole:
            return image_px, FieldNote.WHOLE
        if self.note:
            return None, self.note
        return max(span.length for span in self.spans if span is not None), FieldNote.NO_NOTE

    def unknown(self, note: FieldNote, dimensions: Dimensions | None = None) -> Trace:
        """Return the trace after an operation without a rule; a whole image stays one."""
        return replace(self, dimensions=dimensions, note=self.note or note)

    def with_dimensions(self, dimensions: Dimensions | None) -> Trace:
        """Moved to other dimensions; places are counted anew where one factor is left of an axis.

        Without dimensions, nothing but elementwise operations can be followed.
        """
        if dimensions is None:
            return self.unknown(FieldNote.MOVED)
        spans = list(self.spans)
        for axis in AXES:
            found = [f for dimension in dimensions for f in dimension if f.axis == axis]
            span = spans[axis]
            if len(found) == 1 and found[0].stride != 1 and span is not None:
                spans[axis] = replace(span, jump=span.jump * found[0].stride)
                dimensions = tuple(
                    tuple(f._replace(stride=1) if f.axis == axis else f for f in dimension)
                    for dimension in dimensions
                )
        return replace(self, dimensions=dimensions, spans=(spans[0], spans[1]))

    def contracted(self, numbers: Sequence[int]) -> Trace:
        """After a sum over all of the dimensions `numbers`, which become plain and of size one."""
        if self.dimensions is None:
            return self.unknown(FieldNote.MOVED)
        kept = tuple(() if n in numbers else d for n, d in enumerate(self.dimensions))
        spans = list(self.spans)
        for factor in (f for n in numbers for f in spatial(self.dimensions[n])):
            if factor.axis == ALL:
                spans = [None, None]
                break
            span = spans[factor.axis]
            if factor.axis not in spatial_axes(kept):
                spans[factor.axis] = None
            elif span is not None:
                spans[factor.axis] = span.widened((factor.size - 1) * factor.stride)
        return replace(self, spans=(spans[0], spans[1])).with_dimensions(kept)

    def slid(
        self,
        number: int,
        kernel: int,
        stride: int,
        before: int,
        dilation: int,
        size: int,
        default_axis: int,
    ) -> Trace:
        """After a window slid along dimension `number`, which then has `size` places.

        Args:
            before: places of padding in front.
            default_axis: of a dimension of size one, which could be either.
        """
        if self.dimensions is None:
            return self.unknown(FieldNote.MOVED)
        dimension = self.dimensions[number]
        axis = default_axis if not dimension else dimension[0].axis
        moves = kernel > 1 or stride > 1 or before != 0 or size != size_of(dimension)
        if axis == NO_AXIS and len(dimension) == 1:
            return replace(self, dimensions=_put(self.dimensions, number, plain(size)))
        if not moves:
            return self
        if len(dimension) > 1 or axis == ALL or self._is_cut(axis, number):
            return self.unknown(FieldNote.WINDOWS)
        span = self.spans[axis]
        spans = list(self.spans)
        if span is not None:
            seen = span.widened((kernel - 1) * dilation, before)
            spans[axis] = replace(seen, jump=span.jump * stride)
        kept = _put(self.dimensions, number, along(axis, size))
        return replace(self, dimensions=kept, spans=(spans[0], spans[1]))

    def sliced(self, number: int, start: int, step: int, size: int) -> Trace:
        """After every `step`-th place of dimension `number` was taken, beginning with `start`."""
        if self.dimensions is None:
            return self.unknown(FieldNote.MOVED)
        dimension = self.dimensions[number]
        if not spatial(dimension):
            return self.with_dimensions(_put(self.dimensions, number, plain(size)))
        if len(dimension) > 1:
            return self.unknown(FieldNote.MOVED)
        axis, _, stride = dimension[0]
        if axis == ALL:
            return self.with_dimensions(
                _put(self.dimensions, number, (Factor(ALL, size),) if size > 1 else ())
            )
        span = self.spans[axis]
        spans = list(self.spans)
        if span is not None:
            spans[axis] = replace(span, start=span.start + start * stride * span.jump)
        taken = (Factor(axis, size, stride * step),) if size > 1 else ()
        moved = replace(self, spans=(spans[0], spans[1]))
        return moved.with_dimensions(_put(self.dimensions, number, taken))

    def united(self, other: Trace, shape: Sequence[int]) -> Trace:
        """Return the trace of an elementwise operation on both; the result is of `shape`."""
        if self.dimensions is None or other.dimensions is None:
            dimensions = None
        else:
            dimensions = together(self.dimensions, other.dimensions, shape)
        return self.seen_with(other, dimensions)

    def seen_with(self, other: Trace, dimensions: Dimensions | None) -> Trace:
        """Return the union of both traces, in the `dimensions` of the result."""
        spans: list[Span | None] = []
        note = self.note or other.note
        for one, two in zip(self.spans, other.spans, strict=True):
            both = None if one is None or two is None else one.united(two)
            if both is None and one is not None and two is not None:
                both, note = one, note or FieldNote.MOVED
            spans.append(both)
        if dimensions is None:
            note = note or FieldNote.MOVED
        return Trace(dimensions, (spans[0], spans[1]), note)

    def _is_cut(self, axis: int, number: int) -> bool:
        others = tuple(d for n, d in enumerate(self.dimensions or ()) if n != number)
        return axis in spatial_axes(others)


def _put(dimensions: Dimensions, number: int, dimension: Dimension) -> Dimensions:
    return tuple(dimension if n == number else old for n, old in enumerate(dimensions))


def image_trace(channels: int, side_px: int) -> Trace:
    """Return the trace of an image ``[1, channels, side_px, side_px]``: a value sees its pixel."""
    return Trace(((), plain(channels), *(along(axis, side_px) for axis in AXES)))


class Traces:
    """The traces of the tensors of one forward pass; those without one don't need the image."""

    def __init__(self) -> None:
        self._traces: Any = WeakIdKeyDictionary()

    def __getitem__(self, tensor: object) -> Trace | None:
        if not isinstance(tensor, torch.Tensor):
            return None
        trace: Trace | None = self._traces.get(tensor)
        return trace

    def __setitem__(self, tensor: torch.Tensor, trace: Trace) -> None:
        if trace.dimensions is not None and tuple(map(size_of, trace.dimensions)) != tensor.shape:
            trace = trace.unknown(FieldNote.UNTOLD)
        self._traces[tensor] = trace

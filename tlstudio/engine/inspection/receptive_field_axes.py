"""Which axis of a tensor runs along which axis of the image, through reshapes and transpositions.

A dimension is a product of factors, slowest first, as in einops: flattened tokens are rows times
columns, windows are the inner factors of both. Factors of size one are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

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

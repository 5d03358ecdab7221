"""Reads the sliding window of a convolution or pooling from the operation that ran.

A layer's attributes say what was asked for; "same" padding and kernels that are put together at run
time are only known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import torch

from tlstudio.core.networks.layer_table import Window


def window_of(operation: Any, arguments: Sequence[Any], padded: Sequence[int]) -> Window | None:
    """The window of a convolution or pooling; None for other operations.

    Args:
        operation: an overload of ``torch.ops``, as a dispatch mode gets it.
        arguments: its positional arguments.
        padded: what was padded around its input before, as `torch.nn.functional.pad` takes it.
    """
    packet = operation.overloadpacket
    if packet in _convolutions():
        return _convolution(arguments, padded)
    if packet in _poolings():
        return _pooling(arguments, padded)
    return None


@cache
def _convolutions() -> frozenset[Any]:
    aten = torch.ops.aten
    return frozenset({aten.convolution, aten._convolution})


@cache
def _poolings() -> frozenset[Any]:
    aten = torch.ops.aten
    return frozenset({aten.max_pool2d_with_indices, aten.max_pool2d, aten.avg_pool2d})


def _convolution(arguments: Sequence[Any], padded: Sequence[int]) -> Window:
    kernel = tuple(arguments[1].shape[2:])
    count = len(kernel)
    stride, padding, dilation = (_each(value, count) for value in arguments[3:6])
    return Window(kernel, stride, _with(padding, padded), dilation, int(arguments[8]))


def _pooling(arguments: Sequence[Any], padded: Sequence[int]) -> Window:
    kernel = _each(arguments[1], 2)
    stride = _each(arguments[2], 2) if len(arguments) > 2 and arguments[2] else kernel
    padding = _each(arguments[3] if len(arguments) > 3 else 0, 2)
    dilation: Any = arguments[4] if len(arguments) > 4 else 1
    return Window(
        kernel,
        stride,
        _with(padding, padded),
        _each(1 if isinstance(dilation, bool) else dilation, 2),  # averages have a flag there
    )


def _each(value: Any, count: int) -> tuple[int, ...]:
    values = [value] if isinstance(value, int) else list(value)
    return tuple(values * count if len(values) == 1 else values)


def _with(padding: Sequence[int], padded: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Before and after along each axis; `padded` lists the last axis first."""
    pairs = [(padded[n], padded[n + 1]) for n in range(0, len(padded), 2)][::-1]
    pairs = ([(0, 0)] * (len(padding) - len(pairs)) + pairs)[-len(padding) :]
    return tuple((p + before, p + after) for p, (before, after) in zip(padding, pairs, strict=True))

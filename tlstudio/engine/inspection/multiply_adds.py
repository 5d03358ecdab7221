"""Multiply-adds of torch's operations, by their shapes.

One multiply-add is one product that goes into a sum, as papers count them; torch's own
`FlopCounterMode` counts each as two. Only convolutions and matrix products have any: biases, norms,
activations and pooling are left out, as in the papers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any

import torch

Formula = Callable[[Sequence[Any], Any], int]  # of the arguments and the result


def multiply_adds(operation: Any, arguments: Sequence[Any], result: Any) -> int:
    """Count the multiply-adds of `operation`; 0 for operations without matrix products.

    Args:
        operation: an overload of ``torch.ops``, as a dispatch mode gets it.
        arguments: its positional arguments.
        result: what it returned.
    """
    formula = _formulas().get(operation.overloadpacket)
    return formula(arguments, result) if formula is not None else 0


@cache
def _formulas() -> dict[Any, Formula]:
    aten = torch.ops.aten
    table: dict[Formula, tuple[Any, ...]] = {
        _convolution: (
            *(aten.convolution, aten._convolution, aten.cudnn_convolution),
            *(aten.mkldnn_convolution, aten._slow_conv2d_forward),
            *(aten.convolution_overrideable, aten._conv_depthwise2d),
        ),
        _matrix_product: (aten.mm, aten.bmm, aten.mv, aten.dot),
        _sum_and_product: (
            *(aten.addmm, aten.baddbmm, aten.addbmm, aten.addmv),
            aten._addmm_activation,
        ),
        _attention: (
            aten._scaled_dot_product_flash_attention_for_cpu,
            *(aten._scaled_dot_product_flash_attention, aten._scaled_dot_product_cudnn_attention),
            *(aten._scaled_dot_product_efficient_attention, aten.scaled_dot_product_attention),
            aten._scaled_dot_product_fused_attention_overrideable,
            aten._scaled_dot_product_attention_math,
        ),
        _native_attention: (aten._native_multi_head_attention,),
        _encoder_layer: (aten._transformer_encoder_layer_fwd,),
        _linear: (aten.linear,),
        _recurrent: (aten.mkldnn_rnn_layer,),
    }
    return {packet: formula for formula, packets in table.items() for packet in packets}


def _convolution(arguments: Sequence[Any], result: Any) -> int:
    """Count a convolution: the whole kernel for each output place (input place if transposed)."""
    images, weight = arguments[0], arguments[1]
    is_transposed = len(arguments) > 6 and arguments[6] is True
    places = (images if is_transposed else result).shape[2:]
    return prod(places) * images.shape[0] * weight.numel()  # type: ignore[no-any-return]


def _matrix_product(arguments: Sequence[Any], result: Any) -> int:
    return result.numel() * arguments[0].shape[-1]  # type: ignore[no-any-return]


def _sum_and_product(arguments: Sequence[Any], result: Any) -> int:
    left, right = arguments[1], arguments[2]
    columns = right.shape[-1] if right.dim() > 1 else 1
    return left.numel() * columns  # type: ignore[no-any-return]


def _linear(arguments: Sequence[Any], result: Any) -> int:
    return arguments[0].numel() * arguments[1].shape[0]  # type: ignore[no-any-return]


def _attention(arguments: Sequence[Any], _result: Any) -> int:
    """Queries with keys, then the weights with the values; a mask saves nothing."""
    query, key, value = arguments[:3]
    return query.numel() * key.shape[-2] + _rows(query) * key.shape[-2] * value.shape[-1]  # type: ignore[no-any-return]


def _native_attention(arguments: Sequence[Any], _result: Any) -> int:
    """`nn.MultiheadAttention` in one operation, as in eval mode on a CPU or card."""
    query, key, value, width = arguments[:4]
    projections = (query.numel() + key.numel() + value.numel()) * width
    products = 2 * query.numel() * key.shape[1]
    return projections + products + query.numel() * width  # type: ignore[no-any-return]


def _encoder_layer(arguments: Sequence[Any], _result: Any) -> int:
    """Count `nn.TransformerEncoderLayer`, which runs as one operation."""
    tokens, width = arguments[0], arguments[1]
    hidden = arguments[14].shape[0]
    attention = _native_attention((tokens, tokens, tokens, width), None)
    return attention + 2 * _rows(tokens) * width * hidden  # type: ignore[no-any-return]


def _recurrent(arguments: Sequence[Any], _result: Any) -> int:
    """Count one direction of an LSTM: input and state times their weights at every step."""
    tokens, of_input, of_state = arguments[:3]
    return _rows(tokens) * (of_input.numel() + of_state.numel())  # type: ignore[no-any-return]


def _rows(tensor: torch.Tensor) -> int:
    return tensor.numel() // tensor.shape[-1]

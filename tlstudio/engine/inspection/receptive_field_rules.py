"""What torch's operations do to receptive fields: one rule for each kind of operation.

Left aside, on purpose: gates, one value for a whole channel that is multiplied onto a map, and the
statistics of group and layer norms. Strictly they make every value depend on the whole image.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch

from tlstudio.core.networks.layer_table import FieldNote
from tlstudio.engine.inspection import receptive_field_looks as looks
from tlstudio.engine.inspection import receptive_field_products as products
from tlstudio.engine.inspection import receptive_field_shapes as shapes
from tlstudio.engine.inspection.receptive_field import WHOLE, Trace
from tlstudio.engine.inspection.receptive_field_call import Call, elementwise, union

Rule = Callable[[Call], "Trace | Sequence[Trace]"]


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
        shapes.view: (
            *(aten.view, aten._unsafe_view, aten.reshape, aten._reshape_alias),
            *(aten.squeeze, aten.unsqueeze, aten.as_strided_),
        ),
        shapes.permuted: (aten.permute, aten.transpose, aten.t),
        shapes.broadcast: (aten.expand,),
        shapes.repeated: (aten.repeat,),
        shapes.taken: (aten.slice,),
        shapes.picked: (aten.select,),
        shapes.selected: (aten.index, aten.index_select),
        shapes.parts: (aten.split, aten.split_with_sizes, aten.unsafe_split),
        shapes.unbound: (aten.unbind,),
        shapes.concatenation: (aten.cat,),
        shapes.stack: (aten.stack,),
        looks.reduction: (aten.mean, aten.sum, aten.amax, aten.amin, aten.max, aten.min, aten.var),
        looks.norm_reduction: (aten.linalg_vector_norm,),
        looks.softmax: (aten._softmax, aten._safe_softmax, aten._log_softmax, aten.cumsum),
        looks.convolution: (aten.convolution, aten._convolution, aten.cudnn_convolution),
        looks.pooling: (
            *(aten.max_pool2d_with_indices, aten.max_pool2d, aten.mkldnn_max_pool2d),
            *(aten.avg_pool2d, aten.avg_pool3d),
        ),
        looks.adaptive_pooling: (aten._adaptive_avg_pool2d, aten.adaptive_max_pool2d),
        looks.padding: (aten.constant_pad_nd, aten.reflection_pad2d, aten.replication_pad2d),
        products.matrix_product: (aten.mm, aten.bmm),
        products.sum_and_product: (aten.addmm, aten.baddbmm, aten._addmm_activation),
        products.linear: (aten.linear,),
        products.attention: (
            *(aten._scaled_dot_product_flash_attention_for_cpu, aten.scaled_dot_product_attention),
            *(aten._scaled_dot_product_flash_attention, aten._scaled_dot_product_cudnn_attention),
            aten._scaled_dot_product_efficient_attention,
            aten._scaled_dot_product_attention_math,
        ),
        products.token_attention: (
            aten._native_multi_head_attention,
            aten._transformer_encoder_layer_fwd,
        ),
        products.recurrence: (aten.mkldnn_rnn_layer,),
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

"""Layer tables of the small networks, without an engine."""

from __future__ import annotations

from tests.gui.networks import small_tree
from tlstudio.core.networks.layer_table import FieldNote, LayerRecord, LayerTable, Window
from tlstudio.core.networks.layers import LayerNode, LayerTree


def small_table(
    model: str = "tf_efficientnet_lite0", num_classes: int = 1000, inputs: object = None
) -> LayerTable:
    """Of `small_tree`: a convolution takes 1000 multiply-adds a parameter, the head one.

    The receptive field of the head is the whole image; that of body.1 cannot be told.
    """
    return table_of(small_tree(model, num_classes))


def table_of(tree: LayerTree) -> LayerTable:
    return LayerTable(_record(tree.root), 32, 3)


def _record(node: LayerNode) -> LayerRecord:
    children = tuple(_record(child) for child in node.children)
    is_conv = node.kind == "Conv2d"
    cost = node.own_parameters * {"Conv2d": 1000, "Linear": 1, "Body": 2}.get(node.kind, 0)
    px: int | None = 40 if is_conv else 3
    note = FieldNote.NO_NOTE
    if node.is_head:
        px, note = 32, FieldNote.WHOLE
    elif node.path.startswith("body.1"):
        px, note = None, FieldNote.WINDOWS
    return LayerRecord(
        path=node.path,
        kind=node.kind,
        window=Window((3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), 4) if is_conv else None,
        output_shape=node.output_shape,
        own_parameters=node.own_parameters,
        parameters=node.parameters,
        own_multiply_adds=cost,
        multiply_adds=cost + sum(child.multiply_adds for child in children),
        receptive_field_px=px,
        field_note=note,
        calls=2 if node.path == "relu" else 1,
        children=children,
    )

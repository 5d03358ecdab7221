"""A small picture that belongs to `tests.gui.networks.small_tree`."""

from __future__ import annotations

from itertools import pairwise

from tlstudio.core.networks.blocks.graph import (
    INPUT,
    OUTPUT,
    BlockGraph,
    BlockKind,
    BlockNode,
    NetworkGraph,
    edges_of,
)

K = BlockKind
SHAPE = (8, 7, 7)


def chain(*nodes: BlockNode, skips: tuple[tuple[str, str], ...] = ()) -> BlockGraph:
    """Nodes one after the other, with other edges beside."""
    keys = [INPUT, *(node.key for node in nodes), OUTPUT]
    return BlockGraph(nodes, edges_of([*pairwise(keys), *skips]))


def small_graph(
    model: str = "tf_efficientnet_lite0", num_classes: int = 1000, *arguments: object
) -> NetworkGraph:
    """Image, stem, a stage of two residual blocks, head, scores."""
    blocks = []
    for number in range(2):
        name = f"body.{number}"
        conv = BlockNode(
            f"{name}.conv", f"{name}.conv", K.CONV, "3×3 conv, 8", "Conv2d", SHAPE, SHAPE, 100
        )
        norm = BlockNode(
            f"{name}.bn", f"{name}.bn", K.NORM, "batch norm", "BatchNorm2d", SHAPE, SHAPE, 16
        )
        add = BlockNode(f"{name}/add", "", K.ADD, "", "", SHAPE, SHAPE)
        inside = chain(conv, norm, add, skips=((INPUT, add.key),))
        blocks.append(BlockNode(name, name, K.RESIDUAL, "", "Block", SHAPE, SHAPE, 116, 0, inside))
    root = chain(
        BlockNode("<image>", "", K.IMAGE, out_shape=(3, 14, 14)),
        BlockNode("stem", "stem", K.CONV, "3×3 conv, 8, /2", "Conv2d", (3, 14, 14), SHAPE, 100),
        BlockNode("body", "body", K.STAGE, "", "Body", SHAPE, SHAPE, 232, 0, chain(*blocks)),
        BlockNode("head", "head", K.LINEAR, "linear, 8 → 4", "Linear", (8,), (num_classes,), 4000),
        BlockNode("<scores>", "", K.SCORES, out_shape=(num_classes,)),
    )
    return NetworkGraph(model, num_classes, (3, 14, 14), root)

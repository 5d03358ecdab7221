"""Networks in common rows, on small graphs."""

from __future__ import annotations

from tests.gui.graphs import chain
from tlstudio.core.networks.blocks.graph import BlockKind, BlockNode, NetworkGraph, PictureLevel
from tlstudio.core.networks.blocks.layout import layout_in_rows
from tlstudio.core.networks.blocks.side_by_side import SideBySide, side_by_side
from tlstudio.core.networks.layer_table import FieldNote, LayerRecord, LayerTable

K = BlockKind


def conv(key: str, channels: int, px: int) -> BlockNode:
    shape = (channels, px, px)
    return BlockNode(key, key, K.CONV, f"3×3 conv, {channels}", "Conv2d", out_shape=shape)


def stage(key: str, *parts: BlockNode) -> BlockNode:
    return BlockNode(key, key, K.STAGE, out_shape=parts[-1].out_shape, inside=chain(*parts))


def network(*nodes: BlockNode, px: int = 32) -> NetworkGraph:
    image = BlockNode("<image>", "", K.IMAGE, out_shape=(3, px, px))
    scores = BlockNode("<scores>", "", K.SCORES, out_shape=(10,))
    return NetworkGraph("some", 10, (3, px, px), chain(image, *nodes, scores))


def table(multiply_adds: int = 0) -> LayerTable:
    sums = (0, 7, 0, multiply_adds, None, FieldNote.NO_NOTE, 1)
    return LayerTable(LayerRecord("", "Net", None, (), *sums), 32, 3)


def beside(*graphs: NetworkGraph) -> SideBySide:
    return side_by_side(graphs, [table() for _ in graphs])


def keys(value: SideBySide) -> list[tuple[str | None, ...]]:
    """The keys of each row, without the number of the network."""
    return [
        tuple(n.key.partition(":")[2] if n is not None else None for n in row.nodes)
        for row in value.rows
    ]


POOL = BlockNode("pool", "pool", K.POOL, "2×2 max pool, /2", out_shape=(8, 16, 16))


def test_a_single_layer_stands_beside_the_stage_of_its_resolution() -> None:
    short = network(conv("a", 8, 32), POOL, conv("b", 16, 16))
    long = network(stage("s", conv("s.0", 8, 32), conv("s.1", 8, 32)), POOL, conv("b", 16, 16))
    value = beside(short, long)
    assert keys(value) == [
        ("<image>", "<image>"),
        ("a", "s"),
        ("pool", "pool"),
        ("b", "b"),
        ("<scores>", "<scores>"),
    ]
    assert value.rows[1].differs == (False, True)
    children = value.rows[1].children
    assert [row.differs for row in children] == [(False, False), (False, True)]
    assert value.differing == {"1:s", "1:s.1"}


def test_rows_keep_the_order_of_every_network() -> None:
    """What only one has gets a row of its own, at its place."""
    with_norm = network(conv("a", 8, 32), BlockNode("n", "n", K.NORM, "batch norm"), POOL)
    value = beside(network(conv("a", 8, 32), POOL), with_norm, network(POOL))
    assert keys(value)[1:-1] == [("a", "a", None), (None, "n", None), ("pool", "pool", "pool")]
    assert value.rows[1].differs == (False, False, True)
    assert value.rows[2].differs == (False, True, True)


def test_images_of_another_size_are_aligned_by_how_far_they_were_reduced() -> None:
    small = network(conv("a", 8, 32), POOL, conv("b", 8, 16))
    large = network(conv("a", 8, 64), conv("b", 8, 32), px=64)
    assert keys(beside(small, large))[1:-1] == [("a", "a"), ("pool", None), ("b", "b")]


def test_depth_is_that_of_the_longest_way_without_gates() -> None:
    gate = BlockNode(
        "se", "se", K.SQUEEZE_EXCITATION, inside=chain(conv("se.1", 2, 1), conv("se.2", 8, 1))
    )
    block = BlockNode(
        "block",
        "block",
        K.RESIDUAL,
        out_shape=(8, 32, 32),
        inside=chain(conv("c1", 8, 32), conv("c2", 8, 32), gate, BlockNode("add", "", K.ADD)),
        is_gated=True,
    )
    value = beside(network(block, BlockNode("fc", "fc", K.LINEAR)), network(conv("a", 8, 32)))
    assert (value.facts[0].depth, value.facts[0].layers) == (3, 5)
    assert (value.facts[1].depth, value.facts[1].layers) == (1, 1)


def test_rows_begin_at_one_height_and_columns_do_not_overlap() -> None:
    one = network(stage("s", *(conv(f"s.{n}", 8, 32) for n in range(5))), POOL, conv("b", 16, 16))
    other = network(conv("a", 8, 32), POOL, conv("b", 16, 16))
    value = beside(one, other)
    opened = value.whole.opened(PictureLevel.BLOCKS)
    layout = layout_in_rows(value, opened, lambda node, is_open: (100.0, 20.0))
    tops = {box.node.key: box.y for box in layout.boxes}
    for row in value.rows:
        assert len({tops[node.key] for node in row.nodes if node is not None}) == 1
    (_, right), (left, _) = layout.columns
    assert right < left
    for box in layout.boxes:
        start, end = layout.columns[int(box.node.key[0])]
        assert start <= box.x and box.right <= end
    ends = {box.node.key: box for box in layout.boxes}
    for route in layout.routes:  # a longer line joins what was moved apart
        if route.source in ends and route.target in ends and not route.is_exit:
            assert route.points[-1][1] == ends[route.target].y or ends[route.target].is_open
    long = next(r for r in layout.routes if (r.source, r.target) == ("1:a", "1:pool"))
    assert long.points[0][1] == ends["1:a"].bottom
    assert long.points[-1][1] == ends["1:pool"].y

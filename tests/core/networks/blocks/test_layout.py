"""Layouts: whatever the graph, boxes lie apart and lines end at their boxes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tlstudio.core.networks.blocks.graph import (
    INPUT,
    OUTPUT,
    SIGNS,
    BlockGraph,
    BlockKind,
    BlockNode,
    NetworkGraph,
    edges_of,
)
from tlstudio.core.networks.blocks.layout import BlockLayout, Box, block_layout

NEAR = 0.01
KINDS = (BlockKind.CONV, BlockKind.ADD, BlockKind.CONCAT, BlockKind.POOL, BlockKind.MULTIPLY)


def size_of(node: BlockNode, is_open: bool) -> tuple[float, float]:
    if is_open:
        return (160.0, 26.0)
    if node.kind in SIGNS:
        return (24.0, 24.0)
    return (100.0 + 7 * (len(node.key) % 5), 42.0)


def a_graph(rng: random.Random, name: str, depth: int) -> BlockGraph:
    """Any graph in which all nodes lie between the ends: chains, branches, skips and tangles."""
    count = rng.randint(1, 7)
    keys = [f"{name}.{number}" for number in range(count)]
    nodes = tuple(
        BlockNode(
            key,
            key,
            kind := rng.choice(KINDS),
            inside=a_graph(rng, key, depth - 1)
            if depth and kind is BlockKind.CONV and rng.random() < 0.5
            else None,
        )
        for key in keys
    )
    pairs: list[tuple[str, str]] = []
    for number, key in enumerate(keys):
        before = [INPUT, *keys[:number]]
        pairs += [
            (source, key)
            for source in rng.sample(before, min(len(before), rng.choice((1, 1, 2, 3))))
        ]
    used = {source for source, _ in pairs}
    pairs += [(key, OUTPUT) for key in keys if key not in used]
    if rng.random() < 0.3:
        pairs.append((INPUT, OUTPUT))
    rank = {key: number for number, key in enumerate((INPUT, *keys, OUTPUT))}
    return BlockGraph(nodes, edges_of(sorted(pairs, key=lambda p: (rank[p[0]], rank[p[1]]))))


def whole(graph: BlockGraph) -> NetworkGraph:
    """`graph` as the inside of the only block between an image and scores."""
    image = BlockNode("image", "", BlockKind.IMAGE)
    block = BlockNode("block", "block", BlockKind.GROUP, inside=graph)
    scores = BlockNode("scores", "", BlockKind.SCORES)
    keys = [INPUT, "image", "block", "scores", OUTPUT]
    edges = edges_of(list(pairwise(keys)))
    return NetworkGraph("any", 2, (3, 8, 8), BlockGraph((image, block, scores), edges))


def check(network: NetworkGraph, layout: BlockLayout) -> None:
    """No two boxes overlap, inner ones lie in their frames, lines begin and end at their boxes."""
    boxes = {box.node.key: box for box in layout.boxes}
    assert len(boxes) == len(layout.boxes)
    above = {key: {n.key for n in chain[:-1]} for key, chain in network.chains.items()}
    for one in layout.boxes:
        assert one.x >= 0 and one.right <= layout.width and one.bottom <= layout.height
        for other in layout.boxes:
            if other.node.key in above[one.node.key]:
                assert other.x <= one.x and one.right <= other.right
                assert other.y + other.header <= one.y + NEAR and one.bottom <= other.bottom
            elif one is not other and one.node.key not in above[other.node.key]:
                assert not _overlap(one, other), (one.node.key, other.node.key)
    for route in layout.routes:
        assert len(route.points) > 1
        assert _touches(boxes[route.source], route.points[0]) or route.is_arc
        assert _touches(boxes[route.target], route.points[-1]) or route.is_arc


def _overlap(one: Box, other: Box) -> bool:
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    return wide > NEAR and high > NEAR


def _touches(box: Box, point: tuple[float, float]) -> bool:
    """On the border of a box, or below the title bar of an open one."""
    x, y = point
    if not (box.x - NEAR <= x <= box.right + NEAR and box.y - NEAR <= y <= box.bottom + NEAR):
        return False
    edges = (x - box.x, box.right - x, y - box.y, box.bottom - y, y - box.y - box.header)
    return any(abs(edge) < NEAR for edge in edges)


@pytest.mark.parametrize("seed", range(150))
def test_no_boxes_overlap_and_lines_end_at_their_boxes(seed: int) -> None:
    rng = random.Random(seed)
    network = whole(a_graph(rng, "n", depth=2))
    every = [n.key for n in network.root.walk() if n.inside is not None]
    opened = frozenset(key for key in every if rng.random() < 0.8) | {"block"}
    check(network, block_layout(network, opened, size_of, rng.choice([(0, 0), (800, 600)])))


def test_a_long_network_is_broken_into_columns_that_suit_the_room() -> None:
    keys = [f"conv{number}" for number in range(40)]
    nodes = tuple(BlockNode(key, key, BlockKind.CONV) for key in keys)
    ends = [INPUT, *keys, OUTPUT]
    graph = BlockGraph(nodes, edges_of(list(pairwise(ends))))
    network = NetworkGraph("long", 2, (3, 8, 8), graph)
    columns = []
    for room in [(0.0, 0.0), (300.0, 2000.0), (800.0, 600.0), (3000.0, 300.0)]:
        layout = block_layout(network, frozenset(), size_of, room)
        check(network, layout)
        assert len(layout.routes) == 39
        columns.append(len({box.x + box.axis for box in layout.boxes}))
    assert columns[0] == 1
    assert columns[1] < columns[2] < columns[3]


def test_every_edge_of_a_dense_block_is_drawn() -> None:
    keys = [f"layer{number}" for number in range(8)]
    nodes = (
        *(BlockNode(k, k, BlockKind.CONV) for k in keys),
        BlockNode("cat", "", BlockKind.CONCAT),
    )
    order = [INPUT, *keys, "cat"]
    pairs = [(a, b) for n, b in enumerate(order) for a in order[:n]] + [("cat", OUTPUT)]
    network = whole(BlockGraph(nodes, edges_of(pairs)))
    layout = block_layout(network, frozenset({"block"}), size_of)
    check(network, layout)
    drawn = {(route.source, route.target) for route in layout.routes}
    renamed = {INPUT: "block", OUTPUT: "block"}
    assert {(renamed.get(a, a), renamed.get(b, b)) for a, b in pairs} <= drawn
    assert sum(route.is_arc for route in layout.routes) == len(pairs) - 10


def test_a_skip_runs_beside_the_layers_and_enters_the_sum_from_the_side() -> None:
    kinds = {"a": BlockKind.CONV, "b": BlockKind.CONV, "add": BlockKind.ADD}
    nodes = tuple(BlockNode(key, key, kind) for key, kind in kinds.items())
    pairs = [(INPUT, "a"), ("a", "b"), ("b", "add"), (INPUT, "add"), ("add", OUTPUT)]
    layout = block_layout(whole(BlockGraph(nodes, edges_of(pairs))), frozenset({"block"}), size_of)
    boxes = {box.node.key: box for box in layout.boxes}
    skip = next(r for r in layout.routes if (r.source, r.target) == ("block", "add"))
    assert skip.is_skip
    assert max(x for x, _ in skip.points) > boxes["a"].right
    assert skip.points[-1] == (boxes["add"].right, boxes["add"].y + boxes["add"].height / 2)


def test_branches_stand_side_by_side_on_one_bar() -> None:
    keys = ["a", "b", "c", "d"]
    nodes = (
        *(BlockNode(k, k, BlockKind.CONV) for k in keys),
        BlockNode("cat", "", BlockKind.CONCAT),
    )
    pairs = [(INPUT, k) for k in keys] + [(k, "cat") for k in keys] + [("cat", OUTPUT)]
    network = whole(BlockGraph(nodes, edges_of(pairs)))
    layout = block_layout(network, frozenset({"block"}), size_of)
    boxes = {box.node.key: box for box in layout.boxes}
    assert len({boxes[key].y for key in keys}) == 1
    for route in layout.routes:
        if route.target == "cat":
            assert len(route.points) == 2 and route.points[0][0] == route.points[1][0]
    check(network, layout)

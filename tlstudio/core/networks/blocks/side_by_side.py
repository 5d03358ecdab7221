"""Several networks side by side: their stages and layers in common rows, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from tlstudio.core.networks.blocks.graph import (
    BLOCKS,
    HOLDERS,
    INPUT,
    OUTPUT,
    BlockEdge,
    BlockGraph,
    BlockKind,
    BlockNode,
    NetworkGraph,
)
from tlstudio.core.networks.blocks.grouping import side
from tlstudio.core.networks.layer_table import LayerTable

LEAST, MOST = 2, 6  # networks in a set

_K = BlockKind
_WEIGHT_LAYERS = frozenset({_K.CONV, _K.DEPTHWISE_CONV, _K.LINEAR})
_HOLDS = HOLDERS | BLOCKS
_ROLES = {  # what stands in one row, though it is of another kind
    **dict.fromkeys((_K.CLASSIFIER, _K.LINEAR), "head"),
    **dict.fromkeys(_WEIGHT_LAYERS - {_K.LINEAR}, "features"),
    **dict.fromkeys(BLOCKS | {_K.STAGE, _K.GROUP}, "features"),
}
_KINDS = {_K.PLAIN: _K.RESIDUAL}  # the same layers with and without a shortcut
# How well two nodes go together in one row; what is 0 goes into two.
_EQUAL, _SAME_PLACE, _SAME_ROLE = 5, 4, 1
_SAME_KIND = 2

Score = Callable[[BlockNode, BlockNode], int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: in each network the node that stands there, or None.

    Attributes:
        differs: for each network whether its node is another one than that of the network on its
            left, or one of the two is missing.
        children: rows of what is inside of the nodes.
    """

    nodes: tuple[BlockNode | None, ...]
    differs: tuple[bool, ...]
    children: tuple[Row, ...] = ()

    def walk(self) -> Iterator[Row]:
        """The row and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """The sums of one network.

    Attributes:
        depth: convolutions and linear layers on the longest way from the image to the scores,
            gates of squeeze-and-excitation aside: the number that papers put behind a name.
        layers: all convolutions and linear layers.
    """

    model: str
    depth: int
    layers: int
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class SideBySide:
    """Networks side by side.

    Attributes:
        networks: their graphs; the keys of their nodes are unique among all of them.
        facts: of each.
        rows: their nodes from the image to the scores.
        multiply_adds: of the nodes, by key.
    """

    networks: tuple[NetworkGraph, ...]
    facts: tuple[NetworkFacts, ...]
    rows: tuple[Row, ...]
    multiply_adds: Mapping[str, int]

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(network.model for network in self.networks)

    @cached_property
    def whole(self) -> NetworkGraph:
        """All of them as one picture, without edges between them."""
        nodes = [node for network in self.networks for node in network.root.nodes]
        edges = [edge for network in self.networks for edge in network.root.edges]
        root = BlockGraph(tuple(nodes), tuple(edges))
        is_traced = all(network.is_traced for network in self.networks)
        return NetworkGraph("-".join(self.models), 0, (), root, is_traced)

    @cached_property
    def differing(self) -> frozenset[str]:
        """Keys of the nodes that differ from what stands on their left.

        Of a node that has nothing on its left it is told once, not for all that is inside of it.
        """
        found: set[str] = set()

        def visit(rows: Sequence[Row], column: int) -> None:
            for row in rows:
                node = row.nodes[column]
                if node is not None and row.differs[column]:
                    found.add(node.key)
                    if row.nodes[column - 1] is not None:
                        visit(row.children, column)

        for column in range(1, len(self.networks)):
            visit(self.rows, column)
        return frozenset(found)


def side_by_side(graphs: Sequence[NetworkGraph], tables: Sequence[LayerTable]) -> SideBySide:
    """Put networks side by side, given the picture and the layer table of each."""
    networks = tuple(_with_own_keys(graph, f"{n}:") for n, graph in enumerate(graphs))
    multiply_adds: dict[str, int] = {}
    facts = []
    for network, table in zip(networks, tables, strict=True):
        for node in network.root.nodes:
            _count(node, table, multiply_adds)
        facts.append(_facts(network, table))
    likeness = _Likeness(networks)
    rows = likeness.rows([network.root.nodes for network in networks], likeness.of_stages)
    return SideBySide(networks, tuple(facts), rows, multiply_adds)


def _with_own_keys(network: NetworkGraph, prefix: str) -> NetworkGraph:
    def renamed(graph: BlockGraph) -> BlockGraph:
        nodes = tuple(
            replace(
                node,
                key=prefix + node.key,
                inside=renamed(node.inside) if node.inside is not None else None,
            )
            for node in graph.nodes
        )
        ends = {INPUT: INPUT, OUTPUT: OUTPUT}
        edges = tuple(
            BlockEdge(
                ends.get(edge.source, prefix + edge.source),
                ends.get(edge.target, prefix + edge.target),
                edge.is_skip,
            )
            for edge in graph.edges
        )
        return BlockGraph(nodes, edges)

    return replace(network, root=renamed(network.root))


# -- sums ------------------------------------------------------------------------------------------


def _count(node: BlockNode, table: LayerTable, found: dict[str, int]) -> int:
    """Note the multiply-adds of `node` and of all inside it, by key, and return its own."""
    parts = node.inside.nodes if node.inside is not None else ()
    inside = sum(_count(part, table, found) for part in parts)
    record = table.by_path.get(node.path) if node.path else None
    found[node.key] = record.multiply_adds if record is not None else inside
    return found[node.key]


def _facts(network: NetworkGraph, table: LayerTable) -> NetworkFacts:
    layers = sum(n.inside is None and n.kind in _WEIGHT_LAYERS for n in network.root.walk())
    depth = _graph_depth(network.root)
    return NetworkFacts(network.model, depth, layers, table.parameters, table.multiply_adds)


def _graph_depth(graph: BlockGraph) -> int:
    """Weight layers on the longest way through a graph."""
    depth = {INPUT: 0}
    for node in graph.nodes:
        before = (depth[key] for key in graph.sources[node.key] if key in depth)
        depth[node.key] = max(before, default=0) + _depth(node)
    return max((depth[key] for key in graph.sources[OUTPUT] if key in depth), default=0)


def _depth(node: BlockNode) -> int:
    if node.kind is _K.SQUEEZE_EXCITATION:
        return 0
    if node.inside is not None:
        return _graph_depth(node.inside)
    return int(node.kind in _WEIGHT_LAYERS)


# -- rows ------------------------------------------------------------------------------------------


class _Likeness:
    """Which nodes of several networks belong into one row."""

    def __init__(self, networks: Sequence[NetworkGraph]) -> None:
        self._signs: dict[str, int] = {}
        self._reductions: dict[str, int] = {}
        for network in networks:
            whole = side(network.in_shape)
            for node in network.root.nodes:
                self._sign(node)
                self._reductions[node.key] = round(whole / max(side(node.out_shape), 1))

    def _sign(self, node: BlockNode) -> int:
        """A number that is equal for nodes that are made of the same layers."""
        parts = node.inside.nodes if node.inside is not None else ()
        sign = hash((node.kind, node.title, tuple(self._sign(part) for part in parts)))
        self._signs[node.key] = sign
        return sign

    def of_stages(self, one: BlockNode, other: BlockNode) -> int:
        """How alike two nodes at the top are: by their role and by how small images are there."""
        if _ROLES.get(one.kind, one.kind) != _ROLES.get(other.kind, other.kind):
            return 0
        is_there = self._reductions[one.key] == self._reductions[other.key]
        return (_SAME_PLACE if is_there else _SAME_ROLE) + self._is_equal(one, other)

    def of_parts(self, one: BlockNode, other: BlockNode) -> int:
        """How alike two nodes inside of others are."""
        if self._is_equal(one, other):
            return _EQUAL
        kinds = (_KINDS.get(node.kind, node.kind) for node in (one, other))
        return _SAME_KIND if len(set(kinds)) == 1 else 0

    def _is_equal(self, one: BlockNode, other: BlockNode) -> bool:
        return self._signs[one.key] == self._signs[other.key]

    def rows(self, columns: Sequence[Sequence[BlockNode]], score: Score) -> tuple[Row, ...]:
        """Put the nodes of each column into rows that keep the order of all of them."""
        rows: list[list[BlockNode | None]] = []
        for number, column in enumerate(columns):
            merged: list[list[BlockNode | None]] = []
            for row, node in _matched(rows, column, score):
                cells = list(row) if row is not None else [None] * number
                merged.append([*cells, node])
            rows = merged
        return tuple([self._row(tuple(row)) for row in rows])

    def _row(self, nodes: tuple[BlockNode | None, ...]) -> Row:
        differs = [False]
        for before, node in pairwise(nodes):
            if before is None or node is None:
                differs.append(before is not node)
            else:
                differs.append(not self._is_equal(before, node))
        is_shared = any(node is not None and node.kind in _HOLDS for node in nodes)
        columns = [_parts(node, is_shared) for node in nodes]
        children = self.rows(columns, self.of_parts) if any(columns) else ()
        return Row(nodes, tuple(differs), children)


def _parts(node: BlockNode | None, is_shared: bool) -> tuple[BlockNode, ...]:
    """What stands below `node`: a single layer itself, if the others in its row hold several."""
    if node is None:
        return ()
    if is_shared and node.kind not in _HOLDS:
        return (node,)
    return node.inside.nodes if node.inside is not None else ()


def _matched(
    rows: Sequence[Sequence[BlockNode | None]], column: Sequence[BlockNode], score: Score
) -> list[tuple[Sequence[BlockNode | None] | None, BlockNode | None]]:
    """Pair rows and nodes, both in their order, so that the sum of the scores is the largest."""
    scores = [
        [max((score(cell, node) for cell in row if cell is not None), default=0) for node in column]
        for row in rows
    ]
    height, width = len(rows), len(column)
    best = [[0] * (width + 1) for _ in range(height + 1)]  # of what is left from there on
    for y in range(height - 1, -1, -1):
        for x in range(width - 1, -1, -1):
            paired = best[y + 1][x + 1] + scores[y][x] if scores[y][x] else -1
            best[y][x] = max(paired, best[y + 1][x], best[y][x + 1])
    found: list[tuple[Sequence[BlockNode | None] | None, BlockNode | None]] = []
    y = x = 0
    while y < height or x < width:
        is_pair = y < height and x < width and scores[y][x] > 0
        if is_pair and best[y][x] == best[y + 1][x + 1] + scores[y][x]:
            found.append((rows[y], column[x]))
            y, x = y + 1, x + 1
        elif y < height and (x == width or best[y][x] == best[y + 1][x]):
            found.append((rows[y], None))
            y += 1
        else:
            found.append((None, column[x]))
            x += 1
    return found

"""The geometry of a picture: positions of its boxes and routes of its lines, top to bottom.

A graph is taken apart at the nodes that everything flows through. Between two of them lie branches,
which stand side by side, each taken apart in the same way; what no such node divides (a dense
block, say) stands in one column with arcs beside it. So boxes never overlap, by construction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from tlstudio.core.networks.blocks.columns import between_ends, in_columns, in_even_columns
from tlstudio.core.networks.blocks.diagram import (
    GAP,
    Box,
    Canvas,
    Diagram,
    Route,
    SizeOf,
    attach_left,
    column_with_arcs,
    frame_around,
    hstack,
    straightened,
    vstack,
)
from tlstudio.core.networks.blocks.graph import INPUT, OUTPUT, BlockGraph, BlockKind, NetworkGraph
from tlstudio.core.networks.blocks.side_by_side import SideBySide

__all__ = ["BlockLayout", "Box", "Route", "SizeOf", "block_layout", "layout_in_rows"]

MARGIN = 24.0
ASPECT = 1.6  # a frame of several columns is at most about so much wider than high
TALL = 1500.0  # a frame higher than this with
LONG = 4  # parts or more in a line is broken into columns
BETWEEN = 28.0  # between two networks that stand side by side


@dataclass(frozen=True)
class BlockLayout:
    """A picture of `width` by `height` pixels; boxes in drawing order, outer ones first.

    Attributes:
        columns: left and right edge of each network, where several stand side by side.
        lines: heights between their common rows.
    """

    width: float
    height: float
    boxes: tuple[Box, ...]
    routes: tuple[Route, ...]
    columns: tuple[tuple[float, float], ...] = ()
    lines: tuple[float, ...] = ()


def block_layout(
    network: NetworkGraph,
    opened: frozenset[str],
    size_of: SizeOf,
    room: tuple[float, float] = (0.0, 0.0),
) -> BlockLayout:
    """Lay out `network`.

    Args:
        network: what to draw.
        opened: keys of the nodes whose inside is shown.
        size_of: width and height of a closed node, and of the title bar of an open one.
        room: width and height that the picture should fit well; the main line is broken into
            columns for it. Zeros keep it in one.
    """
    diagram = _Layout(opened, size_of).whole(network.root, room)
    boxes, routes = _drawn(diagram, MARGIN, MARGIN)
    width, height = diagram.width + 2 * MARGIN, diagram.height + 2 * MARGIN
    return BlockLayout(width, height, tuple(boxes), tuple(routes))


def layout_in_rows(value: SideBySide, opened: frozenset[str], size_of: SizeOf) -> BlockLayout:
    """Lay out networks side by side: what belongs together begins at one height.

    Args:
        opened: keys of the nodes whose inside is shown.
        size_of: width and height of a closed node, and of the title bar of an open one.
    """
    layout = _Layout(opened, size_of, tall=math.inf)  # no stage is broken, or each in its own way
    columns = [layout.trunk(network.root) for network in value.networks]
    row_of = {n.key: y for y, row in enumerate(value.rows) for n in row.nodes if n is not None}
    waiting = [0] * len(columns)  # number of the next part of each column
    bottoms = [0.0] * len(columns)  # of the part before it
    canvases = [Canvas() for _ in columns]
    axes = [max(part.axis for part in (*c.nodes, *c.links)) for c in columns]
    lines: list[float] = []
    low = MARGIN
    for y in range(len(value.rows)):
        here = [
            x
            for x, column in enumerate(columns)
            if waiting[x] < len(column.keys) and row_of[column.keys[waiting[x]]] == y
        ]
        if not here:
            continue
        top = max(low, *(bottoms[x] + columns[x].link_height(waiting[x]) for x in here))
        lines.append((top + low - GAP) / 2)
        for x in here:
            columns[x].place(canvases[x], waiting[x], bottoms[x], top, axes[x])
            bottoms[x] = top + columns[x].nodes[waiting[x]].height
            waiting[x] += 1
        low = max(low, *(bottoms[x] + GAP for x in here))
    boxes: list[Box] = []
    routes: list[Route] = []
    edges: list[tuple[float, float]] = []
    left = MARGIN
    for column, canvas, axis in zip(columns, canvases, axes, strict=True):
        width = axis + max(part.width - part.axis for part in (*column.nodes, *column.links))
        found = _drawn(canvas.diagram(width, low, axis, 0), left, 0.0)
        boxes += found[0]
        routes += found[1]
        edges.append((left, left + width))
        left += width + BETWEEN
    size = left - BETWEEN + MARGIN, low - GAP + MARGIN
    return BlockLayout(*size, tuple(boxes), tuple(routes), tuple(edges), tuple(lines[1:]))


def _drawn(diagram: Diagram, x: float, y: float) -> tuple[list[Box], list[Route]]:
    """The boxes and lines of a picture at a place; no line comes out of scores."""
    boxes, routes = diagram.everything(x, y)
    ends = {box.node.key for box in boxes if box.node.kind is BlockKind.SCORES}
    return boxes, [route for route in routes if route.source not in ends]


@dataclass(frozen=True, slots=True)
class _Trunk:
    """The main line of a network: the nodes on it, and what is between each and the next."""

    keys: list[str]
    nodes: list[Diagram]
    links: list[Diagram]

    def link_height(self, number: int) -> float:
        """How far the node of this number is below the one before it, at least."""
        return self.links[number - 1].height if number else 0.0

    def place(self, canvas: Canvas, number: int, bottom: float, top: float, axis: float) -> None:
        """Put a node at height `top`, joined to the one before it, which ends at `bottom`."""
        node = self.nodes[number]
        if number:
            link = self.links[number - 1]
            start = top - link.height  # lines reach up from there to the node before
            longer = Diagram(
                link.width,
                link.height,
                link.axis,
                link.boxes,
                tuple(self._from(route, number, bottom - start) for route in link.routes),
                link.insides,
            )
            canvas.add(longer, axis - link.axis, start)
        canvas.add(node, axis - node.axis, top)

    def _from(self, route: Route, number: int, y: float) -> Route:
        if route.source != self.keys[number - 1] or route.is_arc:
            return route
        points = [(route.points[0][0], y), *route.points]
        return replace(route, points=straightened(points))


class _Layout:
    def __init__(self, opened: frozenset[str], size_of: SizeOf, tall: float = TALL) -> None:
        self._opened = opened
        self._size_of = size_of
        self._tall = tall

    def whole(self, graph: BlockGraph, room: tuple[float, float]) -> Diagram:
        """The top graph: no frame, no lines to its ends."""
        keys = _flowing(graph)
        cuts = _cuts(graph, INPUT, OUTPUT, keys)
        return in_columns(cuts, *self._line(graph, cuts, keys, 0), room)

    def trunk(self, graph: BlockGraph) -> _Trunk:
        """The parts of the top graph, to be put together elsewhere."""
        keys = _flowing(graph)
        cuts = _cuts(graph, INPUT, OUTPUT, keys)
        return _Trunk(cuts, *self._line(graph, cuts, keys, 0))

    def _line(
        self, graph: BlockGraph, cuts: list[str], keys: list[str], depth: int
    ) -> tuple[list[Diagram], list[Diagram]]:
        """The nodes on the main line, and what is between them."""
        links = [self._link(graph, a, b, rest, depth) for a, b, rest in _gaps(cuts, keys)]
        widths = [0.0, *(link.joint_width for link in links)]
        nodes = [self._node(graph, k, depth, w) for k, w in zip(cuts, widths, strict=True)]
        return nodes, links

    def _node(self, graph: BlockGraph, key: str, depth: int, least: float = 0.0) -> Diagram:
        """A node, closed or open, with the learned values that come in at its left."""
        node = graph.by_key[key]
        width, height = self._size_of(node, key in self._opened)
        width = max(width, least)
        if node.inside is None or key not in self._opened:
            diagram = Diagram.of_box(node, width, height, depth)
        else:
            content = self._inside(node.inside, depth + 1)
            diagram = frame_around(node, content, (width, height), depth)
        for source in graph.sources[key]:
            if source != INPUT and not graph.sources[source]:
                values = graph.by_key[source]
                box = Diagram.of_box(values, *self._size_of(values, False), depth)
                diagram = attach_left(source, key, box, diagram)
        return diagram

    def _inside(self, graph: BlockGraph, depth: int) -> Diagram:
        """Lay out the inside of a frame; a long line is broken into columns."""
        keys = _flowing(graph)
        cuts = _cuts(graph, INPUT, OUTPUT, keys)
        if len(cuts) < LONG or [keys[0], keys[-1]] != [cuts[0], cuts[-1]]:
            return self._series(graph, INPUT, OUTPUT, keys, depth)
        nodes, links = self._line(graph, cuts, keys, depth)
        height = sum(diagram.height for diagram in (*nodes, *links))
        if height <= self._tall:
            rows = [Diagram.of_line(INPUT, cuts[0]), nodes[0]]
            for link, node in zip(links, nodes[1:], strict=True):
                rows += [link, node]
            return vstack([*rows, Diagram.of_line(cuts[-1], OUTPUT)])
        most = math.ceil(math.sqrt(ASPECT * height / max(diagram.width for diagram in nodes)))
        count = min(math.ceil(height / self._tall), most)
        return between_ends(cuts, in_even_columns(cuts, nodes, links, count))

    def _series(
        self, graph: BlockGraph, start: str, end: str, keys: list[str], depth: int
    ) -> Diagram:
        """Lay out a series of nodes between two others, lines to both included."""
        cuts = _cuts(graph, start, end, keys)
        rows: list[Diagram] = []
        for one, other, rest in _gaps([start, *cuts, end], keys):
            rows.append(self._link(graph, one, other, rest, depth))
            if other != end:
                rows.append(self._node(graph, other, depth, rows[-1].joint_width))
        return vstack(rows)

    def _link(
        self, graph: BlockGraph, one: str, other: str, keys: list[str], depth: int
    ) -> Diagram:
        """The lines, and the branches if there are any, between two nodes."""
        is_direct = one in graph.sources[other]
        if not keys:
            return Diagram.of_line(one, other)
        parts = _parts(graph, keys)
        target = None if other == OUTPUT else graph.by_key[other]
        size = self._size_of(target, False) if target is not None else (0.0, 0.0)
        if len(parts) == 1 and not _cuts(graph, one, other, keys):
            diagrams = [self._node(graph, key, depth) for key in keys]
            edges = _edges_within(graph, one, other, keys)
            return column_with_arcs(one, other, keys, diagrams, edges, size)
        branches = []
        for part in parts:
            cuts = _cuts(graph, one, other, part)
            if cuts:
                branches.append(self._series(graph, one, other, part, depth))
            else:
                diagrams = [self._node(graph, key, depth) for key in part]
                edges = [e for e in _edges_within(graph, one, other, part) if e != (one, other)]
                branches.append(column_with_arcs(one, other, part, diagrams, edges, (0.0, 0.0)))
        if is_direct and all(graph.by_key[part[-1]].kind is BlockKind.SCORES for part in parts):
            # auxiliary classifiers stand beside the main line, which runs straight on
            most = max(branch.weight for branch in branches)
            line = replace(Diagram.of_line(one, other), weight=most + 1)
            return hstack(one, other, [line, *branches], False, target, size)
        return hstack(one, other, branches, is_direct, target, size)


def _flowing(graph: BlockGraph) -> list[str]:
    """Keys of the nodes that the image flows through, in order; learned values stand beside."""
    return [node.key for node in graph.nodes if graph.sources[node.key]]


def _cuts(graph: BlockGraph, start: str, end: str, keys: list[str]) -> list[str]:
    """Return those of `keys` (in order of execution) that every path from `start` to `end` passes.

    A direct edge between the two does not count.
    """
    place = {start: 0, end: len(keys) + 1}
    place |= {key: number for number, key in enumerate(keys, start=1)}
    bridged = [0] * (len(keys) + 2)  # how many edges pass over a place
    for key in (*keys, end):
        for source in graph.sources[key]:
            if source not in place or (source, key) == (start, end):
                continue
            if place[key] - place[source] > 1:
                bridged[place[source] + 1] += 1
                bridged[place[key]] -= 1
    result, over = [], 0
    for number, key in enumerate(keys, start=1):
        over += bridged[number]
        if not over:
            result.append(key)
    return result


def _gaps(cuts: list[str], keys: list[str]) -> list[tuple[str, str, list[str]]]:
    """Return the nodes of `keys` between each pair of neighbours in `cuts`."""
    place = {key: number for number, key in enumerate(keys)}
    result = []
    for one, other in pairwise(cuts):
        first = place[one] + 1 if one in place else 0
        last = place[other] if other in place else len(keys)
        result.append((one, other, keys[first:last]))
    return result


def _parts(graph: BlockGraph, keys: list[str]) -> list[list[str]]:
    """Groups of nodes that edges connect, in order of execution."""
    group = {key: number for number, key in enumerate(keys)}

    def root(key: str) -> int:
        number = group[key]
        while group[keys[number]] != number:
            number = group[keys[number]]
        group[key] = number
        return number

    for key in keys:
        for source in graph.sources[key]:
            if source in group:
                one, other = root(source), root(key)
                group[keys[max(one, other)]] = min(one, other)
    found: dict[int, list[str]] = {}
    for key in keys:
        found.setdefault(root(key), []).append(key)
    return list(found.values())


def _edges_within(
    graph: BlockGraph, start: str, end: str, keys: list[str]
) -> list[tuple[str, str]]:
    known = {start, *keys}
    return [
        (source, key) for key in (*keys, end) for source in graph.sources[key] if source in known
    ]

"""Pieces of a picture and the few ways to put them together: on top of each other, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tlstudio.core.block_graph import INPUT, OUTPUT, SIGNS, BlockNode

GAP = 26.0  # between two boxes on top of each other
END_GAP = 16.0  # between a frame and what is in it
HEADER = 26.0  # the title bar of an open node
PAD = 14.0
BRANCH_GAP = 18.0
LANE = 12.0  # a line that passes by
GUTTER = 44.0  # between columns
ARC_STEP = 11.0
ARC_MOST = 150.0
MOST_COLUMNS = 8

Point = tuple[float, float]
SizeOf = Callable[[BlockNode, bool], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place.

    Attributes:
        header: height of the title bar of an open node; 0 for a closed one.
        depth: how many open nodes it lies in.
        axis: where lines come in at the top and go out at the bottom, from the left edge.
    """

    node: BlockNode
    x: float
    y: float
    width: float
    height: float
    header: float
    depth: int
    axis: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Route:
    """A line from one box to another.

    Attributes:
        points: its corners; of an arc, the four control points of a cubic curve.
        is_skip: it passes other boxes by.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    is_skip: bool = False
    is_arc: bool = False

    def moved(self, dx: float, dy: float) -> Route:
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


@dataclass(frozen=True, slots=True)
class Piece:
    """Boxes and lines in a rectangle; the main line enters and leaves it at x = `axis`."""

    width: float
    height: float
    axis: float
    boxes: tuple[Box, ...] = ()
    routes: tuple[Route, ...] = ()
    weight: int = 0  # boxes on the main line; the heaviest branch stays on the axis

    @classmethod
    def of_box(cls, node: BlockNode, width: float, height: float, depth: int) -> Piece:
        box = Box(node, 0.0, 0.0, width, height, 0.0, depth, width / 2)
        return cls(width, height, width / 2, (box,), (), 1)

    @classmethod
    def of_line(cls, source: str, target: str) -> Piece:
        height = END_GAP if source == INPUT or target == OUTPUT else GAP
        points = ((0.0, 0.0), (0.0, height))
        return cls(0.0, height, 0.0, (), (Route(source, target, points),), 0)

    def moved(self, dx: float, dy: float) -> Piece:
        boxes = tuple(replace(box, x=box.x + dx, y=box.y + dy) for box in self.boxes)
        routes = tuple(route.moved(dx, dy) for route in self.routes)
        return replace(self, boxes=boxes, routes=routes)


def stacked(rows: Sequence[Piece]) -> Piece:
    """One below the other, axes in line."""
    left = max((row.axis for row in rows), default=0.0)
    right = max((row.width - row.axis for row in rows), default=0.0)
    boxes: list[Box] = []
    routes: list[Route] = []
    y = 0.0
    for row in rows:
        moved = row.moved(left - row.axis, y)
        boxes += moved.boxes
        routes += moved.routes
        y += row.height
    weight = sum(row.weight for row in rows)
    return Piece(left + right, y, left, tuple(boxes), tuple(routes), weight)


def at_left(source: str, target: str, values: Piece, piece: Piece) -> Piece:
    """A box of learned values at the left of the box that takes them, which comes first."""
    shift = values.width + BRANCH_GAP
    middle = min(piece.boxes[0].height / 2, values.height)
    top = max(0.0, middle - values.height / 2)
    y = max(middle, values.height / 2)
    line = Route(source, target, ((values.width, y), (shift + piece.boxes[0].x, y)))
    own, rest = values.moved(0.0, top), piece.moved(shift, 0.0)
    height = max(piece.height, top + values.height)
    boxes, routes = rest.boxes + own.boxes, (*rest.routes, line)
    return Piece(rest.width + shift, height, piece.axis + shift, boxes, routes, piece.weight)


def framed(node: BlockNode, content: Piece, header_width: float, depth: int) -> Piece:
    """An open node around its content, below its title bar."""
    width = max(content.width + 2 * PAD, header_width)
    shift = (width - content.width) / 2
    height = HEADER + content.height
    inner = content.moved(shift, HEADER)
    axis = content.axis + shift
    frame = Box(node, 0.0, 0.0, width, height, HEADER, depth, axis)
    return Piece(width, height, axis, (frame, *inner.boxes), inner.routes, max(1, content.weight))


def beside(
    source: str,
    target: str,
    branches: Sequence[Piece],
    is_direct: bool,
    joint: BlockNode | None,
    joint_size: tuple[float, float],
) -> Piece:
    """Branches between two nodes, side by side; a direct line passes them at the right.

    Args:
        source, target: keys of the two nodes, which stand above and below.
        branches: with lines from (axis, 0) to (axis, height).
        is_direct: whether a line leads from the one to the other directly, too.
        joint: the node below; None if it is the end of a graph.
        joint_size: its width and height; it will stand right below, on the axis.
    """
    is_sign = joint is not None and joint.kind in SIGNS
    order = list(branches)
    if is_sign or is_direct or len(order) < 3:  # one main line and what goes beside it
        order.sort(key=lambda piece: -piece.weight)
    fan = 0.0 if len(order) == 1 and not is_direct else GAP / 2
    height = max(piece.height for piece in order) + 2 * fan
    x, placed = 0.0, []
    for piece in order:
        placed.append((piece, x))
        x += piece.width + BRANCH_GAP
    lane = x
    width = lane + LANE if is_direct else x - BRANCH_GAP
    symmetric = not (is_sign or is_direct or len(order) < 3)
    axis = width / 2 if symmetric else order[0].axis
    boxes: list[Box] = []
    routes: list[Route] = []
    side_y = height + joint_size[1] / 2
    for number, (piece, left) in enumerate(placed):
        # branches that are put side by side end together, as the papers draw them
        spare = height - 2 * fan - piece.height
        top = fan + (spare if symmetric else spare / 2)
        moved = piece.moved(left, top)
        boxes += moved.boxes
        middle = left + piece.axis
        is_main = number == 0 and not symmetric
        for route in moved.routes:
            points = list(route.points)
            if route.source == source:
                points = [(axis, 0.0), (axis, fan / 2), (middle, fan / 2), *points]
            if route.target == target and is_sign and not is_main:
                edge = axis + joint_size[0] / 2
                points = [*points, (middle, side_y), (edge, side_y)]
            elif route.target == target:
                turn = height - fan / 2
                points = [*points, (middle, turn), (axis, turn), (axis, height)]
            skips = route.is_skip or (not piece.boxes and bool(boxes))
            routes.append(replace(route, points=straightened(points), is_skip=skips))
    if is_direct:
        points = [(axis, 0.0), (axis, fan / 2), (lane, fan / 2)]
        if is_sign:
            points += [(lane, side_y), (axis + joint_size[0] / 2, side_y)]
        else:
            turn = height - fan / 2
            points += [(lane, turn), (axis, turn), (axis, height)]
        routes.append(Route(source, target, straightened(points), is_skip=True))
    weight = max(piece.weight for piece in order)
    return Piece(width, height, axis, tuple(boxes), tuple(routes), weight)


def tangled(
    source: str,
    target: str,
    keys: Sequence[str],
    pieces: Sequence[Piece],
    edges: Sequence[tuple[str, str]],
    joint_size: tuple[float, float],
) -> Piece:
    """Nodes in one column in order of execution; lines to others than the next one are arcs.

    Args:
        joint_size: of the node `target`, which will stand right below on the axis; zeros if its
            sides can't be reached.
    """
    rows: list[Piece] = []
    order = [source, *keys, target]
    place = {key: number for number, key in enumerate(order)}
    straight = {(a, b) for a, b in zip(order, order[1:], strict=False)} & set(edges)
    tops: list[float] = []
    y = 0.0
    for number, piece in enumerate(pieces):
        pair = (order[number], order[number + 1])
        link = Piece.of_line(*pair)
        rows.append(link if pair in straight else replace(link, routes=()))
        rows.append(piece)
        tops.append(y + link.height)
        y += link.height + piece.height
    last = Piece.of_line(order[-2], target)
    rows.append(last if (order[-2], target) in straight else replace(last, routes=()))
    column = stacked(rows)
    first_y, end_y = END_GAP / 2, column.height
    routes = list(column.routes)
    widest = 0.0
    edge_of = [column.axis + (p.width - p.axis) for p in pieces]
    side = max(edge_of, default=0.0)
    for one, other in edges:
        if (one, other) in straight:
            continue
        a, b = place[one], place[other]
        if a == 0:
            start = (column.axis, first_y)
        else:
            start = (edge_of[a - 1], tops[a - 1] + 0.62 * pieces[a - 1].height)
        if b == len(order) - 1:
            end = (column.axis, end_y)
            if joint_size[1]:
                end = (column.axis + joint_size[0] / 2, end_y + joint_size[1] / 2)
        else:
            end = (edge_of[b - 1], tops[b - 1] + 0.38 * pieces[b - 1].height)
        reach = min(ARC_MOST, 6.0 + ARC_STEP * (b - a))
        bend = side + reach
        widest = max(widest, 0.76 * reach + 4.0)
        points = (start, (bend, start[1]), (bend, end[1]), end)
        routes.append(Route(one, other, points, is_skip=True, is_arc=True))
    width = max(column.width, side + widest)
    return Piece(width, column.height, column.axis, column.boxes, tuple(routes), len(keys))


def in_columns(
    keys: Sequence[str], nodes: Sequence[Piece], links: Sequence[Piece], room: tuple[float, float]
) -> Piece:
    """The main line of a network, broken into as many columns as fill `room` best.

    Args:
        keys: of the nodes.
        nodes: on the main line.
        links: between them, one less; it is broken only where they are single lines.
    """
    best, best_scale = _columns([(0, len(nodes))], keys, nodes, links), 0.0
    if min(room) <= 0:
        return best
    for count in range(1, MOST_COLUMNS + 1):
        ranges = _ranges(nodes, links, count)
        if len(ranges) < count:
            break
        piece = _columns(ranges, keys, nodes, links)
        scale = min(1.0, room[0] / piece.width, room[1] / piece.height)
        if scale > 1.04 * best_scale:
            best, best_scale = piece, scale
    return best


def _ranges(
    nodes: Sequence[Piece], links: Sequence[Piece], count: int
) -> list[tuple[int, int]]:
    """Numbers of the first node and the one after the last of `count` columns, as equally high as
    can be."""
    heights = [n.height + (links[i].height if i < len(links) else 0) for i, n in enumerate(nodes)]
    low, high = max(heights, default=0.0), sum(heights)
    best: list[tuple[int, int]] = []
    for _ in range(24):
        most = (low + high) / 2
        ranges = _filled(heights, links, most)
        if len(ranges) <= count:
            best, high = ranges, most
        else:
            low = most
    return best or [(0, len(nodes))]


def _filled(
    heights: Sequence[float], links: Sequence[Piece], most: float
) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    first, breakable, height, since = 0, 0, 0.0, 0.0
    for number, add in enumerate(heights):
        if number > first and not links[number - 1].boxes and len(links[number - 1].routes) == 1:
            breakable, since = number, 0.0
        if height + add > most and breakable > first:
            ranges.append((first, breakable))
            first, height = breakable, since
        height += add
        since += add
    return [*ranges, (first, len(heights))]


def _columns(
    ranges: Sequence[tuple[int, int]],
    keys: Sequence[str],
    nodes: Sequence[Piece],
    links: Sequence[Piece],
) -> Piece:
    columns = []
    for first, end in ranges:
        rows = [nodes[first]]
        for number in range(first + 1, end):
            rows += [links[number - 1], nodes[number]]
        columns.append(stacked(rows))
    boxes: list[Box] = []
    routes: list[Route] = []
    top = GAP / 2 if len(columns) > 1 else 0.0
    x, bottom = 0.0, 0.0
    before: tuple[float, float] | None = None
    for number, column in enumerate(columns):
        moved = column.moved(x, top)
        boxes += moved.boxes
        routes += moved.routes
        axis = x + column.axis
        if before is not None:
            gutter = x - GUTTER / 2
            low = before[1] + GAP / 2
            points = [before, (before[0], low), (gutter, low), (gutter, 0.0), (axis, 0.0)]
            key = ranges[number][0]
            line = straightened([*points, (axis, top)])
            routes.append(Route(keys[key - 1], keys[key], line))
        before = (axis, top + column.height)
        bottom = max(bottom, top + column.height + top)
        x += column.width + GUTTER
    return Piece(x - GUTTER, bottom, columns[0].axis, tuple(boxes), tuple(routes))


def straightened(points: Sequence[Point]) -> tuple[Point, ...]:
    """The corners of a line, without repeated ones and those on a straight way."""
    result: list[Point] = []
    for point in points:
        if result and point == result[-1]:
            continue
        if len(result) > 1 and (
            result[-2][0] == result[-1][0] == point[0] or result[-2][1] == result[-1][1] == point[1]
        ):
            result.pop()
        result.append(point)
    return tuple(result)

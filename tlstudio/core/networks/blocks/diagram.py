"""Pieces of a picture and the few ways to put them together: on top of each other, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tlstudio.core.networks.blocks.graph import INPUT, OUTPUT, SIGNS, BlockKind, BlockNode

GAP = 26.0  # between two boxes on top of each other
END_GAP = 16.0  # between a frame and what is in it
PAD = 14.0
BRANCH_GAP = 18.0
LANE = 12.0  # a line that passes by
BAR_END = 48.0  # how much wider a bar is than the lines that meet it
ARC_STEP = 13.0
ARC_BEND = 0.82  # wider arcs lie a little closer together
STUB = 4.0  # an arc begins beyond the widest box

Point = tuple[float, float]
SizeOf = Callable[[BlockNode, bool], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Box:
    """A node in its place.

    Attributes:
        is_open: whether it is a frame around what is inside of the node.
        header: height of the title bar of an open node.
        depth: how many open nodes it lies in.
        axis: where lines come in at the top and go out at the bottom, from the left edge.
    """

    node: BlockNode
    x: float
    y: float
    width: float
    height: float
    depth: int
    axis: float
    is_open: bool = False
    header: float = 0.0

    def moved(self, dx: float, dy: float) -> Box:
        size = self.width, self.height, self.depth, self.axis, self.is_open, self.header
        return Box(self.node, self.x + dx, self.y + dy, *size)

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
        points: its corners; of an arc, the first and the last are joined by straight lines to a
            cubic curve with the others as its control points.
        is_skip: it passes other boxes by.
        is_exit: it leads out of the frame `target` that `source` lies in.
    """

    source: str
    target: str
    points: tuple[Point, ...]
    is_skip: bool = False
    is_arc: bool = False
    is_exit: bool = False

    def moved(self, dx: float, dy: float) -> Route:
        points = tuple([(x + dx, y + dy) for x, y in self.points])
        kinds = self.is_skip, self.is_arc, self.is_exit
        return Route(self.source, self.target, points, *kinds)  # much faster than `replace`


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes and lines in a rectangle; the main line enters and leaves it at x = `axis`.

    Attributes:
        boxes, routes: of one graph.
        insides: of its open boxes, each with the place of its upper left corner.
        weight: boxes on the main line; the heaviest branch stays on the axis.
        end: where the main line stops, if not at the bottom of the axis.
        joint_width: how wide the box below must be for the lines to meet it.
    """

    width: float
    height: float
    axis: float
    boxes: tuple[Box, ...] = ()
    routes: tuple[Route, ...] = ()
    insides: tuple[tuple[Diagram, float, float], ...] = ()
    weight: int = 0
    end: Point | None = None
    joint_width: float = 0.0

    @classmethod
    def of_box(cls, node: BlockNode, width: float, height: float, depth: int) -> Diagram:
        box = Box(node, 0.0, 0.0, width, height, depth, width / 2)
        return cls(width, height, width / 2, (box,), weight=1)

    @classmethod
    def of_line(cls, source: str, target: str) -> Diagram:
        height = END_GAP if source == INPUT or target == OUTPUT else GAP
        points = ((0.0, 0.0), (0.0, height))
        return cls(0.0, height, 0.0, routes=(Route(source, target, points),))

    def everything(self, dx: float, dy: float) -> tuple[list[Box], list[Route]]:
        """Return the boxes (outer ones first) and lines at any depth, moved by `dx` and `dy`."""
        boxes, routes = [box.moved(dx, dy) for box in self.boxes], []
        routes += [route.moved(dx, dy) for route in self.routes]
        for diagram, x, y in self.insides:
            inner = diagram.everything(dx + x, dy + y)
            boxes += inner[0]
            routes += inner[1]
        return boxes, routes


class Canvas:
    """Collects diagrams at their places."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.routes: list[Route] = []
        self.insides: list[tuple[Diagram, float, float]] = []

    def add(self, diagram: Diagram, dx: float, dy: float, *, with_routes: bool = True) -> None:
        self.boxes += [box.moved(dx, dy) for box in diagram.boxes]
        self.insides += [(inside, x + dx, y + dy) for inside, x, y in diagram.insides]
        if with_routes:
            self.routes += [route.moved(dx, dy) for route in diagram.routes]

    def diagram(self, width: float, height: float, axis: float, weight: int) -> Diagram:
        content = tuple(self.boxes), tuple(self.routes), tuple(self.insides)
        return Diagram(width, height, axis, *content, weight)


def vstack(rows: Sequence[Diagram]) -> Diagram:
    """Stack diagrams one below the other, with their axes in line."""
    left = max((row.axis for row in rows), default=0.0)
    right = max((row.width - row.axis for row in rows), default=0.0)
    canvas, y = Canvas(), 0.0
    for row in rows:
        canvas.add(row, left - row.axis, y)
        y += row.height
    return canvas.diagram(left + right, y, left, sum(row.weight for row in rows))


def attach_left(source: str, target: str, values: Diagram, diagram: Diagram) -> Diagram:
    """A box of learned values at the left of the box that takes them, which comes first.

    One that is higher than the other sticks out into the gaps above and below.
    """
    shift = values.width + BRANCH_GAP
    y = min(diagram.boxes[0].height / 2, values.height)
    canvas = Canvas()
    canvas.add(diagram, shift, 0.0)
    canvas.add(values, 0.0, y - values.height / 2)
    end = (canvas.boxes[0].x, y)
    canvas.routes.append(Route(source, target, ((values.width, y), end)))
    return canvas.diagram(
        diagram.width + shift, diagram.height, diagram.axis + shift, diagram.weight
    )


def frame_around(
    node: BlockNode, content: Diagram, header: tuple[float, float], depth: int
) -> Diagram:
    """An open node around its content.

    Args:
        header: least width and height of the title bar.
    """
    pad = min(PAD, header[1])
    width = max(content.width + 2 * pad, header[0])
    shift = (width - content.width) / 2
    height = header[1] + content.height
    axis = content.axis + shift
    frame = Box(node, 0.0, 0.0, width, height, depth, axis, True, header[1])
    routes = tuple(_within(route, node.key) for route in content.routes)
    inside = replace(content, routes=routes), shift, header[1]
    return Diagram(width, height, axis, (frame,), (), (inside,), 1)


def _within(route: Route, key: str) -> Route:
    """A line whose ends are no longer those of a graph but of the frame around it."""
    if route.source != INPUT and route.target != OUTPUT:
        return route
    source = key if route.source == INPUT else route.source
    is_exit = route.is_exit or route.target == OUTPUT
    target = key if route.target == OUTPUT else route.target
    return replace(route, source=source, target=target, is_exit=is_exit)


def hstack(
    source: str,
    target: str,
    branches: Sequence[Diagram],
    is_direct: bool,
    joint: BlockNode | None,
    joint_size: tuple[float, float],
) -> Diagram:
    """Branches between two nodes, side by side; a direct line passes them at the right.

    Args:
        source, target: keys of the two nodes, which stand above and below.
        branches: with lines from (axis, 0) to (axis, height).
        is_direct: whether a line leads from the one to the other directly, too.
        joint: the node below; None if it is the end of a graph.
        joint_size: its width and height; it will stand right below, on the axis.
    """
    is_sign = joint is not None and joint.kind in SIGNS
    is_bar = joint is not None and joint.kind is BlockKind.CONCAT
    order = list(branches)
    symmetric = not is_sign and not is_direct and (is_bar or len(order) > 2)
    is_sided = is_sign or (is_bar and not symmetric)  # other lines than the main one come sideways
    if not symmetric:  # one main line and what goes beside it
        order.sort(key=lambda diagram: -diagram.weight)
    fan = 0.0 if len(order) == 1 and not is_direct else GAP / 2
    height = max(diagram.height for diagram in order) + 2 * fan
    x, placed = 0.0, []
    for diagram in order:
        placed.append((diagram, x))
        x += diagram.width + BRANCH_GAP
    lane = x
    width = lane + LANE if is_direct else x - BRANCH_GAP
    axis = width / 2 if symmetric else order[0].axis
    canvas = Canvas()
    side_y = height + joint_size[1] / 2
    reach = 0.0
    for number, (diagram, left) in enumerate(placed):
        # branches that are put side by side end together, as the papers draw them
        spare = height - 2 * fan - diagram.height
        top = fan + (spare if symmetric else spare / 2)
        canvas.add(diagram, left, top, with_routes=False)
        middle = left + diagram.axis
        is_main = number == 0 and not symmetric
        reach = max(reach, abs(middle - axis))
        for route in (route.moved(left, top) for route in diagram.routes):
            if route.is_arc:  # it begins and ends on the lines of its own branch
                canvas.routes.append(route)
                continue
            points = list(route.points)
            is_end = route.source == source or route.target == target
            if route.source == source and symmetric and source == INPUT:
                points = [(middle, 0.0), *points]  # the title bar is as wide as all of them
            elif route.source == source:
                points = [(axis, 0.0), (axis, fan / 2), (middle, fan / 2), *points]
            if route.target == target and is_sided and not is_main:
                points += [(middle, side_y), (axis + joint_size[0] / 2, side_y)]
            elif route.target == target and symmetric and is_bar:
                points.append((middle, height))
            elif route.target == target:
                turn = height - fan / 2
                points += [(middle, turn), (axis, turn), (axis, height)]
            is_shortcut = joint is not None and joint.kind is BlockKind.ADD and not is_main
            skips = route.is_skip or (is_shortcut and is_end)
            canvas.routes.append(replace(route, points=straightened(points), is_skip=skips))
    if is_direct:
        points = [(axis, 0.0), (axis, fan / 2), (lane, fan / 2)]
        if is_sided:
            points += [(lane, side_y), (axis + joint_size[0] / 2, side_y)]
        else:
            turn = height - fan / 2
            points += [(lane, turn), (axis, turn), (axis, height)]
        is_skip = joint is None or joint.kind is not BlockKind.MATMUL
        canvas.routes.append(Route(source, target, straightened(points), is_skip=is_skip))
    weight = max(diagram.weight for diagram in order)
    bar = 2 * reach + BAR_END if symmetric and is_bar else 0.0
    return replace(canvas.diagram(width, height, axis, weight), joint_width=bar)


def column_with_arcs(
    source: str,
    target: str,
    keys: Sequence[str],
    diagrams: Sequence[Diagram],
    edges: Sequence[tuple[str, str]],
    joint_size: tuple[float, float],
) -> Diagram:
    """Nodes in one column in order of execution; lines to others than the next one are arcs.

    Args:
        joint_size: of the node `target`, which will stand right below on the axis; zeros if its
            sides can't be reached.
    """
    rows: list[Diagram] = []
    order = [source, *keys, target]
    place = {key: number for number, key in enumerate(order)}
    straight = {(a, b) for a, b in pairwise(order)} & set(edges)
    tops: list[float] = []
    y = 0.0
    for number, diagram in enumerate(diagrams):
        pair = (order[number], order[number + 1])
        link = Diagram.of_line(*pair)
        rows.append(link if pair in straight else replace(link, routes=()))
        rows.append(diagram)
        tops.append(y + link.height)
        y += link.height + diagram.height
    last = Diagram.of_line(order[-2], target)
    rows.append(last if (order[-2], target) in straight else replace(last, routes=()))
    column = vstack(rows)
    first_y, end_y = END_GAP / 2, column.height
    routes = list(column.routes)
    widest = 0.0
    edge_of = [column.axis + (p.width - p.axis) for p in diagrams]
    side = max(edge_of, default=0.0)
    for one, other in edges:
        if (one, other) in straight:
            continue
        a, b = place[one], place[other]
        if a == 0:
            start = (column.axis, first_y)
        else:
            start = (edge_of[a - 1], tops[a - 1] + 0.62 * diagrams[a - 1].height)
        if b == len(order) - 1:
            end = (column.axis, end_y)
            if joint_size[1]:
                end = (column.axis + joint_size[0] / 2, end_y + joint_size[1] / 2)
        else:
            end = (edge_of[b - 1], tops[b - 1] + 0.38 * diagrams[b - 1].height)
        reach = ARC_STEP * (b - a) ** ARC_BEND
        bend = side + STUB + reach
        widest = max(widest, STUB + 0.76 * reach + 4.0)
        stubs = (side + STUB, start[1]), (side + STUB, end[1])
        points = (start, stubs[0], (bend, start[1]), (bend, end[1]), stubs[1], end)
        routes.append(Route(one, other, points, is_skip=True, is_arc=True))
    width = max(column.width, side + widest)
    return replace(column, width=width, routes=tuple(routes), weight=len(keys))


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

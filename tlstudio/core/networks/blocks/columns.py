"""Breaks the main line of a picture into columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tlstudio.core.networks.blocks.diagram import (
    END_GAP,
    GAP,
    Canvas,
    Diagram,
    Route,
    straightened,
    vstack,
)
from tlstudio.core.networks.blocks.graph import INPUT, OUTPUT

GUTTER = 44.0  # between columns
MOST_COLUMNS = 8
WORTH = 1.08  # how much larger one more column must make the picture
HARDLY = 1.1


def in_columns(
    keys: Sequence[str],
    nodes: Sequence[Diagram],
    links: Sequence[Diagram],
    room: tuple[float, float],
) -> Diagram:
    """The main line of a network, broken into as many columns as fill `room` best.

    Args:
        keys: of the nodes.
        nodes: on the main line.
        links: between them, one less; it is broken only where they are single lines.
    """
    best, best_scale = [(0, len(nodes))], 0.0
    if min(room) <= 0:
        return _columns(best, keys, nodes, links)
    for count in range(1, MOST_COLUMNS + 1):
        ranges = _ranges(nodes, links, count)
        if len(ranges) < count:
            break
        width, height = _size(ranges, nodes, links)
        scale = min(1.0, room[0] / max(width, 1.0), room[1] / max(height, 1.0))
        if scale > WORTH * best_scale:
            best, best_scale = ranges, scale
    return _columns(best, keys, nodes, links)


def _size(
    ranges: Sequence[tuple[int, int]], nodes: Sequence[Diagram], links: Sequence[Diagram]
) -> tuple[float, float]:
    """Width and height of the columns."""
    width, height = -GUTTER, 0.0
    for first, end in ranges:
        rows = [*nodes[first:end], *links[first : end - 1]]
        left = max(row.axis for row in rows)
        width += left + max(row.width - row.axis for row in rows) + GUTTER
        height = max(height, sum(row.height for row in rows))
    return width, height + (GAP if len(ranges) > 1 else 0.0)


def in_even_columns(
    keys: Sequence[str], nodes: Sequence[Diagram], links: Sequence[Diagram], count: int
) -> Diagram:
    """Break the main line into at most `count` columns, or fewer if those are hardly higher."""
    heights = [n.height for n in nodes]
    least = max(sum(heights[a:b]) for a, b in _ranges(nodes, links, count))
    for fewer in range(1, count + 1):
        ranges = _ranges(nodes, links, fewer)
        if max(sum(heights[a:b]) for a, b in ranges) <= HARDLY * least:
            break
    return _columns(ranges, keys, nodes, links)


def _ranges(
    nodes: Sequence[Diagram], links: Sequence[Diagram], count: int
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
    heights: Sequence[float], links: Sequence[Diagram], most: float
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
    nodes: Sequence[Diagram],
    links: Sequence[Diagram],
) -> Diagram:
    columns = []
    for first, end in ranges:
        rows = [nodes[first]]
        for number in range(first + 1, end):
            rows += [links[number - 1], nodes[number]]
        columns.append(vstack(rows))
    canvas = Canvas()
    top = GAP / 2 if len(columns) > 1 else 0.0
    x, bottom = 0.0, 0.0
    before: tuple[float, float] | None = None
    for number, column in enumerate(columns):
        canvas.add(column, x, top)
        axis = x + column.axis
        if before is not None:
            gutter = x - GUTTER / 2
            low = before[1] + GAP / 2
            points = [before, (before[0], low), (gutter, low), (gutter, 0.0), (axis, 0.0)]
            key = ranges[number][0]
            line = straightened([*points, (axis, top)])
            canvas.routes.append(Route(keys[key - 1], keys[key], line))
        before = (axis, top + column.height)
        bottom = max(bottom, top + column.height + top)
        x += column.width + GUTTER
    diagram = canvas.diagram(x - GUTTER, bottom, columns[0].axis, len(nodes))
    return replace(diagram, end=before)


def between_ends(keys: Sequence[str], diagram: Diagram) -> Diagram:
    """The main line inside of a frame, in columns, with lines from and to its ends.

    Args:
        keys: of the nodes on it.
    """
    assert diagram.end is not None
    canvas = Canvas()
    canvas.add(diagram, 0.0, END_GAP)
    first = canvas.boxes[0].y
    axis, height = diagram.axis, diagram.height + 2 * END_GAP
    canvas.routes.append(Route(INPUT, keys[0], ((axis, 0.0), (axis, first))))
    last = (diagram.end[0], diagram.end[1] + END_GAP)
    low = height - END_GAP
    way = straightened([last, (last[0], low), (axis, low), (axis, height)])
    canvas.routes.append(Route(keys[-1], OUTPUT, way))
    return canvas.diagram(diagram.width, height, axis, diagram.weight)

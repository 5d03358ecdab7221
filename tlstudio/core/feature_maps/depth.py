"""Chooses the layers that stand for a network's depth, from the image to the head."""

from __future__ import annotations

from tlstudio.core.feature_maps.maps import MapLayer, map_layers
from tlstudio.core.networks.layers import LayerNode, LayerTree

FEWEST, MOST = 6, 10
_IDLE = frozenset({"Dropout", "Identity"})  # of no effect on an image


def depth_stages(tree: LayerTree) -> tuple[MapLayer, ...]:
    """A handful of layers in order of execution, at most `MOST`; those without maps are left out.

    Coarse modules are opened until there are enough steps, a convolution is shown after its norm
    and activation, and of many steps the last of each size stays.
    """
    layers = {layer.path: layer for layer in map_layers(tree) if not layer.shape.is_point}
    steps = _children(tree.root, layers)
    while len(steps) < FEWEST:
        opened = [(_size(step), place) for place, step in enumerate(steps) if _opens(step, layers)]
        if not opened:
            break
        _, place = max(opened, key=lambda row: (row[0], -row[1]))
        steps[place : place + 1] = _children(steps[place], layers)
    found = [layers[step.path] for step in _settled(steps, layers)]
    return tuple(_thinned(found))


def _children(node: LayerNode, layers: dict[str, MapLayer]) -> list[LayerNode]:
    """The steps right below; what makes no maps itself, as a list of modules, is looked into."""
    found: list[LayerNode] = []
    for child in node.children:
        if child.path in layers and child.kind not in _IDLE:
            found.append(child)
        elif len(child.output_shape) != 2:  # a pooled token has no place in the image any more
            found += _children(child, layers)
    return found


def _opens(node: LayerNode, layers: dict[str, MapLayer]) -> bool:
    return len(_children(node, layers)) > 1


def _size(node: LayerNode) -> int:
    return sum(1 for _ in node.walk())


def _settled(steps: list[LayerNode], layers: dict[str, MapLayer]) -> list[LayerNode]:
    """Without those layers that a norm or an activation of the same size follows at once."""
    found: list[LayerNode] = []
    for step in steps:
        follows = step.is_norm or not (step.children or step.own_parameters)
        if follows and found and _is_single(found[-1]):
            before, here = layers[found[-1].path].shape, layers[step.path].shape
            if before.grid == here.grid and before.channels == here.channels:
                found.pop()
        found.append(step)
    return found


def _is_single(step: LayerNode) -> bool:
    return step.is_norm or not step.children


def _thinned(layers: list[MapLayer]) -> list[MapLayer]:
    """Keep at most `MOST` layers: the last one of each size, and the rest spread evenly."""
    if len(layers) <= MOST:
        return layers
    grids = [layer.shape.grid for layer in layers]
    lasts = [n for n, grid in enumerate(grids) if n + 1 == len(grids) or grids[n + 1] != grid]
    kept = set(_spread(lasts, MOST))
    rest = [n for n in range(len(layers)) if n not in kept]
    kept.update(_spread(rest, MOST - len(kept)))
    return [layers[n] for n in sorted(kept)]


def _spread(numbers: list[int], count: int) -> list[int]:
    """`count` of them from the first to the last, evenly; the last ones if there is one place."""
    if count >= len(numbers):
        return numbers
    if count <= 1:
        return numbers[-1:] if count else []
    return [numbers[round(k * (len(numbers) - 1) / (count - 1))] for k in range(count)]

"""The first filters of a network, and the feature maps that its layers make of an image.

Values only, and the question of which axes of a layer's output are the picture. Pictures are uint8
arrays together with the numbers that their darkest and brightest values stand for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.layers import LayerNode, LayerTree

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAPS_SHOWN = 64  # on one page
MAX_PREFIX = 8  # class and register tokens: 0 or 1 in most networks, 5 in DINOv2 with registers


class WeightsOrigin(StrEnum):
    """The origins of the weights whose maps are shown."""

    TRAINED = "trained"  # the classifier in hand: trained in this session, or loaded
    PRETRAINED = "pretrained"
    FILE = "file"  # of the file or run that training starts from
    RANDOM = "random"  # the pretrained weights are not on this machine


class MapOrder(StrEnum):
    """The orders of channels."""

    STRENGTH = "strength"  # by mean square over the picture, strongest first
    NUMBER = "number"


class MapLayout(StrEnum):
    """The axes of an output ``[B, ...]`` that form the picture."""

    CHANNELS_FIRST = "channels_first"  # [B, C, H, W]
    CHANNELS_LAST = "channels_last"  # [B, H, W, C]
    TOKENS = "tokens"  # [B, prefix + H * W, C]


@dataclass(frozen=True, slots=True)
class MapShape:
    """The maps in a layer's output; `prefix` tokens in front of them have no place in the image."""

    channels: int
    height: int
    width: int
    layout: MapLayout = MapLayout.CHANNELS_FIRST
    prefix: int = 0

    @property
    def grid(self) -> tuple[int, int]:
        """The height and width of a map."""
        return self.height, self.width

    @property
    def is_point(self) -> bool:
        """Whether each map is a single number."""
        return self.height * self.width == 1


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A module whose output can be shown as maps."""

    path: str
    kind: str
    shape: MapShape


@dataclass(frozen=True, slots=True)
class MapRequest:
    """A request for `count` maps of a layer for an image, from place `first` on."""

    image: ImageRef
    layer: str
    order: MapOrder = MapOrder.STRENGTH
    first: int = 0
    count: int = MAPS_SHOWN


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMaps:
    """Some of the maps that one layer makes of one image.

    Attributes:
        path: of the module.
        shape: of all its maps.
        maps: uint8 ``[n, h, w]``; in each, 0 stands for its value of `lows` and 255 for that of
            `highs`, linear between them.
        channels: which channel each map is, from 0.
        lows, highs: of each map.
        zeros: share of values in each map that are exactly zero, 0..1.
        low, high: least and greatest value of the whole layer.
        dead: share of all channels that are zero everywhere in this image, 0..1.
        first: place of the first map in the order that was asked for.
        is_signed: whether 127.5 stands for zero, as in a difference.
    """

    path: str
    shape: MapShape
    maps: NDArray[np.uint8]
    channels: tuple[int, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    zeros: tuple[float, ...]
    low: float
    high: float
    dead: float
    first: int = 0
    is_signed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MapComparison:
    """A comparison of an image's channels under two sets of weights.

    `before` and `after` have the same scale in each map; `difference` is after minus before.
    """

    before: FeatureMaps
    after: FeatureMaps
    difference: FeatureMaps


@dataclass(frozen=True, slots=True, eq=False)
class Filters:
    """Some of the filters of the first convolution, as little pictures.

    Attributes:
        path: of the convolution.
        count: of all its filters.
        tiles: uint8 ``[n, k, k, 3]`` (or ``[n, k, k]`` of a network for grey images); grey stands
            for zero, and each tile reaches to black or white, plus or minus its value of `limits`.
        numbers: which filter each tile is, from 0.
        limits: the greatest absolute weight of each filter.
        first: place of the first tile in the order that was asked for.
    """

    path: str
    count: int
    tiles: NDArray[np.uint8]
    numbers: tuple[int, ...]
    limits: tuple[float, ...]
    first: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class FilterComparison:
    """A comparison of filters under two sets of weights, as in `MapComparison`."""

    before: Filters
    after: Filters
    difference: Filters


@dataclass(frozen=True, slots=True, eq=False)
class StageMap:
    """A single picture of what a stage makes of the image.

    Attributes:
        layer: the stage.
        picture: uint8 ``[h, w]``: the root mean square over all channels at each place; 0 stands
            for `low`, 255 for `high`.
    """

    layer: MapLayer
    picture: NDArray[np.uint8]
    low: float
    high: float


class LayoutReader:
    """Finds the maps in outputs, told of them in the order in which modules end.

    Images are square, so what is not square is no picture: windows of tokens, heads of attention.
    A sequence of tokens is folded back into a grid that came before it.
    """

    def __init__(self) -> None:
        self._layout = MapLayout.CHANNELS_FIRST
        self._grids: list[tuple[int, int]] = []  # seen so far, the last one at the end
        self._tokens = 0

    def read(self, kind: str, shape: tuple[int, ...]) -> MapShape | None:
        """The maps of one output; None if it holds none.

        Args:
            kind: class name of the module, which decides where sizes do not.
            shape: without the batch axis.
        """
        found = self._of_tokens(shape) if len(shape) == 2 else self._of_pictures(kind, shape)
        if found is not None:
            self._layout = found.layout
            self._tokens = shape[0] if found.layout is MapLayout.TOKENS else 0
            if found.layout is not MapLayout.TOKENS and not found.is_point:
                self._remember(found.grid)
        return found

    def _of_pictures(self, kind: str, shape: tuple[int, ...]) -> MapShape | None:
        if len(shape) != 3:
            return None
        is_first, is_last = shape[1] == shape[2], shape[0] == shape[1]
        if self._tokens == shape[1] and not is_last:
            return None  # heads of attention
        if is_first and is_last:
            is_last = kind in _CHANNELS_LAST or (
                kind not in _CHANNELS_FIRST and self._layout is MapLayout.CHANNELS_LAST
            )
        if is_last:
            return MapShape(shape[2], shape[0], shape[1], MapLayout.CHANNELS_LAST)
        return MapShape(*shape) if is_first else None

    def _of_tokens(self, shape: tuple[int, ...]) -> MapShape | None:
        count, channels = shape
        for height, width in self._candidates(count):
            prefix = count - height * width
            if 0 <= prefix <= MAX_PREFIX:
                return MapShape(channels, height, width, MapLayout.TOKENS, prefix)
        return None

    def _candidates(self, count: int) -> Iterator[tuple[int, int]]:
        """Grids seen before, and halves of the last one; without any, the largest square."""
        if not self._grids:
            side = int(count**0.5)
            yield side, side
            return
        yield from reversed(self._grids)
        height, width = self._grids[-1]
        while height * width > 1:
            height, width = height // 2, width // 2
            yield height, width

    def _remember(self, grid: tuple[int, int]) -> None:
        if grid in self._grids:
            self._grids.remove(grid)
        self._grids.append(grid)


_CHANNELS_LAST = frozenset({"Linear", "LayerNorm"})
_CHANNELS_FIRST = frozenset({"Conv2d", "BatchNorm2d", "MaxPool2d", "AvgPool2d", "LayerNorm2d"})


def map_layers(tree: LayerTree) -> tuple[MapLayer, ...]:
    """List the modules whose outputs can be shown as maps, in the order of the tree.

    A module that runs several times, as a shared activation does, is shown as it runs first.
    """
    reader = LayoutReader()
    shapes: dict[str, MapShape | None] = {}
    for node in _as_they_end(tree.root):
        shapes[node.path] = reader.read(node.kind, node.output_shape)
    layers = []
    for node in tree.root.walk():
        shape = shapes[node.path]
        if shape is not None and node.path:
            layers.append(MapLayer(node.path, node.kind, shape))
    return tuple(layers)


def _as_they_end(node: LayerNode) -> Iterator[LayerNode]:
    for child in node.children:
        yield from _as_they_end(child)
    yield node

"""Which outputs are pictures, and which layers show the way through a network."""

from __future__ import annotations

import pytest

from tests.gui.networks import container, leaf
from tlstudio.core.feature_maps.depth import MOST, depth_stages
from tlstudio.core.feature_maps.maps import LayoutReader, MapLayout, MapShape, map_layers
from tlstudio.core.networks.layers import LayerNode, LayerTree

FIRST, LAST, TOKENS = MapLayout.CHANNELS_FIRST, MapLayout.CHANNELS_LAST, MapLayout.TOKENS


def read(*outputs: tuple[str, tuple[int, ...]]) -> MapShape | None:
    """The maps of the last of `outputs`."""
    reader = LayoutReader()
    return [reader.read(kind, shape) for kind, shape in outputs][-1]


def test_pictures_are_square() -> None:
    assert read(("Conv2d", (64, 28, 28))) == MapShape(64, 28, 28)
    assert read(("Block", (28, 28, 64))) == MapShape(64, 28, 28, LAST)
    assert read(("WindowPartition", (64, 49, 96))) is None
    assert read(("Flatten", (512,))) is None
    assert read(("Softmax", (2, 3, 7, 7))) is None
    pooled = read(("AdaptiveAvgPool2d", (512, 1, 1)))
    assert pooled is not None and pooled.is_point


@pytest.mark.parametrize(
    ("kind", "before", "layout"),
    [
        ("Conv2d", (7, 7, 32), FIRST),
        ("LayerNorm", (32, 7, 7), LAST),
        ("GELU", (7, 7, 32), LAST),
        ("GELU", (32, 7, 7), FIRST),
    ],
)
def test_where_all_sides_are_equal_the_kind_decides_or_what_came_before(
    kind: str, before: tuple[int, ...], layout: MapLayout
) -> None:
    assert read(("X", before), (kind, (7, 7, 7))) == MapShape(7, 7, 7, layout)


def test_tokens_are_folded_into_the_grid_of_the_patches() -> None:
    patches = ("Conv2d", (768, 14, 14))
    assert read(patches, ("Block", (196, 768))) == MapShape(768, 14, 14, TOKENS)
    assert read(patches, ("Block", (197, 768))) == MapShape(768, 14, 14, TOKENS, prefix=1)
    assert read(patches, ("Block", (201, 768))) == MapShape(768, 14, 14, TOKENS, prefix=5)
    assert read(patches, ("Linear", (768, 196))) is None  # a mixer turns them round
    assert read(patches, ("Block", (49, 768))) == MapShape(768, 7, 7, TOKENS)
    small = ("Conv2d", (384, 4, 4))  # 21 - 5 tokens, not 21 - 0, - 1, ...
    assert read(small, ("Block", (21, 384))) == MapShape(384, 4, 4, TOKENS, prefix=5)


def test_tokens_without_any_grid_are_a_square() -> None:
    assert read(("Linear", (197, 64))) == MapShape(64, 14, 14, TOKENS, prefix=1)
    assert read(("Linear", (2, 64))) == MapShape(64, 1, 1, TOKENS, prefix=1)
    assert read(("Linear", (14 * 14 - 1, 64))) is None


def test_heads_of_attention_are_no_pictures() -> None:
    outputs = (("Conv2d", (64, 8, 8)), ("Linear", (64, 192)), ("Softmax", (3, 64, 64)))
    assert read(*outputs) is None


def node(path: str, kind: str, shape: tuple[int, ...], *children: LayerNode) -> LayerNode:
    return LayerNode(path, kind, shape, 0, 0, 0, children=children)


def flat_tree(*sizes: int) -> LayerTree:
    """A list of convolutions in one container that is never called, and a head."""
    layers = [node(f"f.{n}", "Conv2d", (8, s, s)) for n, s in enumerate(sizes)]
    head = node("head", "Linear", (10,))
    return LayerTree(
        "x", 10, node("", "Net", (10,), node("f", "ModuleList", (), *layers), head), ""
    )


def test_layers_with_maps_of_a_tree() -> None:
    tree = flat_tree(8, 4)
    assert [layer.path for layer in map_layers(tree)] == ["f.0", "f.1"]
    assert map_layers(tree)[1].shape == MapShape(8, 4, 4)


def test_stages_of_a_long_network_keep_the_last_of_each_size() -> None:
    stages = depth_stages(flat_tree(*[32] * 9, *[16] * 9, *[8] * 9))
    assert len(stages) <= MOST
    paths = [stage.path for stage in stages]
    assert {"f.8", "f.17", "f.26"} <= set(paths)
    assert paths == sorted(paths, key=lambda path: int(path[2:]))


def test_coarse_modules_are_opened_and_norms_stand_for_their_convolution() -> None:
    stem = leaf("stem", "Conv2d", 10, 0)
    norm = leaf("bn", "BatchNorm2d", 2, 1)
    blocks = [leaf(f"body.{n}", "Block", 50, 2 + n) for n in range(5)]
    body = container("body", "Sequential", *blocks)
    tree = LayerTree("x", 2, container("", "Net", stem, norm, body), "")
    assert [stage.path for stage in depth_stages(tree)] == ["bn", *(b.path for b in blocks)]

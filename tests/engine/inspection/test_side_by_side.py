"""Real networks side by side: the numbers are those of the papers."""

from __future__ import annotations

import pytest
from torchvision import models

from tlstudio.core.networks.blocks.graph import BlockKind
from tlstudio.core.networks.sets import NETWORK_SETS
from tlstudio.engine.inspection.side_by_side import side_by_side
from tlstudio.engine.models.catalog import list_models

VGG = ("vgg_a", "vgg_b", "vgg_c", "vgg_d", "vgg_e")


def test_every_network_of_the_sets_is_in_the_catalog() -> None:
    known = {spec.name for spec in list_models()}
    assert all(known.issuperset(row.models) for row in NETWORK_SETS)


@pytest.mark.parametrize(
    ("names", "depths"),
    [
        (VGG, [11, 13, 16, 16, 19]),
        (("resnet18", "resnet34"), [18, 34]),
        (("resnet50", "se_resnet50"), [50, 50]),
        (("googlenet_2014", "alexnet_2012"), [22, 8]),
    ],
)
def test_depth_is_the_number_that_the_paper_prints(
    names: tuple[str, ...], depths: list[int]
) -> None:
    assert [facts.depth for facts in side_by_side(names).facts] == depths


def test_sums_are_those_of_the_library() -> None:
    value = side_by_side(("resnet18", "resnet34"))
    counted = [
        sum(p.numel() for p in make().parameters()) for make in (models.resnet18, models.resnet34)
    ]
    assert [facts.parameters for facts in value.facts] == counted
    less, more = value.facts
    assert (more.depth - less.depth, more.layers - less.layers) == (16, 16)


def test_what_table_1_of_vgg_prints_in_bold_is_marked() -> None:
    """Simonyan and Zisserman, table 1: "the added layers are shown in bold"."""
    value = side_by_side(VGG)
    nodes = {node.key: node for node in value.whole.root.walk()}
    added: dict[int, list[str]] = {n: [] for n in range(len(VGG))}
    for key in value.differing:
        if nodes[key].kind is BlockKind.CONV and nodes[key].inside is not None:  # with its ReLU
            added[int(key[0])].append(nodes[key].title)
    assert sorted(added[1]) == ["3×3 conv, 128", "3×3 conv, 64"]
    assert sorted(added[2]) == ["1×1 conv, 256", "1×1 conv, 512", "1×1 conv, 512"]
    assert sorted(added[3]) == ["3×3 conv, 256", "3×3 conv, 512", "3×3 conv, 512"]
    assert sorted(added[4]) == ["3×3 conv, 256", "3×3 conv, 512", "3×3 conv, 512"]


def test_squeeze_and_excitation_is_what_differs() -> None:
    value = side_by_side(("resnet50", "se_resnet50"))
    kinds = [n.kind for n in value.whole.root.walk() if n.key in value.differing]
    assert kinds.count(BlockKind.SQUEEZE_EXCITATION) == 16
    assert BlockKind.CONV not in kinds
    blocks = [n for n in value.networks[1].root.walk() if n.kind is BlockKind.RESIDUAL]
    assert len(blocks) == 16 and all(block.is_gated for block in blocks)
    assert not any(node.is_gated for node in value.networks[0].root.walk())
    assert {block.title for block in blocks} == {"bottleneck block"}


def test_plain_and_residual_blocks_stand_in_one_row() -> None:
    value = side_by_side(("plain20", "resnet20"))
    rows = [row for top in value.rows for row in top.walk()]
    pairs = [
        [node.kind for node in row.nodes if node is not None] for row in rows if row.differs[1]
    ]
    assert pairs.count([BlockKind.PLAIN, BlockKind.RESIDUAL]) == 9


def test_multiply_adds_of_a_row_are_those_of_the_layer_table() -> None:
    value = side_by_side(("resnet18", "resnet34"))
    for number, facts in enumerate(value.facts):
        nodes = [row.nodes[number] for row in value.rows]
        counted = sum(value.multiply_adds[node.key] for node in nodes if node is not None)
        assert counted == facts.multiply_adds

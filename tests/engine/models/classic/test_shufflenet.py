"""ShuffleNet v1 by the numbers of its paper."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.engine.models.classic.measures import multiply_adds, on_meta, output_shapes, printed
from tlstudio.core.lessons.printed import Quantity
from tlstudio.engine.models.classic.shufflenet import ChannelShuffle, ShuffleNetV1, ShuffleUnit

# Table 1: maps of stages 2, 3, 4, by groups.
TABLE_1 = {
    1: (144, 288, 576),
    2: (200, 400, 800),
    3: (240, 480, 960),
    4: (272, 544, 1088),
    8: (384, 768, 1536),
}


def convolutions(network: nn.Module) -> float:
    """Millions of multiply-adds; the paper's numbers are met without the last layer."""
    return (multiply_adds(network, 224) - multiply_adds(network, 224, "fc")) / 1e6


@pytest.mark.parametrize("groups", TABLE_1)
def test_table_1(groups: int) -> None:
    name = f"shufflenet_v1_g{groups}_x1_0"
    network = on_meta(name)
    shapes = output_shapes(network, 224)
    assert shapes["conv1"] == [24, 112, 112]
    assert shapes["maxpool"] == [24, 56, 56]
    assert [shapes[f"stage{n}"] for n in (2, 3, 4)] == [
        [count, size, size] for count, size in zip(TABLE_1[groups], (28, 14, 7), strict=True)
    ]
    assert [len(network.get_submodule(f"stage{n}")) for n in (2, 3, 4)] == [4, 8, 4]
    complexity = printed("shufflenet_v1", name, Quantity.MULTIPLY_ADDS).number
    assert complexity is not None
    assert convolutions(network) == pytest.approx(complexity / 1e6, abs=0.51)


@pytest.mark.parametrize("groups", TABLE_1)
@pytest.mark.parametrize(("scale", "complexity"), [("0_5", 38), ("0_25", 13)])
def test_table_2_roughly(groups: int, scale: str, complexity: int) -> None:
    """The paper does not tell how it rounds widths; a fifth is what that may make."""
    network = on_meta(f"shufflenet_v1_g{groups}_x{scale}")
    assert convolutions(network) == pytest.approx(complexity, rel=1 / 5)


@pytest.mark.parametrize("groups", TABLE_1)
def test_where_the_groups_are(groups: int) -> None:
    network = on_meta(f"shufflenet_v1_g{groups}_x1_0")
    units = [unit for unit in network.modules() if isinstance(unit, ShuffleUnit)]
    assert len(units) == 16
    for number, unit in enumerate(units):
        assert unit.branch.reduce.groups == (groups if number else 1)
        assert unit.branch.expand.groups == groups
        inner = unit.branch.depthwise
        assert inner.groups == inner.in_channels
        out = unit.branch.expand.out_channels
        whole = (
            out if unit.branch.depthwise.stride == (1, 1) else out + unit.branch.reduce.in_channels
        )
        assert inner.in_channels == whole / 4


def test_the_shuffle_is_the_papers() -> None:
    """Reshape to (groups, n), transpose, flatten: six maps of two groups."""
    maps = torch.arange(6.0).reshape(1, 6, 1, 1).expand(2, 6, 2, 3)
    shuffled = ChannelShuffle(2)(maps)
    assert shuffled.shape == maps.shape
    assert shuffled[1, :, 1, 2].tolist() == [0, 3, 1, 4, 2, 5]
    assert torch.equal(ChannelShuffle(3)(shuffled), maps)
    assert torch.equal(shuffled, nn.ChannelShuffle(2)(maps.contiguous()))


def test_after_the_shuffle_every_group_has_heard_all_others() -> None:
    unit = ShuffleUnit(32, 32, 1, groups=2, first_groups=2).eval()
    maps = torch.randn(1, 32, 3, 3)
    changed = maps.clone()
    changed[:, 0] += 1
    moved = (unit.branch(changed) != unit.branch(maps)).flatten(2).any(dim=2)[0]
    assert moved.all()
    unit.branch.shuffle = nn.Identity()
    moved = (unit.branch(changed) != unit.branch(maps)).flatten(2).any(dim=2)[0]
    assert moved.tolist() == [True] * 16 + [False] * 16


def test_a_unit_of_stride_two_passes_the_averaged_input_on() -> None:
    unit = ShuffleUnit(4, 12, 2, groups=2, first_groups=1).eval()
    maps = torch.rand(1, 4, 6, 6)
    out = unit(maps)
    assert out.shape == (1, 12, 3, 3)
    averaged = nn.functional.avg_pool2d(maps, 3, stride=2, padding=1)
    assert torch.equal(out[:, :4], averaged)


def test_other_groups_are_refused() -> None:
    with pytest.raises(KeyError):
        ShuffleNetV1(groups=5)

"""What the comparison of networks says of weights."""

from __future__ import annotations

from dataclasses import replace

from tlstudio.core.compare import (
    CompareAxis,
    CompareFilter,
    Comparison,
    FamilyGroup,
    SpeedRecord,
    frontier,
    group_of,
)
from tlstudio.core.networks.catalog import Library, ModelSpec, WeightsPlace, WeightsSpec
from tlstudio.core.networks.preprocessing import Preprocessing

V1 = WeightsSpec(
    "IMAGENET1K_V1", WeightsPlace.REMOTE, 1, Preprocessing(), imagenet_top1=0.7613, gflops=4.089
)
LARGE = replace(
    V1, name="LARGE", imagenet_top1=0.8, gflops=12.0, preprocessing=Preprocessing(crop_px=384)
)
UNKNOWN = replace(V1, name="UNKNOWN", imagenet_top1=None, place=WeightsPlace.CACHED)
RESNET = ModelSpec(
    "resnet50",
    "ResNet-50",
    "ResNet",
    Library.TORCHVISION,
    25_557_032,
    4.1,
    (V1, LARGE, UNKNOWN),
    Preprocessing(),
    32,
    family_id="resnet",
)
RECORD = SpeedRecord(
    "resnet50", 384, 32, "Processor", "float32", "2", 20.0, 5.0, None, "", "2026-01-01", True
)


def test_weights_without_a_known_accuracy_are_counted_but_left_out() -> None:
    comparison = Comparison.of([RESNET, replace(RESNET, weights=())])
    assert [row.key for row in comparison.rows] == [
        ("resnet50", "IMAGENET1K_V1"),
        ("resnet50", "LARGE"),
    ]
    assert comparison.left_out == 1
    assert comparison.rows[0].is_default and not comparison.rows[1].is_default


def test_each_set_of_weights_has_its_own_cost() -> None:
    first, large = Comparison.of([RESNET]).rows
    assert (first.gflops, large.gflops) == (4.089, 12.0)
    assert (first.image_px, large.image_px) == (224, 384)
    assert round(first.density, 2) == 2.98  # of Bianco et al., figure 3: 76.13 / 25.56


def test_weights_of_one_size_share_what_was_counted() -> None:
    own = replace(V1, gflops=0.0)
    spec = replace(RESNET, gflops=4.1, weights=(own, replace(own, name="V2")))
    assert [row.gflops for row in Comparison.of([spec]).rows] == [4.1, 4.1]
    larger = replace(own, name="LARGE", preprocessing=Preprocessing(crop_px=384))
    spec = replace(spec, weights=(own, larger))
    assert [row.gflops for row in Comparison.of([spec]).rows] == [4.1, 0.0]


def test_a_speed_belongs_to_weights_of_its_size() -> None:
    speeds = {RECORD.key: RECORD}
    first, large = Comparison.of([RESNET]).rows
    assert CompareAxis.MILLISECONDS.value_of(first, speeds) is None
    assert CompareAxis.MILLISECONDS.value_of(large, speeds) == 50
    assert CompareAxis.PARAMETERS.value_of(large, {}) == 25.557032


def test_filters_by_words_group_and_place() -> None:
    first, large = Comparison.of([RESNET]).rows
    assert CompareFilter("ResNet large").passes(large)
    assert not CompareFilter("ResNet large").passes(first)
    assert CompareFilter(groups=frozenset({FamilyGroup.RESIDUAL})).passes(first)
    assert not CompareFilter(groups=frozenset({FamilyGroup.MOBILE})).passes(first)
    assert not CompareFilter(ready=True).passes(first)


def test_groups_go_by_what_a_family_begins_with() -> None:
    assert group_of("swin_v2") is FamilyGroup.TRANSFORMER
    assert group_of("efficientnet_v2") is FamilyGroup.EFFICIENTNET
    assert group_of("wide_resnet") is FamilyGroup.RESIDUAL
    assert group_of("lenet") is FamilyGroup.OTHER


def test_the_frontier_holds_what_nothing_cheaper_beats() -> None:
    points = [(1.0, 0.7), (2.0, 0.6), (3.0, 0.8), (3.0, 0.75), (9.0, 0.8)]
    assert frontier(points) == (0, 2)
    assert frontier([]) == ()

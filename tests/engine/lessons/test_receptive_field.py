"""The receptive field lesson: squares by kernels and strides, influence by torch's gradients."""

import numpy as np
import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.storage import resources_dir
from tlstudio.engine.inspection.layer_table import catalog_layer_table
from tlstudio.engine.lessons.receptive_field import (
    INFLUENCE,
    FieldStep,
    field_table,
    influence,
    used_side,
)


@pytest.fixture(scope="module")
def image() -> ImageRef:
    folder = resources_dir() / "samples" / "autumn_table" / "val" / "pumpkin"
    return ImageRef.of_file(sorted(folder.glob("*.jpg"))[0])


@pytest.mark.parametrize(
    ("model", "sides"),
    [
        # By hand, r + (k - 1) * j: VGG's 3x3 and poolings, as its paper argues with 5 and 7.
        ("vgg16", [3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212]),
        # Figure 1 of Krizhevsky et al.: 11x11 by 4, pooling 3 by 2, 5x5, pooling, three 3x3.
        ("alexnet", [11, 19, 51, 67, 99, 131, 163, 195]),
    ],
)
def test_sides_are_those_worked_out_by_hand(model: str, sides: list[int]) -> None:
    assert [step.size_px for step in field_table(model).steps] == sides


@pytest.mark.parametrize("model", ["resnet18", "googlenet", "tf_efficientnet_lite0"])
def test_each_step_follows_by_the_formula_and_agrees_with_the_layer_table(model: str) -> None:
    records = catalog_layer_table(model, 10).by_path
    steps = field_table(model).steps
    assert [step.size_px for step in steps] == sorted({step.size_px for step in steps})
    for step in steps:
        grown = (step.kernel - 1) * step.dilation * step.jump_before_px
        assert step.size_px == step.size_before_px + grown
        assert step.jump_px == step.jump_before_px * step.stride
        assert step.size_px == records[step.path].receptive_field_px


@pytest.mark.parametrize(("model", "number"), [("tf_efficientnet_lite0", 3), ("resnet20", 7)])
def test_nothing_outside_the_square_has_influence(model: str, number: int, image: ImageRef) -> None:
    step = field_table(model).steps[number]
    row, column = step.rows // 3, step.columns // 2
    seen = influence(model, step, image, row, column)
    top, left, side = step.square(row, column)
    inside = seen.shares[max(0, top) : top + side, max(0, left) : left + side]
    assert inside.sum() == pytest.approx(1, abs=1e-5)
    assert np.count_nonzero(seen.shares) == np.count_nonzero(inside)
    assert 0 < seen.used_px <= side
    edges = seen.shares[top, left : left + side], seen.shares[top : top + side, left]
    assert any(edge.any() for edge in edges)  # and the square is no larger than it has to be


def test_random_weights_are_said_to_be_random(image: ImageRef) -> None:
    step = field_table("resnet20").steps[0]
    assert not influence("resnet20", step, image, 4, 4).is_pretrained
    onboard = field_table("tf_efficientnet_lite0").steps[0]
    assert influence("tf_efficientnet_lite0", onboard, image, 50, 50).is_pretrained


def test_attention_sees_everything_from_its_first_layer_on() -> None:
    first, second = field_table("vit_b_16").steps
    assert (first.size_px, first.jump_px, first.is_whole) == (16, 16, False)
    assert (second.size_px, second.is_whole) == (224, True)


@pytest.mark.parametrize(
    ("model", "is_patches", "has_more"),
    [
        ("resnext50_32x4d", False, False),  # torchvision's
        ("resnet10t", False, False),  # timm's
        ("swin_t", True, False),
        ("mixer_b16_224", True, False),
        ("mobilevit_s", False, True),  # attention in the middle, convolutions after it
    ],
)
def test_it_is_told_where_squares_do_not_grow_by_layers(
    model: str, is_patches: bool, has_more: bool
) -> None:
    table = field_table(model)
    assert (table.is_patches, table.untold > 0) == (is_patches, has_more)
    assert is_patches == (len(table.steps) < 3)


def test_the_square_that_is_used_holds_its_share() -> None:
    shares = np.zeros((21, 21), np.float32)
    shares[10, 10], shares[10, 4] = INFLUENCE + 0.01, 0.04 - 0.01
    assert used_side(shares, (10, 10)) == 1
    shares[10, 10], shares[10, 4] = 0.5, 0.5
    assert used_side(shares, (10, 10)) == 13
    assert used_side(np.zeros((4, 4), np.float32), (2, 2)) == 0


def test_a_step_knows_the_square_of_each_place() -> None:
    step = FieldStep("c", "Conv2d", 3, 2, 1, 8, 8, 7, (-3, -2), 4, 3, 2)
    assert step.square(0, 0) == (-3, -2, 7)
    assert step.square(2, 1) == (5, 2, 7)

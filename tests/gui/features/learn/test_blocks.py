"""The lessons on building blocks: what follows from what a person drags."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.gui.features.learn.conftest import Open, Settle
from tlstudio.gui.features.learn.lessons.dense import DenseLesson
from tlstudio.gui.features.learn.lessons.depthwise import DepthwiseLesson
from tlstudio.gui.features.learn.lessons.groups import GroupsLesson
from tlstudio.gui.features.learn.lessons.inception import InceptionLesson
from tlstudio.gui.features.learn.lessons.pointwise import PointwiseLesson
from tlstudio.gui.features.learn.lessons.residual import ResidualLesson
from tlstudio.gui.features.learn.lessons.squeeze import SqueezeLesson


def test_the_sizes_decide_what_both_convolutions_cost(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("depthwise")
    assert isinstance(screen, DepthwiseLesson)
    assert "462,422,016" in screen.picture.accessibleDescription()  # MobileNets, Table 3
    assert "52,283,392" in screen.picture.accessibleDescription()
    assert "8.8× fewer" in screen.facts.text
    screen.sliders["kernel"].slider.setFocus()
    qtbot.keyClick(screen.sliders["kernel"].slider, Qt.Key.Key_Home)  # 1x1
    settle(screen)
    assert "more multiply-adds" in screen.facts.text
    assert screen.counted.text().endswith("the same.")
    screen.paper.click()
    settle(screen)
    assert "8.8× fewer" in screen.facts.text


def test_a_dropped_block_halves_the_paths_and_is_found_again(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("residual")
    assert isinstance(screen, ResidualLesson)
    assert "2⁹ = 512" in screen.facts.text
    assert not screen.reset.isEnabled()
    qtbot.keyClick(screen.chain, Qt.Key.Key_Right)
    settle(screen)
    qtbot.keyClick(screen.scale.slider, Qt.Key.Key_Home)
    settle(screen)
    dropped = screen.chain.current
    assert screen.facts.text.startswith("y = x + 0.00")
    assert "2⁸ = 256" in screen.facts.text

    place = screen.chain.block_rect("blocks.5.1").center().toPoint()
    qtbot.mouseClick(screen.chain, Qt.MouseButton.LeftButton, pos=place)
    settle(screen)
    assert screen.chain.current == "blocks.5.1"
    assert screen.scale.value == 1
    assert "2⁸ = 256" in screen.facts.text

    open_lesson("depthwise")
    again = open_lesson("residual")
    assert isinstance(again, ResidualLesson)
    assert again.chain.current == "blocks.5.1"
    assert f"{dropped} × 0" in [again.chain.spoken_text(n) for n in range(16)]
    again.reset.click()
    settle(again)
    assert "2⁹ = 512" in again.facts.text


def test_reductions_that_are_too_wide_cost_more_than_none(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("inception")
    assert isinstance(screen, InceptionLesson)
    assert screen.facts.text.endswith("2.4× fewer")
    qtbot.keyClick(screen.reduction.slider, Qt.Key.Key_End)
    settle(screen)
    assert screen.facts.text.endswith("× more")
    qtbot.keyClick(screen.reduction.slider, Qt.Key.Key_Home)
    qtbot.keyClick(screen.place.slider, Qt.Key.Key_End)
    settle(screen)
    assert "25·832·128" in screen.facts.text  # 5b


def test_a_smaller_reduction_makes_a_larger_block(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("squeeze")
    assert isinstance(screen, SqueezeLesson)
    assert "1,568 parameters" in screen.facts.text
    assert "+2.51 M (9.8%)" in screen.facts.text  # about a tenth, as the paper says
    assert screen.picture.accessibleDescription().startswith("factors from 0.")
    qtbot.keyClick(screen.reduction.slider, Qt.Key.Key_Home)
    settle(screen)
    assert "12,544 parameters" in screen.facts.text


def test_after_a_shuffle_an_output_sees_all_maps(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("groups")
    assert isinstance(screen, GroupsLesson)
    assert screen.facts.text.endswith("output 1 sees 4 of 12 maps")
    place = screen.picture.output_rect(5).center().toPoint()
    qtbot.mouseClick(screen.picture, Qt.MouseButton.LeftButton, pos=place)
    qtbot.keyClick(screen.picture, Qt.Key.Key_Right)
    assert screen.facts.text.endswith("output 7 sees 4 of 12 maps")
    screen.shuffle.buttons()[1].click()
    settle(screen)
    assert screen.facts.text.endswith("output 7 sees 12 of 12 maps")
    qtbot.keyClick(screen.groups.slider, Qt.Key.Key_End)  # depthwise: nothing to be shuffled
    settle(screen)
    assert screen.facts.text.endswith("output 7 sees 1 of 12 maps")


def test_the_weights_of_a_1x1_convolution_make_another_map(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("pointwise")
    assert isinstance(screen, PointwiseLesson)
    qtbot.keyClick(screen.maps[2], Qt.Key.Key_Down)
    assert {picture.position for picture in screen.maps} == {screen.sum.position}
    at = screen.sum.position
    assert screen.facts.text.startswith(f"y({at[0] + 1}, {at[1] + 1})")
    for weight in screen.weights:
        weight.slider.setValue(weight.slider.minimum() + 10)  # 0
    settle(screen)
    assert screen.facts.text.endswith("=  0.00")
    screen.grey.click()
    settle(screen)
    assert not screen.facts.text.endswith("=  0.00")


def test_a_dense_block_grows_by_k_maps_a_layer(
    open_lesson: Open, settle: Settle, qtbot: QtBot
) -> None:
    screen = open_lesson("dense")
    assert isinstance(screen, DenseLesson)
    assert "64 + 6·32 = 256 " in screen.facts.text  # the first block of DenseNet-121
    assert "L(L+1)/2 = 21 " in screen.facts.text
    assert "335,040" in screen.facts.text
    qtbot.keyClick(screen.growth.slider, Qt.Key.Key_Home)
    qtbot.keyClick(screen.layers.slider, Qt.Key.Key_Home)
    settle(screen)
    assert "64 + 1·4 = 68 " in screen.facts.text

"""Padding and pooling: what a person drags is what the formula is filled with."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.features.learn.test_window import owner, settled
from tlstudio.engine.lessons import pooling as engine
from tlstudio.gui.features.learn.lessons import pooling
from tlstudio.gui.features.learn.lessons.padding import PRESETS, PaddingLesson
from tlstudio.gui.features.learn.lessons.pooling import PoolingLesson
from tlstudio.gui.features.learn.window import open_learn
from tlstudio.gui.state.session import Session

__all__ = ["owner"]  # a fixture


@pytest.fixture
def padding(ready_session: Session, owner: QWidget, qtbot: QtBot) -> PaddingLesson:
    screen = settled(open_learn(ready_session, owner, "lesson/padding"), qtbot)
    assert isinstance(screen, PaddingLesson)
    return screen


def test_32_padded_to_36_is_32_again(padding: PaddingLesson) -> None:
    assert padding.before.text() == "32 × 32, with zeros 36 × 36"
    assert padding.after.text() == "32 × 32"
    assert padding.facts.text.endswith("⌊(32 + 2·2 − 5) / 1⌋ + 1  =  32")


def test_sliders_fill_the_formula(padding: PaddingLesson, qtbot: QtBot) -> None:
    qtbot.keyClick(padding.padding.slider, Qt.Key.Key_Home)
    qtbot.keyClick(padding.stride.slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: not padding.live.busy)
    assert padding.facts.text.endswith("⌊(32 + 2·0 − 5) / 2⌋ + 1  =  14")
    assert padding.unseen.text() == "The stride skips the last row and column."
    padding.pixels.slider.setValue(0)
    padding.kernel.slider.setValue(10)
    qtbot.waitUntil(lambda: not padding.live.busy)
    assert padding.facts.text == "The kernel is larger than the picture."
    assert padding.map.isHidden()


def test_a_well_known_layer_sets_all_sliders(padding: PaddingLesson, qtbot: QtBot) -> None:
    for button, (_, size) in zip(padding.presets.buttons(), PRESETS, strict=True):
        button.click()
        assert padding.window_size == size
    qtbot.waitUntil(lambda: not padding.live.busy)
    assert padding.facts.text.endswith("=  55")


def test_the_kernel_moves_by_the_stride(padding: PaddingLesson, qtbot: QtBot) -> None:
    padding.stride.slider.setValue(2)  # 3
    qtbot.waitUntil(lambda: not padding.live.busy)
    qtbot.keyClick(padding.image, Qt.Key.Key_Right)
    qtbot.keyClick(padding.image, Qt.Key.Key_Right)
    assert padding.image.position == (6, 0)
    assert padding.map.position == (2, 0)


def test_dragging_the_frame_changes_what_stays(
    ready_session: Session, owner: QWidget, qtbot: QtBot
) -> None:
    screen = settled(open_learn(ready_session, owner, "lesson/pooling"), qtbot)
    assert isinstance(screen, PoolingLesson)
    assert screen.shift.text() == "Shift: 1 px"
    before = screen.facts.text
    qtbot.keyClick(screen.image, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: not screen.live.busy)
    assert screen.shift.text() == "Shift: 0 px"
    assert "100.0%" in screen.facts.text and screen.facts.text != before
    qtbot.keyClick(screen.image, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    screen.sizes.buttons()[-1].click()
    qtbot.waitUntil(lambda: not screen.live.busy)
    assert screen.shift.text() == "Shift: 8 px"


def test_the_screen_cuts_as_the_engine_does() -> None:
    assert (pooling.FRAME_PX, pooling.FAR_PX) == (engine.FRAME_PX, engine.FAR_PX)
    assert pooling.SIZES[-1] == engine.MAP_PX
    assert [name for name, _ in pooling.KINDS] == list(engine.POOLS)

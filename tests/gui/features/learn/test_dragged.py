"""What dragging and keys do in every painted widget of the lessons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tlstudio.gui.features.learn.widgets.dragged import DraggedRow


class Row(DraggedRow):
    """Places of ten pixels."""

    places = 12

    def count(self) -> int:
        return self.places

    def place_at(self, x: float) -> int:
        return int(x // 10)


@pytest.fixture
def row(qtbot: QtBot) -> Row:
    made = Row("Places")
    made.resize(150, 20)
    qtbot.addWidget(made)
    return made


def test_keys_go_along_the_row_and_stop_at_its_ends(row: Row, qtbot: QtBot) -> None:
    went: list[int] = []
    row.moved.connect(went.append)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_End)
    for key in (*keys, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Down):
        qtbot.keyClick(row, key)
    assert went == [1, 9, 11, 10, 0]  # one that is there already moves nothing


def test_the_mouse_takes_the_nearest_place(row: Row, qtbot: QtBot) -> None:
    with qtbot.waitSignal(row.moved) as moved:
        qtbot.mousePress(row, Qt.MouseButton.LeftButton, pos=QPoint(145, 5))
    assert moved.args == [11]


def test_a_place_is_kept_until_the_places_are_known(row: Row, qtbot: QtBot) -> None:
    row.places = 0
    row.set_position(7)
    with qtbot.assertNotEmitted(row.moved):
        qtbot.keyClick(row, Qt.Key.Key_Left)
    assert row.position == 7


def test_one_that_is_only_looked_at_takes_neither_mouse_nor_keys(qtbot: QtBot) -> None:
    still = Row("Places", can_drag=False)
    qtbot.addWidget(still)
    with qtbot.assertNotEmitted(still.moved):
        qtbot.mousePress(still, Qt.MouseButton.LeftButton, pos=QPoint(55, 5))
        qtbot.keyClick(still, Qt.Key.Key_End)
    assert still.position == 0 and still.focusPolicy() == Qt.FocusPolicy.NoFocus

"""The confusion matrix as a widget: cells, keys, words, colours, and a thousand classes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.kit.confusion.colours import (
    READABLE,
    cell_colour,
    contrast,
    matrix_image,
    text_colour,
)
from tlstudio.gui.kit.confusion.view import (
    CELL_PX,
    NUMBERED_FROM_PX,
    Cells,
    Choice,
    ConfusionView,
)
from tlstudio.gui.kit.theme import Scheme, apply

NAMES = ("grain", "fruit", "vegetable", "seafood")
COUNTS = np.array([[9, 0, 0, 0], [2, 5, 1, 0], [0, 1, 15, 0], [0, 0, 1, 13]])
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(app: QApplication, qtbot: QtBot) -> ConfusionView:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.set_matrix(NAMES, COUNTS)
    view.show()
    return view


def choices(view: ConfusionView) -> list[Choice]:
    found: list[Choice] = []
    view.chosen.connect(found.append)
    return found


def test_a_click_chooses_a_cell_and_again_lets_go(view: ConfusionView, qtbot: QtBot) -> None:
    found = choices(view)
    place = view.cell_rect(1, 0).center().toPoint()
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    assert found == [Choice(1, 0), Choice()]


def test_a_name_chooses_its_row_or_column(view: ConfusionView, qtbot: QtBot) -> None:
    found = choices(view)
    cell = view.cell_rect(2, 3).center().toPoint()
    qtbot.mouseClick(view.viewport(), LEFT, pos=QPoint(10, cell.y()))
    qtbot.mouseClick(view.viewport(), LEFT, pos=QPoint(cell.x(), 6))
    assert found == [Choice(2, None), Choice(None, 3)]


def test_the_keyboard_goes_from_cell_to_cell_and_says_where(
    view: ConfusionView, qtbot: QtBot
) -> None:
    found = choices(view)
    assert "2 of 8 fruit were taken for grain." in view.accessibleDescription()
    view.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    assert found == [Choice(1, 0)]
    assert view.accessibleDescription() == (
        "Row fruit, column grain: 2 of 8 fruit were taken for grain."
    )
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription().endswith("5 of 8 fruit were recognised.")
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert found[-1] == Choice()


def test_the_order_moves_cells_not_what_they_mean(view: ConfusionView, qtbot: QtBot) -> None:
    view.set_matrix(NAMES, COUNTS, (3, 1, 0, 2))
    found = choices(view)
    qtbot.mouseClick(view.viewport(), LEFT, pos=view.cell_rect(1, 2).center().toPoint())
    assert found == [Choice(1, 0)]


@pytest.mark.parametrize(
    ("cells", "text"), [(Cells.COUNTS, "2"), (Cells.BY_TRUE, "25"), (Cells.BY_PREDICTED, "18")]
)
def test_cells_say_images_or_per_cent(view: ConfusionView, cells: Cells, text: str) -> None:
    view.set_cells(cells)
    assert view._cell_text(2, view._share(1, 0)) == text
    assert not view.grab().isNull()


def test_cells_can_be_read_however_small_the_window_is(view: ConfusionView) -> None:
    view.resize(200, 120)
    assert view.cell_px >= CELL_PX
    assert view.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("is_right", [False, True])
def test_numbers_can_be_read_on_every_shade(
    app: QApplication, scheme: Scheme, is_right: bool
) -> None:
    apply(app, scheme)
    backs = [cell_colour(share / 100, is_right=is_right) for share in range(101)]
    assert min(contrast(text_colour(back), back) for back in backs) >= READABLE


def test_an_image_has_the_colours_of_its_cells(app: QApplication) -> None:
    shares = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    image = matrix_image(shares)
    for row in range(4):
        for column in range(4):
            expected = cell_colour(shares[row, column], is_right=row == column)
            found = image.pixelColor(column, row)
            assert (
                max(abs(a - b) for a, b in zip(found.getRgb(), expected.getRgb(), strict=True)) <= 1
            )
    coarse = matrix_image(shares, 2)
    assert coarse.size().width() == 2 and coarse.pixelColor(0, 1) == image.pixelColor(1, 2)


@pytest.fixture
def large(view: ConfusionView) -> ConfusionView:
    counts = np.zeros((1000, 1000), np.int64)
    counts[np.arange(1000), np.arange(1000)] = 20
    counts[700, 100] = 5
    view.set_matrix([f"class {n:04}" for n in range(1000)], counts)
    return view


def test_a_thousand_classes_are_in_sight_at_once_as_an_image(
    large: ConfusionView, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[tuple[int, int]] = []
    monkeypatch.setattr(large, "_paint_cell", lambda _, row, column: painted.append((row, column)))
    image: QImage = large.viewport().grab().toImage()
    assert not painted and large.horizontalScrollBar().maximum() == 0
    place = large.cell_rect(700, 100).center().toPoint()
    around = [image.pixelColor(place + QPoint(x, y)) for x in range(-1, 2) for y in range(-1, 2)]
    back = image.pixelColor(250, 20)
    assert any(colour != back for colour in around), "one error among a million cells is seen"


def test_the_map_is_zoomed_around_the_pointer_and_dragged(
    large: ConfusionView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = large.cell_rect(700, 500).center()
    while large.cell_px < NUMBERED_FROM_PX:
        large.zoom(1.25, at)
    assert (large.cell_rect(700, 500).center() - at).manhattanLength() < 2 * large.cell_px
    painted: list[tuple[int, int]] = []
    monkeypatch.setattr(large, "_paint_cell", lambda _, row, column: painted.append((row, column)))
    large.viewport().grab()
    assert (700, 500) in painted and len(painted) < 1000
    assert large.has_names
    found = choices(large)
    before = large.horizontalScrollBar().value()
    qtbot.mousePress(large.viewport(), LEFT, pos=QPoint(200, 200))
    qtbot.mouseMove(large.viewport(), QPoint(150, 180))
    qtbot.mouseRelease(large.viewport(), LEFT, pos=QPoint(150, 180))
    assert large.horizontalScrollBar().value() == before + 50 and not found
    qtbot.keyClick(large, Qt.Key.Key_0)
    assert large.horizontalScrollBar().maximum() == 0
    large.zoom(0.5, QPointF(0, 0))
    assert large.cell_px * 1000 >= 250  # never smaller than all of it


def test_the_palette_is_followed(large: ConfusionView, app: QApplication) -> None:
    light = large.grab().toImage()
    apply(app, Scheme.DARK)
    assert large.grab().toImage() != light
    assert QColor(large.grab().toImage().pixelColor(250, 20)).lightness() < 100

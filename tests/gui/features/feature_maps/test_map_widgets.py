"""The pieces of the features view: colours, grid, strip, panels, scale."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tlstudio.gui.features.feature_maps.depth_strip import TILE_MAX_PX, DepthStrip, StripTile
from tlstudio.gui.features.feature_maps.map_colours import (
    colour_table,
    map_image,
    rescaled,
    tile_image,
)
from tlstudio.gui.features.feature_maps.map_grid import CELL_MAX_PX, MapCell, MapGrid
from tlstudio.gui.features.feature_maps.map_viewer import MapPanels
from tlstudio.gui.features.feature_maps.scale_bar import ScaleBar
from tlstudio.gui.kit import theme


def filled(color: Qt.GlobalColor, size: int = 8) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(color)
    return pixmap


def test_values_are_shown_in_viridis(app: QApplication) -> None:
    image = map_image(np.array([[0, 255]], np.uint8))
    assert image.pixelColor(0, 0) == QColor(68, 1, 84)
    assert image.pixelColor(1, 0) == QColor(253, 231, 37) or image.pixelColor(1, 0).red() > 245
    lightness = [QColor(rgb).lightnessF() for rgb in colour_table(is_signed=False)]
    assert lightness[0] < lightness[128] < lightness[-1]


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
def test_no_change_is_the_background(app: QApplication, scheme: theme.Scheme) -> None:
    theme.apply(app, scheme)
    middle = QColor(colour_table(is_signed=True)[128]).lightnessF()
    ends = [QColor(colour_table(is_signed=True)[n]) for n in (0, 255)]
    theme.apply(app, theme.Scheme.LIGHT)
    assert (middle > 0.9) if scheme is theme.Scheme.LIGHT else (middle < 0.2)
    assert ends[0].blue() > ends[0].red() and ends[1].red() > ends[1].blue()


def test_rows_of_any_length_are_read_right(app: QApplication) -> None:
    pixels = np.arange(21, dtype=np.uint8).reshape(3, 7) * 12
    image = map_image(pixels)
    table = colour_table(is_signed=False)
    for y in range(3):
        for x in range(7):
            assert image.pixel(x, y) == table[pixels[y, x]]
    grey = tile_image(pixels)
    assert grey.pixelColor(6, 2) == QColor(240, 240, 240)


def test_rescaled() -> None:
    pixels = np.array([0, 255], np.uint8)
    assert rescaled(pixels, 0, 1, 0, 2).tolist() == [0, 128]
    assert rescaled(pixels, -1, 1, 0, 1).tolist() == [0, 255]
    assert rescaled(pixels, 3, 3, 3, 3).tolist() == [0, 0]


def grid(qtbot: QtBot, count: int, parts: int = 1) -> MapGrid:
    widget = MapGrid()
    qtbot.addWidget(widget)
    widget.resize(560, 400)
    widget.show()
    pixmaps = (filled(Qt.GlobalColor.red), filled(Qt.GlobalColor.blue))[:parts]
    widget.set_cells([MapCell(pixmaps, str(n), f"Map {n}") for n in range(count)])
    return widget


def test_few_cells_are_large_and_many_are_small(app: QApplication, qtbot: QtBot) -> None:
    few, many = grid(qtbot, 4), grid(qtbot, 64)
    assert few.cell_rect(0).width() >= 150 and few.verticalScrollBar().maximum() == 0
    assert few.cell_rect(3).bottom() <= 400
    assert many.cell_rect(0).width() < 100 and many.verticalScrollBar().maximum() > 0
    assert grid(qtbot, 1).cell_rect(0).width() <= 2 * CELL_MAX_PX


def test_pairs_lie_side_by_side(app: QApplication, qtbot: QtBot) -> None:
    widget = grid(qtbot, 6, parts=2)
    cell = widget.cell_rect(0)
    assert abs(cell.width() - 2 * cell.height()) <= 2
    image = widget.viewport().grab().toImage()
    quarter = cell.width() // 4
    assert image.pixelColor(cell.left() + quarter, cell.center().y()) == QColor(Qt.GlobalColor.red)
    assert image.pixelColor(cell.right() - quarter, cell.center().y()) == QColor(
        Qt.GlobalColor.blue
    )


def test_keys_move_and_turn_pages(app: QApplication, qtbot: QtBot) -> None:
    widget = grid(qtbot, 64)
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    assert widget.current_index == 1
    with qtbot.waitSignal(widget.activated) as activated:
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert activated.args == [1]
    qtbot.keyClick(widget, Qt.Key.Key_End)
    assert widget.current_index == 63
    assert widget.accessibleDescription() == "Map 63"
    with qtbot.waitSignal(widget.page_wanted) as wanted:
        qtbot.keyClick(widget, Qt.Key.Key_PageDown)
    assert wanted.args == [1]
    widget.set_cells(widget.cells[:10])
    assert widget.current_index == -1


def test_words_take_the_place_of_cells(app: QApplication, qtbot: QtBot) -> None:
    widget = grid(qtbot, 5)
    widget.set_stale(True)
    widget.grab()
    widget.set_text("Nothing here")
    assert not widget.cells and widget.accessibleDescription() == "Nothing here"
    widget.grab()
    qtbot.keyClick(widget, Qt.Key.Key_Return)


def strip(qtbot: QtBot, count: int = 5) -> DepthStrip:
    widget = DepthStrip()
    qtbot.addWidget(widget)
    widget.set_tiles(
        [
            StripTile(f"a.{n}", filled(Qt.GlobalColor.red), f"a.{n}", "7²", f"Step {n}")
            for n in range(count)
        ]
    )
    widget.resize(400, widget.sizeHint().height())
    widget.show()
    return widget


def test_the_strip_fills_the_width_and_grows_with_it(app: QApplication, qtbot: QtBot) -> None:
    widget = strip(qtbot)
    height = widget.height()
    assert widget.tile_rect(4).right() <= 400
    widget.resize(2000, widget.height())
    assert widget.tile_rect(0).width() == TILE_MAX_PX
    assert widget.height() > height
    assert widget.grab().toImage().pixelColor(widget.tile_rect(0).center()) == QColor(
        Qt.GlobalColor.red
    )


def test_steps_are_chosen_by_mouse_and_keys(app: QApplication, qtbot: QtBot) -> None:
    widget = strip(qtbot)
    chosen: list[str] = []
    widget.chosen.connect(chosen.append)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.tile_rect(2).center())
    widget.set_current("a.2")
    assert widget.accessibleDescription() == "Step 2"
    qtbot.keyClick(widget, Qt.Key.Key_Right)
    widget.set_current("a.0")
    qtbot.keyClick(widget, Qt.Key.Key_Left)
    assert chosen == ["a.2", "a.3", "a.0"]


def test_panels_take_the_arrangement_in_which_they_are_largest(
    app: QApplication, qtbot: QtBot
) -> None:
    panels = MapPanels()
    qtbot.addWidget(panels)
    pictures = [(filled(Qt.GlobalColor.red), "a"), (filled(Qt.GlobalColor.blue), "b")]
    panels.set_panels(pictures)
    panels.resize(800, 300)
    first, second = panels.places()
    assert first.top() == second.top() and first.right() < second.left()
    panels.resize(300, 800)
    first, second = panels.places()
    assert first.left() == second.left() and first.bottom() < second.top()
    panels.grab()


def test_a_map_over_the_photo_lets_it_through(app: QApplication, qtbot: QtBot) -> None:
    panels = MapPanels()
    qtbot.addWidget(panels)
    panels.resize(300, 300)
    panels.set_panels([(filled(Qt.GlobalColor.red), "")], filled(Qt.GlobalColor.blue), 0.5)
    color = panels.grab().toImage().pixelColor(150, 130)
    assert 100 < color.red() < 150 and 100 < color.blue() < 150


def test_the_scale_says_its_ends(app: QApplication, qtbot: QtBot) -> None:
    bar = ScaleBar()
    qtbot.addWidget(bar)
    bar.resize(200, bar.sizeHint().height())
    bar.set_ends("−1", "3")
    assert bar.accessibleDescription() == "−1 – 3"
    image = bar.grab().toImage()
    assert image.pixelColor(4, 5).lightnessF() < image.pixelColor(195, 5).lightnessF()

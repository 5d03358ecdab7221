"""The thumbnail grid: choice by mouse and keyboard, and a steady view when words change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import PATIENCE_MS
from tests.gui.fakes import make_images
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.kit.thumbnail_grid import GridItem, Mark, ThumbnailGrid
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs


@pytest.fixture
def grid(app: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[ThumbnailGrid]:
    """Twelve images in rows of four, in a window that shows two rows."""
    pool = TaskPool(2)
    cache = ThumbnailCache(pool, jobs.thumbnail)
    grid = ThumbnailGrid(cache)
    qtbot.addWidget(grid)
    grid.resize(640, 380)
    paths = make_images(tmp_path / "d", 4)
    grid.set_items(
        [GridItem(ImageRef.of_file(path), path.name, path.parent.name) for path in paths]
    )
    grid.show()
    yield grid
    assert pool.close(PATIENCE_MS)


def test_pictures_appear(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    cache = grid._cache

    def all_there() -> bool:
        return all(cache.get(item.image, 100) is not None for item in grid.items[:8])

    qtbot.waitUntil(all_there)
    assert len(grid._wanted) < len(grid.items) or len(grid._visible()) == len(grid.items)


def test_keys_move_the_choice(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    columns = grid._geometry.columns
    keys = Qt.Key
    for key, expected in (
        (keys.Key_Right, 0),  # the first key chooses the first image
        (keys.Key_Right, 1),
        (keys.Key_Down, 1 + columns),
        (keys.Key_Left, columns),
        (keys.Key_Up, 0),
        (keys.Key_Up, 0),
        (keys.Key_End, 11),
        (keys.Key_Right, 11),
        (keys.Key_PageUp, 11 - columns * grid._geometry.rows_in(grid.viewport().height())),
        (keys.Key_Home, 0),
        (keys.Key_Escape, -1),
    ):
        qtbot.keyClick(grid, key)
        assert grid.current_index == expected, key


def test_the_choice_is_brought_into_view(grid: ThumbnailGrid) -> None:
    grid.set_current_index(11)
    assert 11 in grid._visible()
    assert grid.viewport().rect().contains(grid.cell_rect(11).center())
    grid.set_current_index(0)
    assert grid.viewport().rect().contains(grid.cell_rect(0).center())


def test_mouse_chooses_and_opens(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    left = Qt.MouseButton.LeftButton
    point = grid.cell_rect(2).center()
    with qtbot.waitSignal(grid.current_changed) as changed:
        qtbot.mouseClick(grid.viewport(), left, pos=point)
    assert changed.args == [2]
    with qtbot.waitSignal(grid.activated) as activated:
        qtbot.mouseDClick(grid.viewport(), left, pos=point)
    assert activated.args == [2]
    qtbot.mouseClick(grid.viewport(), left, pos=QPoint(1, 1))
    assert grid.current_index == -1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_open(grid: ThumbnailGrid, qtbot: QtBot, key: Qt.Key) -> None:
    grid.set_current_index(3)
    with qtbot.waitSignal(grid.activated) as activated:
        qtbot.keyClick(grid, key)
    assert activated.args == [3]


def test_new_words_move_nothing(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.set_current_index(11)
    scroll = grid.verticalScrollBar().value()
    assert scroll > 0
    with qtbot.assertNotEmitted(grid.current_changed):
        grid.set_items([replace(item, detail="new", mark=Mark.WRONG) for item in grid.items])
    assert grid.current_index == 11
    assert grid.verticalScrollBar().value() == scroll


def test_the_choice_follows_its_file_and_ends_with_it(grid: ThumbnailGrid, qtbot: QtBot) -> None:
    grid.set_current_index(2)
    items = list(grid.items)
    with qtbot.waitSignal(grid.current_changed) as changed:
        grid.set_items(items[::-1])
    assert changed.args == [9]
    with qtbot.waitSignal(grid.current_changed) as changed:
        grid.set_items(items[3:])
    assert changed.args == [-1]
    assert grid.current_item is None


def test_what_is_chosen_is_said(grid: ThumbnailGrid) -> None:
    assert "12" in grid.accessibleDescription()
    grid.set_items([replace(item, mark=Mark.WRONG) for item in grid.items])
    grid.set_current_index(1)
    said = grid.accessibleDescription()
    assert "2 of 12" in said and grid.items[1].image.name in said and "Wrong" in said


def test_size_and_theme_and_emptiness_are_painted(app: QApplication, grid: ThumbnailGrid) -> None:
    grid.set_thumb_size(1000)
    assert grid._geometry.columns == 2
    theme.apply(app, theme.Scheme.DARK)
    grid.grab()
    grid.set_items(())
    grid.set_empty_text("Nothing here")
    assert not grid.grab().isNull()


def test_the_choice_stays_in_view_when_the_width_changes(grid: ThumbnailGrid) -> None:
    grid.set_current_index(7)
    grid.resize(330, 380)
    assert grid._geometry.columns == 2
    assert grid.viewport().rect().contains(grid.cell_rect(7).center())

"""Cells of a thumbnail grid: none overlaps, each is found again, only few are visible."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint

from tlstudio.gui.kit.grid_geometry import EDGE_PX, GridGeometry


@pytest.mark.parametrize("width", [40, 136, 300, 777, 1920])
@pytest.mark.parametrize("thumb", [96, 136, 256])
@pytest.mark.parametrize("lines", [0, 1, 2])
def test_cells_fill_the_width_and_are_found_at_their_middle(
    width: int, thumb: int, lines: int
) -> None:
    geometry = GridGeometry.fitted(23, width, thumb, lines)
    assert geometry.side_px >= thumb
    for index in range(23):
        cell = geometry.cell(index)
        assert geometry.index_at(cell.center()) == index
        assert width < thumb + 2 * EDGE_PX or cell.right() <= width
        assert cell.bottom() <= geometry.height_px
    assert geometry.index_at(QPoint(-1, -1)) == -1
    assert geometry.index_at(QPoint(10, geometry.height_px + 50)) == -1


def test_only_visible_cells_are_visible() -> None:
    geometry = GridGeometry.fitted(100_000, 800, 136, 2)
    visible = geometry.visible(50_000, 600)
    assert 0 < len(visible) < 60
    for index in (visible.start, visible.stop - 1):
        cell = geometry.cell(index)
        assert cell.bottom() + 16 >= 50_000 - 16 and cell.top() <= 50_600 + geometry.pitch_px
    assert geometry.cell(visible.start - 1).bottom() < 50_000
    assert geometry.cell(visible.stop).top() > 50_600


def test_an_empty_grid_has_no_height() -> None:
    geometry = GridGeometry.fitted(0, 800, 136, 2)
    assert geometry.height_px == 0
    assert not geometry.visible(0, 600)

"""Groups of cells: none is torn that fits into a row, and keys reach every cell."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tlstudio.gui.features.health.grouped_geometry import GroupedGeometry
from tlstudio.gui.kit.grid_geometry import GridGeometry

SIZES = (2, 3, 2, 1, 7, 2, 2, 4, 1, 1)


def grouped(width_px: int, sizes: tuple[int, ...] = SIZES) -> GroupedGeometry:
    return GroupedGeometry.of(GridGeometry.fitted(sum(sizes), width_px, 100, 2), sizes)


@pytest.mark.parametrize("width_px", [120, 300, 500, 900])
def test_groups_stay_together(width_px: int) -> None:
    geometry = grouped(width_px)
    assert geometry.count == sum(SIZES)
    start = 0
    for size in SIZES:
        tops = {geometry.cell(index).top() for index in range(start, start + size)}
        assert len(tops) == -(-size // geometry.columns) or size > geometry.columns
        start += size
    cells = [geometry.cell(index) for index in range(geometry.count)]
    assert not any(one.intersects(other) for one in cells for other in cells if one != other)
    assert all(geometry.index_at(cell.center()) == n for n, cell in enumerate(cells))
    assert list(geometry.visible(0, geometry.height_px)) == list(range(geometry.count))


@pytest.mark.parametrize("width_px", [120, 300, 500, 900])
@pytest.mark.parametrize("keys", [("Right", "Left"), ("Down", "Up"), ("PageDown", "PageUp")])
def test_keys_go_from_the_first_to_the_last_row_and_back(
    width_px: int, keys: tuple[str, str]
) -> None:
    geometry = grouped(width_px)
    there, back = (Qt.Key[f"Key_{name}"] for name in keys)
    at, seen = 0, [0]
    for _ in range(geometry.count):
        at = geometry.after_key(there, at, 300) or 0
        seen.append(at)
    assert seen == sorted(seen)
    assert geometry.cell(at).top() == geometry.cell(geometry.count - 1).top()
    for _ in range(geometry.count):
        found = geometry.after_key(back, at, 300)
        assert found is not None and found <= at
        at = found
    assert geometry.cell(at).top() == geometry.cell(0).top()
    assert geometry.after_key(there, -1, 300) == 0


def test_an_empty_place_is_no_cell() -> None:
    geometry = grouped(480, (3, 2, 2))
    gap = geometry.grid.cell(3)
    assert geometry.columns == 4 and geometry.index_at(gap.center()) == -1

"""Cells of a thumbnail grid that belong together stay together in a row: plain arithmetic."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, Qt

from tlstudio.gui.kit.grid_geometry import GridGeometry

_ACROSS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class GroupedGeometry:
    """A grid with places that stay empty, so that a group begins a row where it would be torn.

    A group that is longer than a row goes on in the next one.

    Attributes:
        grid: all places, the empty ones among them.
        places: of the cells, in their order.
    """

    grid: GridGeometry
    places: tuple[int, ...]

    @classmethod
    def of(cls, grid: GridGeometry, sizes: Sequence[int]) -> GroupedGeometry:
        """Lay out groups of these sizes; `grid` has as many cells as all of them together."""
        places: list[int] = []
        at = 0
        for size in sizes:
            column = at % grid.columns
            if column and column + size > grid.columns:
                at += grid.columns - column
            places.extend(range(at, at + size))
            at += size
        return cls(replace(grid, count=at), tuple(places))

    @property
    def count(self) -> int:
        return len(self.places)

    @property
    def columns(self) -> int:
        return self.grid.columns

    @property
    def side_px(self) -> int:
        return self.grid.side_px

    @property
    def pitch_px(self) -> int:
        return self.grid.pitch_px

    @property
    def height_px(self) -> int:
        return self.grid.height_px

    def cell(self, index: int) -> QRect:
        return self.grid.cell(self.places[index])

    def index_at(self, point: QPoint) -> int:
        place = self.grid.index_at(point)
        index = bisect_left(self.places, place)
        return index if index < self.count and self.places[index] == place else -1

    def visible(self, top_px: int, height_px: int) -> range:
        seen = self.grid.visible(top_px, height_px)
        return range(bisect_left(self.places, seen.start), bisect_left(self.places, seen.stop))

    def after_key(self, key: Qt.Key, current: int, height_px: int) -> int | None:
        """Left and right go from cell to cell, up and down to the nearest one of another row."""
        if current < 0 or key not in _ACROSS:
            flat = replace(self.grid, count=self.count)
            return flat.after_key(key, current, height_px)
        place = self.grid.after_key(key, self.places[current], height_px)
        assert place is not None
        index = min(bisect_left(self.places, place), self.count - 1)
        row = place // self.columns
        return index if self.places[index] // self.columns == row or not index else index - 1

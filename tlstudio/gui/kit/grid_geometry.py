"""The geometry of a thumbnail grid: plain arithmetic, no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt

GAP_PX = 16
EDGE_PX = 4  # room for the selection ring around the outer cells
TEXT_LINE_PX = 18
TEXT_GAP_PX = 6


class CellGeometry(Protocol):
    """Where the cells of a grid are, in content coordinates; cells follow each other in rows."""

    @property
    def count(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def side_px(self) -> int: ...
    @property
    def pitch_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    def cell(self, index: int) -> QRect: ...
    def index_at(self, point: QPoint) -> int: ...
    def visible(self, top_px: int, height_px: int) -> range: ...
    def after_key(self, key: Qt.Key, current: int, height_px: int) -> int | None: ...


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """Columns of square thumbnails that fill the width, with lines of text below each.

    Attributes:
        count: number of cells.
        columns: cells in a row.
        side_px: side of the thumbnail, at least what was asked for.
        lines: lines of text below it, 0 to 2.
        gap_px: between the cells.
        tall: height of the picture as a share of its width.
    """

    count: int
    columns: int
    side_px: int
    lines: int
    gap_px: int = GAP_PX
    tall: float = 1.0

    @classmethod
    def fitted(
        cls,
        count: int,
        width_px: int,
        thumb_px: int,
        lines: int,
        *,
        gap_px: int = GAP_PX,
        tall: float = 1.0,
    ) -> GridGeometry:
        """Fit as many columns of `thumb_px` as possible; the rest makes the thumbnails larger."""
        inner = max(width_px - 2 * EDGE_PX, thumb_px)
        columns = max(1, (inner + gap_px) // (thumb_px + gap_px))
        side = (inner - (columns - 1) * gap_px) // columns
        return cls(count, columns, side, lines, gap_px, tall)

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def picture_px(self) -> int:
        """Height of the picture in a cell."""
        return round(self.side_px * self.tall)

    @property
    def cell_height_px(self) -> int:
        text = TEXT_GAP_PX + self.lines * TEXT_LINE_PX if self.lines else 0
        return self.picture_px + text

    @property
    def pitch_px(self) -> int:
        """The distance from the top of a row to the top of the next."""
        return self.cell_height_px + self.gap_px

    @property
    def height_px(self) -> int:
        """The height of all rows."""
        return self.rows * self.pitch_px - self.gap_px + 2 * EDGE_PX if self.count else 0

    def cell(self, index: int) -> QRect:
        """The cell in content coordinates."""
        row, column = divmod(index, self.columns)
        left = EDGE_PX + column * (self.side_px + self.gap_px)
        return QRect(left, EDGE_PX + row * self.pitch_px, self.side_px, self.cell_height_px)

    def index_at(self, point: QPoint) -> int:
        """The cell at a point in content coordinates; -1 between cells."""
        row = (point.y() - EDGE_PX) // self.pitch_px
        column = (point.x() - EDGE_PX) // (self.side_px + self.gap_px)
        if row < 0 or not 0 <= column < self.columns:
            return -1
        index = row * self.columns + column
        return index if index < self.count and self.cell(index).contains(point) else -1

    def visible(self, top_px: int, height_px: int) -> range:
        """The cells that a window of the content shows, whole or in part."""
        first = max(0, (top_px - EDGE_PX) // self.pitch_px)
        last = (top_px + height_px - EDGE_PX) // self.pitch_px + 1
        return range(
            min(first * self.columns, self.count), min(max(0, last) * self.columns, self.count)
        )

    def rows_in(self, height_px: int) -> int:
        """Whole rows on a page of that height, at least one."""
        return max(1, height_px // self.pitch_px)

    def after_key(self, key: Qt.Key, current: int, height_px: int) -> int | None:
        """The cell that a key leads to from `current`, on pages of `height_px`.

        None for keys that lead nowhere; from no cell (-1) all lead to the first one.
        """
        page = self.columns * self.rows_in(height_px)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key == Qt.Key.Key_Home:
            return 0
        if key == Qt.Key.Key_End:
            return self.count - 1
        if key not in steps:
            return None
        if current < 0:
            return 0
        target = current + steps[key]
        if target < 0 and key == Qt.Key.Key_Up:
            return current
        return min(max(target, 0), self.count - 1)

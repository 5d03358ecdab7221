"""The images of findings: those of one finding side by side, on a ground of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.health.grouped_geometry import GroupedGeometry
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.grid_geometry import CellGeometry, GridGeometry
from tlstudio.gui.kit.thumbnail_grid import GridItem, ThumbnailGrid
from tlstudio.gui.kit.thumbnails import ThumbnailCache

AROUND_PX = 6  # of the ground beyond the cells


class FindingGrid(ThumbnailGrid):
    """Cells in groups; groups of one have no ground, so that they are a plain grid."""

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(cache, parent)
        self._sizes: tuple[int, ...] = ()
        self._starts: tuple[int, ...] = (0,)
        self._group_of: tuple[int, ...] = ()
        self.selects_several = True
        self.setAccessibleName(self.tr("Images of the findings"))

    def set_groups(self, items: Sequence[GridItem], sizes: Sequence[int]) -> None:
        """Show these, so many in each group; the choice stays where its images are still there."""
        self._sizes = tuple(sizes)
        self._starts = tuple(accumulate(self._sizes, initial=0))
        self._group_of = tuple(n for n, size in enumerate(self._sizes) for _ in range(size))
        self.set_items(items)

    def group_of(self, index: int) -> int:
        """The group of a cell; -1 for none."""
        return self._group_of[index] if 0 <= index < len(self._group_of) else -1

    def cells_of(self, group: int) -> range:
        """The cells of a group."""
        return range(self._starts[group], self._starts[group + 1])

    @property
    def chosen_groups(self) -> tuple[int, ...]:
        """The groups of which an image is chosen."""
        return tuple(dict.fromkeys(self._group_of[index] for index in self.selection))

    def _laid_out(self, geometry: GridGeometry) -> CellGeometry:
        if max(self._sizes, default=1) == 1:
            return geometry
        return GroupedGeometry.of(geometry, self._sizes)

    def _paint_behind(self, painter: QPainter, visible: range) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().raised))
        for group, cells in groupby(visible, self.group_of):
            if self._sizes[group] == 1:
                continue
            for _, row in groupby((self.cell_rect(cell) for cell in cells), QRect.top):
                first, *rest = row
                ground = first.united(rest[-1]) if rest else first
                ground.adjust(-AROUND_PX, -AROUND_PX, AROUND_PX, AROUND_PX)
                painter.drawRoundedRect(ground, AROUND_PX, AROUND_PX)

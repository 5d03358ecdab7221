"""A row of predictions, as many as fit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.kit.grid_geometry import EDGE_PX, GridGeometry
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.predictions.items import grid_item, spread_sample
from tlstudio.gui.kit.thumbnail_grid import ThumbnailGrid
from tlstudio.gui.kit.thumbnails import ThumbnailCache

SAMPLE = 24
THUMB_PX = 96
LINES = 2


class PredictionStrip(ThumbnailGrid):
    """A fixed sample of images with what the network says of them now."""

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(cache, parent)
        explain(self, "prediction")
        self._sample: tuple[PredictionRecord, ...] = ()
        self._classes: tuple[str, ...] = ()
        self._room = 0
        self.set_thumb_size(THUMB_PX)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit_height()
        self.setAccessibleName(self.tr("Latest predictions"))

    def set_predictions(self, records: Sequence[PredictionRecord], classes: Sequence[str]) -> None:
        """Show a sample of `records`, the same images each time."""
        self._sample, self._classes = spread_sample(records, SAMPLE), tuple(classes)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()
        if self._room != self._row().columns:
            self._show()

    def _row(self) -> GridGeometry:
        return GridGeometry.fitted(1, self.viewport().width(), THUMB_PX, LINES)

    def _fit_height(self) -> None:
        """Fix the height of the row whether or not its second line is in use, so nothing jumps."""
        self.setFixedHeight(self._row().cell_height_px + 2 * EDGE_PX)

    def _show(self) -> None:
        self._room = self._row().columns
        self.set_items([grid_item(r, self._classes) for r in self._sample[: self._room]])

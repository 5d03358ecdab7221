"""The training images nearest to a prediction, as a row of small pictures with their classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from tlstudio.core.evaluation.novelty import Neighbour
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import label, plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.thumbnails import ThumbnailCache

COUNT = 5
PICTURE_PX = 72


class NeighbourStrip(QWidget):
    """Nearest first; hidden while there are none to show."""

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = [ImageViewer(cache) for _ in range(COUNT)]
        self.names = [ElidedLabel() for _ in range(COUNT)]
        self._cells = [QWidget() for _ in range(COUNT)]
        for picture, name, cell in zip(self.pictures, self.names, self._cells, strict=True):
            picture.setMinimumSize(PICTURE_PX, PICTURE_PX)
            picture.setMaximumSize(PICTURE_PX, PICTURE_PX)
            cell.setMaximumWidth(PICTURE_PX)
            vstack(picture, name, spacing=2, parent=cell)
        row = hstack(*self._cells, spacing=theme.GRID)
        row.addStretch()
        vstack(
            label(self.tr("Nearest training images"), "hint"),
            row,
            spacing=theme.GRID // 2,
            parent=self,
        )
        self.setAccessibleName(self.tr("Nearest training images"))
        self.hide()

    def set_neighbours(self, neighbours: Sequence[Neighbour], classes: Sequence[str]) -> None:
        """Show these; none hides the row."""
        self.setVisible(bool(neighbours))
        for number, cell in enumerate(self._cells):
            cell.setVisible(number < len(neighbours))
            if number < len(neighbours):
                one = neighbours[number]
                self.pictures[number].show_image(one.image)
                about = self.tr("{name}, distance {distance}").format(
                    name=one.image.name, distance=f"{one.distance:.3f}"
                )
                self.names[number].set_text(classes[one.class_index], about)
                self.pictures[number].setToolTip(plain_tip(about))

"""The training images nearest to a prediction, as a row of small pictures with their classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.evaluation.novelty import Neighbour
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.image_viewer import ImageViewer
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.thumbnails import ThumbnailCache

COUNT = 5
PICTURE_PX = 52
CELL_PX = 72
HEIGHT_PX = 92


class NeighbourStrip(QWidget):
    """Nearest first, or a line of words in their place; hidden until there is something to say.

    As many are shown as there is room for.
    """

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "neighbours")
        self.words = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.words.setProperty("role", "hint")
        self.pictures = [ImageViewer(cache) for _ in range(COUNT)]
        self.names = [ElidedLabel(where=Qt.TextElideMode.ElideRight) for _ in range(COUNT)]
        self._cells = [QWidget() for _ in range(COUNT)]
        self._count = 0
        for picture, name, cell in zip(self.pictures, self.names, self._cells, strict=True):
            picture.setFixedSize(PICTURE_PX, PICTURE_PX)
            name.setProperty("role", "hint")
            cell.setFixedWidth(CELL_PX)
            vstack(picture, name, spacing=2, parent=cell)
        self._row = QWidget()
        hstack(*self._cells, Stretch(), parent=self._row)
        vstack(self.words, self._row, spacing=2, parent=self)
        self.setMaximumHeight(HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Nearest training images"))
        self._row.hide()
        self.hide()

    def clear(self) -> None:
        """Show nothing, but keep the room of the pictures, so that the next ones move nothing."""
        for picture, name in zip(self.pictures, self.names, strict=True):
            picture.show_pixmap(None)
            name.set_text("")

    def say(self, text: str) -> None:
        """Say in place of the pictures why they are not there."""
        title = self.tr("Nearest training images")
        self.words.set_text(f"{title}  ·  {text}" if text else title, text)
        self._row.hide()
        self.show()

    def set_neighbours(self, neighbours: Sequence[Neighbour], classes: Sequence[str]) -> None:
        """Show these; none hides the row."""
        self.say("")
        self.setVisible(bool(neighbours))
        self._row.setVisible(bool(neighbours))
        self._count = len(neighbours)
        self._fit()
        for picture, label, one in zip(self.pictures, self.names, neighbours, strict=False):
            picture.show_image(one.image)
            about = self.tr("{name}, distance {distance}").format(
                name=one.image.name, distance=f"{one.distance:.3f}"
            )
            label.set_text(classes[one.class_index], about)
            picture.setToolTip(plain_tip(about))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for number, cell in enumerate(self._cells):
            cell.setVisible(number < min(self._count, max(1, self.width() // CELL_PX)))

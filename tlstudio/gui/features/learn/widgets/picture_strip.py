"""Small pictures side by side in rows: those that take part, and empty places for the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.thumbnails import image_from_array

if TYPE_CHECKING:
    import numpy as np

GAP_PX = 4


class PictureStrip(QWidget):
    """Places for `count` pictures in rows of `columns`; the first picture is marked.

    Args:
        name: what they are, for screen readers.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(self, name: str, count: int, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._columns = count, columns
        self._images: list[QImage] = []
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_pictures(self, pictures: Sequence[np.ndarray[Any, Any]]) -> None:
        """Show uint8 ``[H, W, 3]`` each."""
        self._images = [image_from_array(pixels) for pixels in pictures]
        self.setAccessibleDescription(str(len(pictures)))
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        rows = -(-self._count // self._columns)
        return int(rows * (self._side(width) + GAP_PX)) - GAP_PX

    def sizeHint(self) -> QSize:
        return QSize(216, self.heightForWidth(216))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.current()
        side = self._side(self.width())
        for at in range(self._count):
            row, column = divmod(at, self._columns)
            place = QRectF(column * (side + GAP_PX), row * (side + GAP_PX), side, side)
            if at < len(self._images):
                painter.drawImage(place, self._images[at])
            else:
                painter.fillRect(place, QColor(tokens.image_back))
        if self._images:
            pen = QPen(QColor(tokens.accent), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRectF(1, 1, side - 2, side - 2))

    def _side(self, width: int) -> float:
        return float((width - (self._columns - 1) * GAP_PX) // self._columns)

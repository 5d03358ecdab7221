"""A strip of small pictures in one row, as an appetiser."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.thumbnail_painter import PIXELATED_FROM, RADIUS_PX

GAP_PX = 6
HEIGHT_PX = 76


class PictureStrip(QWidget):
    """A row with a box for each expected picture, over the whole width."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = count
        self._pixmaps: Sequence[QPixmap] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_pixmaps(self, pixmaps: Sequence[QPixmap]) -> None:
        self._pixmaps = pixmaps
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(HEIGHT_PX * self._count, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(32 * self._count, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = (self.width() - GAP_PX * (self._count - 1)) / self._count
        for number in range(self._count):
            box = QRectF(number * (width + GAP_PX), 0, width, self.height())
            painter.setBrush(QColor(theme.current().image_back))
            if number < len(self._pixmaps):
                painter.setBrush(self._filling(painter, self._pixmaps[number], box))
            painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)

    def _filling(self, painter: QPainter, pixmap: QPixmap, box: QRectF) -> QBrush:
        """The middle of the picture, over all of `box`."""
        size = QSizeF(pixmap.size())
        covering = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        scale = covering.width() / max(1.0, size.width())
        left = box.center().x() - covering.width() / 2
        top = box.center().y() - covering.height() / 2
        brush = QBrush(pixmap)
        brush.setTransform(QTransform(scale, 0, 0, scale, left, top))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < PIXELATED_FROM)
        return brush

"""A photo with a heat map over it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, qRgba
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import SeenBox
from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.picture_painting import draw_picture
from tlstudio.gui.kit.thumbnail_painter import RADIUS_PX, fitted
from tlstudio.gui.kit.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    import numpy as np

COLOURS = "inferno"  # dark to bright: readable with any kind of colour vision, and printed in grey
WHOLE = SeenBox(0, 0, 1, 1)
SEE_THROUGH = 0.45  # how much of the strength the least value keeps: dark places stay visible
UNSEEN_ALPHA = 130  # over what the network did not see
STRENGTH_PERCENT = 65
SAVED_PX = 640  # the longer side of each picture of a saved pair
SAVED_GAP_PX = 16


class HeatView(QWidget):
    """Shows the photo alone until there is a map."""

    spoken_as = accessible.Role.Graphic

    def __init__(self, cache: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "heat-map")
        self._cache = cache
        self._ref: ImageRef | None = None
        self._picture: QPixmap | None = None
        self._levels: QImage | None = None
        self._box = WHOLE
        self.strength = STRENGTH_PERCENT
        self.setMinimumSize(96, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Heat map"))
        cache.ready.connect(self._on_ready)

    @property
    def has_map(self) -> bool:
        return self._levels is not None

    def set_photo(self, ref: ImageRef) -> None:
        """Lie over this photo, as yet without a map."""
        self._ref, self._picture, self._levels = ref, None, None
        self.update()

    def set_map(self, values: np.ndarray[Any, Any], box: SeenBox) -> None:
        """Show float ``[H, W]`` from 0 to 1 over the part `box` of the photo."""
        self._levels, self._box = _levels(values), box
        self.update()

    def set_average(self, values: np.ndarray[Any, Any], picture: QPixmap) -> None:
        """Show float ``[H, W]`` from 0 to 1 over the whole of a picture in place of the photo."""
        self._picture, self._levels, self._box = picture, _levels(values), WHOLE
        self.update()

    def set_strength(self, percent: int) -> None:
        """How much the map covers the photo, 0 to 100."""
        self.strength = percent
        self.update()

    def pair(self, caption: str) -> QImage | None:
        """The photo and the photo with its map beside each other, to be saved; None without one."""
        photo = self._photo(SAVED_PX)
        if photo is None or self._levels is None:
            return None
        size = QSizeF(photo.size()).scaled(SAVED_PX, SAVED_PX, Qt.AspectRatioMode.KeepAspectRatio)
        gap, line = SAVED_GAP_PX, 3 * self.fontMetrics().height()
        width, height = round(size.width()), round(size.height())
        image = QImage(2 * width + 3 * gap, height + 2 * gap + line, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        left = QRectF(gap, gap, width, height)
        draw_picture(painter, photo, left, 1.0, 0)
        self._paint(painter, photo, left.translated(width + gap, 0), 1.0, 0)
        painter.setPen(Qt.GlobalColor.black)
        painter.setFont(self.font())
        place = QRectF(gap, height + 1.5 * gap, 2 * width + gap, line)
        painter.drawText(place, int(Qt.TextFlag.TextWordWrap), caption)
        painter.end()
        return image

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        photo = self._photo(round(max(self.width(), self.height()) * ratio))
        if photo is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = fitted(QSizeF(photo.size()), QRectF(self.rect()))
        self._paint(painter, photo, place, ratio, RADIUS_PX)

    def _photo(self, size_px: int) -> QPixmap | None:
        if self._picture is not None or self._ref is None:
            return self._picture
        return self._cache.get(self._ref, size_px)

    def _paint(
        self, painter: QPainter, photo: QPixmap, place: QRectF, ratio: float, radius: float
    ) -> None:
        draw_picture(painter, photo, place, ratio, radius)
        if self._levels is None:
            return
        box = self._box
        seen = QRectF(
            place.left() + box.left * place.width(),
            place.top() + box.top * place.height(),
            box.width * place.width(),
            box.height * place.height(),
        )
        if not box.is_whole:
            back = QColor(theme.current().image_back)
            back.setAlpha(UNSEEN_ALPHA)
            for part in _around(place, seen):
                painter.fillRect(part, back)
        levels = self._levels
        levels.setColorTable(_table(self.strength))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(seen, levels.convertToFormat(QImage.Format.Format_ARGB32))
        if not box.is_whole:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(255, 255, 255, 200), 1))
            painter.drawRect(seen.adjusted(0.5, 0.5, -0.5, -0.5))

    def _on_ready(self, ref: ImageRef) -> None:
        if ref == self._ref:
            self.update()


def _around(outer: QRectF, inner: QRectF) -> tuple[QRectF, ...]:
    """What is left of a rectangle around another."""
    return (
        QRectF(outer.left(), outer.top(), outer.width(), inner.top() - outer.top()),
        QRectF(outer.left(), inner.bottom(), outer.width(), outer.bottom() - inner.bottom()),
        QRectF(outer.left(), inner.top(), inner.left() - outer.left(), inner.height()),
        QRectF(inner.right(), inner.top(), outer.right() - inner.right(), inner.height()),
    )


def _levels(values: np.ndarray[Any, Any]) -> QImage:
    """Values 0..1 as an image whose colours are a table that may be changed."""
    import numpy as np

    pixels = np.ascontiguousarray(np.round(np.clip(values, 0, 1) * 255).astype(np.uint8))
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Indexed8).copy()


@cache
def _table(percent: int) -> tuple[int, ...]:
    """256 colours; bright places cover the photo more than dark ones."""
    import pyqtgraph

    rows = pyqtgraph.colormap.get(COLOURS).getLookupTable(nPts=256, alpha=False)
    most = 255 * percent / 100
    alphas = (most * (SEE_THROUGH + (1 - SEE_THROUGH) * n / 255) for n in range(256))
    return tuple(
        qRgba(int(r), int(g), int(b), round(a)) for (r, g, b), a in zip(rows, alphas, strict=True)
    )

"""Draws a picture into a rectangle with rounded corners, scaled smoothly or by pixels."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPixmap, QTransform

from tlstudio.gui.kit.thumbnail_painter import PIXELATED_FROM, RADIUS_PX


def draw_picture(
    painter: QPainter,
    pixmap: QPixmap,
    place: QRectF,
    pixel_ratio: float,
    radius_px: float = RADIUS_PX,
) -> None:
    """Fill `place` with the picture, which is stretched to it.

    Much smaller than the original, it is scaled once and well, not sampled; much larger, it shows
    its pixels.
    """
    scale = place.width() / max(1, pixmap.width())
    if scale * pixel_ratio < 0.75:
        pixmap = pixmap.scaled(
            (place.size() * pixel_ratio).toSize(),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scale = place.width() / max(1, pixmap.width())
    brush = QBrush(pixmap)
    across = place.height() / max(1, pixmap.height())
    brush.setTransform(QTransform(scale, 0, 0, across, place.left(), place.top()))
    painter.setRenderHint(
        QPainter.RenderHint.SmoothPixmapTransform, scale * pixel_ratio < PIXELATED_FROM
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(place, radius_px, radius_px)

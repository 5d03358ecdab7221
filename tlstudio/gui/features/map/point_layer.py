"""The points of a map as a picture: painted anew when they change, moved when a person pans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from tlstudio.gui.kit import theme

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN = 0.2  # of the view on each side, so that panning need not paint at once
DIMMED = 0.22  # opacity of what is not meant


class PointLayer:
    """A pixmap around the view, with every point that lies on it.

    A point is a copy of one small picture: 20,000 of them take 10 ms.
    """

    def __init__(self) -> None:
        self._pixmap: QPixmap | None = None
        self._at = QPointF()  # of its corner, in the view
        self._order: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def forget(self) -> None:
        """Something changed: paint anew the next time."""
        self._pixmap = None

    def move(self, by: QPointF) -> None:
        """The view was panned."""
        self._at += by

    def paint(self, painter: QPainter) -> None:
        """Paint it into the view, for which it was rendered and moved."""
        assert self._pixmap is not None
        painter.drawPixmap(self._at, self._pixmap)

    def covers(self, size: QSize, ratio: float) -> bool:
        """Whether it can be painted as it is into a view of this size on such a screen."""
        if self._pixmap is None or self._pixmap.devicePixelRatio() != ratio:
            return False
        own = self._pixmap.deviceIndependentSize()
        right, bottom = self._at.x() + own.width(), self._at.y() + own.height()
        is_left = self._at.x() <= 0 and self._at.y() <= 0
        return is_left and right >= size.width() and bottom >= size.height()

    def render(
        self,
        size: QSize,
        ratio: float,
        places: NDArray[np.floating],
        sprites: Sequence[QPixmap],
        codes: NDArray[np.int64],
        is_above: NDArray[np.bool_],
    ) -> None:
        """Paint all points that lie on it.

        Args:
            size, ratio: of the view and its screen.
            places: in the view, ``[N, 2]``.
            sprites: the small pictures, in pixels of the screen.
            codes: the picture of each point, ``[N]``.
            is_above: points over all others, ``[N]``.
        """
        margin_x, margin_y = round(size.width() * MARGIN), round(size.height() * MARGIN)
        width = round((size.width() + 2 * margin_x) * ratio)
        height = round((size.height() + 2 * margin_y) * ratio)
        pixmap = QPixmap(width, height)
        pixmap.fill(Qt.GlobalColor.transparent)
        if len(self._order) != len(places):  # mixed, so that no class hides another one
            self._order = np.random.default_rng(0).permutation(len(places))
        half = np.array([sprite.width() / 2 for sprite in sprites] or [0.0])
        margins = np.array([margin_x, margin_y])
        corners = (places + margins) * ratio - half[codes, None]
        is_seen = (corners > -20).all(axis=1)
        is_seen &= (corners[:, 0] < width) & (corners[:, 1] < height)
        order = self._order[is_seen[self._order]]
        order = np.concatenate([order[~is_above[order]], order[is_above[order]]])
        xs, ys = np.rint(corners[order]).astype(np.int64).T.tolist()
        painter = QPainter(pixmap)
        draw = painter.drawPixmap
        for x, y, code in zip(xs, ys, codes[order].tolist(), strict=True):
            draw(x, y, sprites[code])
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        self._pixmap, self._at = pixmap, QPointF(-margin_x, -margin_y)


def sprite(colour: QColor, radius_px: float, ratio: float, *, opacity: float = 1.0) -> QPixmap:
    """A point, in pixels of the screen, with a fine edge that parts it from those below."""
    radius = radius_px * ratio
    edge = max(0.5, 0.22 * radius)
    side = int(np.ceil(2 * (radius + edge))) | 1
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    surface = QColor(theme.current().surface)
    surface.setAlphaF(0.8)
    painter.setPen(QPen(surface, edge))
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(side / 2, side / 2), radius, radius)
    painter.end()
    return pixmap

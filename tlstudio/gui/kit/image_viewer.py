"""A large picture that is fitted into the available room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import accessible, icons, theme
from tlstudio.gui.kit.picture_painting import draw_picture
from tlstudio.gui.kit.thumbnail_painter import RADIUS_PX, fitted
from tlstudio.gui.kit.thumbnails import ThumbnailCache, image_from_array

if TYPE_CHECKING:
    import numpy as np

ICON_PX = 32


class ImageViewer(QWidget):
    """Shows a pixmap, an array or an image of a dataset; a placeholder while it has none.

    Args:
        cache: where pictures of images come from; only `show_image` needs it.
        framed: whether the room around the picture is tinted, as in the thumbnail grid.
    """

    spoken_as = accessible.Role.Graphic

    def __init__(
        self,
        cache: ThumbnailCache | None = None,
        parent: QWidget | None = None,
        *,
        framed: bool = False,
    ) -> None:
        super().__init__(parent)
        self._framed = framed
        self._cache = cache
        self._ref: ImageRef | None = None
        self._pixmap: QPixmap | None = None
        self._text = ""
        self.setMinimumSize(96, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture"))
        if cache is not None:
            cache.ready.connect(self._on_ready)

    @property
    def has_picture(self) -> bool:
        """Whether a pixmap or an array is shown."""
        return self._pixmap is not None

    def show_pixmap(self, pixmap: QPixmap | None, name: str = "") -> None:
        """Show a picture; None shows the placeholder. `name` is read to those who cannot see it."""
        self._ref, self._pixmap, self._text = None, pixmap, ""
        self.setAccessibleDescription(name)
        self.update()

    def show_array(self, pixels: np.ndarray[Any, Any], name: str = "") -> None:
        """Show uint8 ``[h, w, 3]``."""
        self.show_pixmap(QPixmap.fromImage(image_from_array(pixels)), name)

    def show_image(self, ref: ImageRef) -> None:
        """Show an image: a small version of it at once if there is one, then the sharp one."""
        self._ref, self._pixmap, self._text = ref, None, ""
        self.setAccessibleDescription(ref.name)
        self.update()

    def show_text(self, text: str) -> None:
        """Show words in place of a picture."""
        self._ref, self._pixmap, self._text = None, None, text
        self.setAccessibleDescription(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        pixmap = self._current_pixmap()
        box = QRectF(self.rect())
        if pixmap is None or self._framed:
            painter.setBrush(QColor(theme.current().image_back))
            painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)
        if pixmap is None:
            self._paint_placeholder(painter, box)
            return
        place = fitted(QSizeF(pixmap.size()), box)
        draw_picture(painter, pixmap, place, self.devicePixelRatioF())

    def _current_pixmap(self) -> QPixmap | None:
        if self._ref is None or self._cache is None:
            return self._pixmap
        side = max(self.width(), self.height()) * self.devicePixelRatioF()
        return self._cache.get(self._ref, round(side))

    def _paint_placeholder(self, painter: QPainter, box: QRectF) -> None:
        failed = self._ref is not None and self._cache is not None and self._cache.failed(self._ref)
        text = self.tr("This picture cannot be read.") if failed else self._text
        if text:
            painter.setPen(QColor(theme.current().text_soft))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(box.adjusted(16, 16, -16, -16), flags, text)
            return
        place = QRect(0, 0, ICON_PX, ICON_PX)
        place.moveCenter(box.center().toPoint())
        icons.icon("image", "text_faint").paint(painter, place)

    def _on_ready(self, ref: ImageRef) -> None:
        if ref == self._ref:
            self.update()

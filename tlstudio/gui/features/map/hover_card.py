"""The image of the point under the pointer: its picture, its name, and what its colour means."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.features.map.colouring import ColourGroup
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.thumbnails import ThumbnailCache

PICTURE_PX = 148
AWAY_PX = 14


class HoverCard(QFrame):
    """A box beside the point, which the mouse goes through."""

    def __init__(self, thumbnails: ThumbnailCache, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbnails, self._around = thumbnails, parent
        self.image: ImageRef | None = None
        self.setProperty("role", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.picture = QLabel()
        self.picture.setFixedWidth(PICTURE_PX)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = ElidedLabel()
        self.about = ElidedLabel()
        self.about.setProperty("role", "hint")
        self.group = ElidedLabel()
        margins = (theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        column = vstack(
            self.picture, self.name, self.about, self.group, spacing=2, margins=margins, parent=self
        )
        column.setSizeConstraint(column.SizeConstraint.SetFixedSize)
        for words in (self.name, self.about, self.group):
            words.setFixedWidth(PICTURE_PX)
        thumbnails.ready.connect(self._on_ready)
        self.hide()

    def tell(self, image: ImageRef, about: str, group: ColourGroup | None) -> None:
        """Show an image."""
        self.image = image
        self.name.set_text(image.name)
        self.about.set_text(about)
        self.about.setVisible(bool(about))
        says_more = group is not None and group.title not in about.split(" · ")
        self.group.set_text(group.title if group is not None and says_more else "")
        self.group.setVisible(says_more)
        self._show_picture()
        self.adjustSize()
        self.show()

    def place(self, at: QPoint) -> None:
        """Move beside a point of the map, staying within the map."""
        self.adjustSize()
        room = self._around.size()
        x = at.x() + AWAY_PX
        if x + self.width() > room.width():
            x = at.x() - AWAY_PX - self.width()
        y = min(max(0, at.y() - self.height() // 3), room.height() - self.height())
        self.move(max(0, x), max(0, y))
        self.raise_()

    def _show_picture(self) -> None:
        if self.image is None:
            return
        ratio = self.devicePixelRatioF()
        pixmap = self._thumbnails.get(self.image, round(PICTURE_PX * ratio))
        if pixmap is None:
            self.picture.clear()
            self.picture.setFixedHeight(PICTURE_PX)
            return
        shown = pixmap.scaled(
            QSize(PICTURE_PX, PICTURE_PX) * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)
        self.picture.setFixedHeight(round(shown.deviceIndependentSize().height()))

    def _on_ready(self, image: ImageRef) -> None:
        if self.isVisible() and image == self.image:
            self._show_picture()

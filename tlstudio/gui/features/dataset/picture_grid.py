"""A few pictures that exist only in memory, as large thumbnails in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit.cell_area import CellArea
from tlstudio.gui.kit.grid_geometry import GridGeometry
from tlstudio.gui.kit.thumbnail_painter import CellState, GridItem, ThumbnailPainter

THUMB_PX = 148


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; `image` is what it was made from."""

    pixmap: QPixmap
    image: ImageRef
    caption: str = ""


class PictureGrid(CellArea):
    """Looks as the thumbnail grid does; nothing can be chosen in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: Sequence[Picture] = ()
        self._text = ""
        self._painter: ThumbnailPainter | None = None
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    @property
    def pictures(self) -> Sequence[Picture]:
        return self._pictures

    @property
    def text(self) -> str:
        return self._text

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        self._pictures, self._text = pictures, ""
        self.setAccessibleDescription(self.tr("%n picture(s)", "", len(pictures)))
        self._arrange()

    def set_text(self, text: str) -> None:
        """Words in place of pictures."""
        self._pictures, self._text = (), text
        self.setAccessibleDescription(text)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._painter = None
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._pictures:
            self._paint_words(painter, self._text)
            return
        if self._painter is None:
            self._painter = ThumbnailPainter(self.font())
        for number in self._visible():
            picture = self._pictures[number]
            item = GridItem(picture.image, picture.caption)
            self._painter.paint(painter, self.cell_rect(number), item, picture.pixmap, CellState())
        if self._keyboard_focus:
            self._paint_focus(painter)

    def _text_of(self, index: int) -> str:
        picture = self._pictures[index]
        return ", ".join(part for part in (picture.image.name, picture.caption) if part)

    def _arrange(self) -> None:
        width = self.viewport().width()
        self._set_geometry(GridGeometry.fitted(len(self._pictures), width, THUMB_PX, 1), 4)

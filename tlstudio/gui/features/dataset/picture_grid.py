"""A few pictures that exist only in memory, as large thumbnails in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.gui.kit import accessible
from tlstudio.gui.kit.cell_area import CellArea
from tlstudio.gui.kit.grid_geometry import GridGeometry
from tlstudio.gui.kit.thumbnail_painter import CellState, GridItem, ThumbnailPainter

THUMB_PX = 148


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture.

    Attributes:
        pixmap: what is painted.
        image: what it was made from.
        caption: below it.
        detail: below that, quieter.
        tip: more about it, for a tooltip and for screen readers.
    """

    pixmap: QPixmap
    image: ImageRef
    caption: str = ""
    detail: str = ""
    tip: str = ""


class PictureGrid(CellArea):
    """Looks as the thumbnail grid does.

    Signals:
        activated(int): double click, Enter or Space on a picture.
    """

    activated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: Sequence[Picture] = ()
        self._text = ""
        self._painter: ThumbnailPainter | None = None
        self._current = -1  # by the keyboard
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    @property
    def pictures(self) -> Sequence[Picture]:
        return self._pictures

    @property
    def text(self) -> str:
        return self._text

    def set_pictures(self, pictures: Sequence[Picture]) -> None:
        self._pictures, self._text = pictures, ""
        self._current = min(self._current, len(pictures) - 1)
        self.setAccessibleDescription(self.tr("%n picture(s)", "", len(pictures)))
        self._arrange()

    def set_text(self, text: str) -> None:
        """Words in place of pictures."""
        self._pictures, self._text = (), text
        self._current = -1
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
            item = GridItem(picture.image, picture.caption, picture.detail)
            state = CellState(
                hovered=number == self._hovered,
                selected=number == self._current and self.hasFocus(),
                focused=self.hasFocus(),
            )
            self._painter.paint(painter, self.cell_rect(number), item, picture.pixmap, state)
        if self._keyboard_focus and self._current < 0:
            self._paint_focus(painter)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self._index_at(event.position().toPoint())
        if number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        height = self.viewport().height()
        number = self._geometry.after_key(Qt.Key(event.key()), self._current, height)
        if number is not None and self._pictures:
            self._current = number
            self._bring_into_view(number)
            accessible.tell_current(self)
            self.viewport().update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self._current >= 0:
                self.activated.emit(self._current)
        else:
            super().keyPressEvent(event)

    def spoken_current(self) -> int:
        return self._current

    def _text_of(self, index: int) -> str:
        picture = self._pictures[index]
        own = picture.tip or ", ".join(filter(None, (picture.caption, picture.detail)))
        return "\n".join(filter(None, (picture.image.name, own)))

    def _arrange(self) -> None:
        width = self.viewport().width()
        lines = 2 if any(picture.detail for picture in self._pictures) else 1
        self._set_geometry(GridGeometry.fitted(len(self._pictures), width, THUMB_PX, lines), 4)

"""A small picture by its pixels, with a square on it that a person drags from pixel to pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from tlstudio.gui.features.learn.widgets.dragged import ARROWS, Dragged
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.thumbnails import image_from_array

if TYPE_CHECKING:
    import numpy as np

EVEN_FROM_PX = 4  # smaller pixels may differ by one of the screen's, rather than be lost
GRID_FROM_PX = 9  # pixels this large have lines between them
FAR = 8  # steps of an arrow with Shift
HINT_PX, LEAST_PX = 256, 96
EDGE_PX = 4  # for the lines around picture and square


class PixelPicture(Dragged):
    """Shows uint8 pixels as large as there is room, and perhaps a square of them that moves.

    Dragging anywhere takes the square along, and so do the arrow keys; with Shift further.

    Args:
        name: what it shows, for screen readers.
        can_drag: whether a person moves the square; else it follows `set_position`.

    Signals:
        moved(int, int): a person moved the upper left corner of the square to this pixel.
    """

    moved = Signal(int, int)

    def __init__(self, name: str, parent: QWidget | None = None, *, can_drag: bool = False) -> None:
        super().__init__(name, parent, can_drag=can_drag, cursor=Qt.CursorShape.OpenHandCursor)
        self._image: QImage | None = None
        self._size = QSize(1, 1)
        self._square = QSize()
        self._step = 1
        self._border = 0
        self._unseen = 0
        self._room = 0
        self._seen: int | None = None
        self._at = (0, 0)
        self.setMinimumSize(LEAST_PX, LEAST_PX)

    @property
    def position(self) -> tuple[int, int]:
        """The pixel (x, y) under the upper left corner of the square."""
        return self._at

    def set_pixels(self, pixels: np.ndarray[Any, Any]) -> None:
        """Show uint8 ``[H, W]`` or ``[H, W, 3]``."""
        rgb = pixels if pixels.ndim == 3 else pixels[:, :, None].repeat(3, axis=2)
        self._image = image_from_array(rgb)
        self._size = self._image.size()
        self.set_position(*self._at)
        self.update()

    def set_square(self, side: int, step: int = 1) -> None:
        """Lay a square on the picture.

        Args:
            side: in pixels; 0 for none.
            step: pixels from one place to the next.
        """
        self._square, self._step = QSize(side, side), step
        self.set_position(*self._at)
        self.update()

    def set_border(self, border: int) -> None:
        """Hatch so many pixels at each edge: the padding, which is no part of the photo."""
        self._border = border
        self.update()

    def set_unseen(self, count: int) -> None:
        """Dim so many pixels at the right and at the bottom, which the square does not reach."""
        self._unseen = count
        self.update()

    def set_room(self, pixels: int) -> None:
        """Make pixels no larger than if the picture had so many; 0 for as large as there is room.

        Pictures of several sizes then show which is the larger one.
        """
        self._room = pixels
        self.update()

    def set_seen(self, count: int | None) -> None:
        """Show so many pixels, from left to right and row by row; all for None."""
        self._seen = count
        self.update()

    def set_position(self, x: int, y: int) -> tuple[int, int]:
        """Move the square to the nearest place that it can have, which is returned."""
        self._at = (self._place(x, self._size.width()), self._place(y, self._size.height()))
        self.setAccessibleDescription(
            self.tr("column {x}, row {y}").format(x=self._at[0] + 1, y=self._at[1] + 1)
        )
        self.update()
        return self._at

    def pixel_rect(self, x: int, y: int, columns: int = 1, rows: int = 1) -> QRectF:
        """Where pixels are in the widget."""
        area, cell = self._area()
        return QRectF(area.x() + x * cell, area.y() + y * cell, columns * cell, rows * cell)

    def ring_rect(self) -> QRectF:
        """Where the ring of the keyboard is: around the picture."""
        return self._area()[0].adjusted(-EDGE_PX, -EDGE_PX, EDGE_PX, EDGE_PX)

    def sizeHint(self) -> QSize:
        return QSize(HINT_PX, HINT_PX)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.can_drag:
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def press(self, key: int, *, is_far: bool) -> bool:
        if key in ARROWS:
            across, down = ARROWS[key]
            step = self._step * (FAR if is_far else 1)
            self._move(self._at[0] + across * step, self._at[1] + down * step)
        return key in ARROWS

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, cell = self._area()
        tokens = theme.current()
        painter.fillRect(area, QColor(tokens.image_back))
        if self._image is None:
            return
        if self._seen is not None:
            self._clip_seen(painter)
        painter.drawImage(area, self._image)
        painter.setClipping(False)
        if self._seen is None:  # a white picture has an edge on a white page, too
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-1, -1, 0, 0))
        if self._border:
            self._paint_border(painter)
        if self._unseen:
            self._paint_unseen(painter)
        if cell >= GRID_FROM_PX:
            self._paint_grid(painter, area, cell)
        if self._square.width() > 0:
            self._paint_square(painter)

    def _area(self) -> tuple[QRectF, float]:
        """Where the picture is, and how large one of its pixels."""
        columns, rows = self._size.width(), self._size.height()
        room = self.rect().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
        most = self._room
        cell = min(room.width() / max(columns, most), room.height() / max(rows, most))
        if cell >= EVEN_FROM_PX:
            cell = float(int(cell))  # all pixels are equally large
        elif cell >= 1:
            cell = int(2 * cell) / 2
        area = QRectF(0, 0, columns * cell, rows * cell)
        area.moveLeft(room.x() + (room.width() - area.width()) / 2)
        area.moveTop(room.y())  # below its title
        area.moveTopLeft(QPointF(area.topLeft().toPoint()))
        return area, cell

    def _place(self, at: int, count: int) -> int:
        """The nearest multiple of the step at which the square lies on the picture."""
        if self._image is None:
            return at  # it is not known yet how many there are
        last = max(0, count - max(1, self._square.width())) // self._step
        return max(0, min(round(at / self._step), last)) * self._step

    def drag_to(self, at: QPointF) -> None:
        if self._square.width() <= 0:
            return
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        area, cell = self._area()
        half = (self._square.width() - 1) / 2
        x = (at.x() - area.x()) / cell - 0.5 - half
        y = (at.y() - area.y()) / cell - 0.5 - half
        self._move(round(x), round(y))

    def _move(self, x: int, y: int) -> None:
        before = self._at
        if self.set_position(x, y) != before:
            self.moved.emit(*self._at)

    def _clip_seen(self, painter: QPainter) -> None:
        assert self._seen is not None
        columns = self._size.width()
        rows, rest = divmod(self._seen, columns)
        region = self.pixel_rect(0, 0, columns, rows).toRect()
        painter.setClipRect(region)
        if rest:
            part = self.pixel_rect(0, rows, rest, 1).toRect()
            painter.setClipRect(part, Qt.ClipOperation.ReplaceClip)
            painter.drawImage(self._area()[0], self._image or QImage())
            painter.setClipRect(region)

    def _paint_border(self, painter: QPainter) -> None:
        columns, rows, wide = self._size.width(), self._size.height(), self._border
        colour = QColor(theme.current().accent_soft)
        lines = QColor(theme.current().accent)
        lines.setAlpha(90)
        for x, y, width, height in (
            (0, 0, columns, wide),
            (0, rows - wide, columns, wide),
            (0, wide, wide, rows - 2 * wide),
            (columns - wide, wide, wide, rows - 2 * wide),
        ):
            place = self.pixel_rect(x, y, width, height)
            painter.fillRect(place, colour)
            painter.fillRect(place, QBrush(lines, Qt.BrushStyle.BDiagPattern))

    def _paint_unseen(self, painter: QPainter) -> None:
        columns, rows, count = self._size.width(), self._size.height(), self._unseen
        dim = QColor(theme.current().surface)
        dim.setAlpha(200)
        painter.fillRect(self.pixel_rect(columns - count, 0, count, rows), dim)
        painter.fillRect(self.pixel_rect(0, rows - count, columns - count, count), dim)

    def _paint_grid(self, painter: QPainter, area: QRectF, cell: float) -> None:
        colour = QColor(theme.current().surface)
        colour.setAlpha(70)
        painter.setPen(QPen(colour, 1))
        for column in range(1, self._size.width()):
            x = int(area.x() + column * cell)
            painter.drawLine(x, int(area.top()), x, int(area.bottom()) - 1)
        for row in range(1, self._size.height()):
            y = int(area.y() + row * cell)
            painter.drawLine(int(area.left()), y, int(area.right()) - 1, y)

    def _paint_square(self, painter: QPainter) -> None:
        """With a light line around the dark one, so that it is seen on any photo."""
        tokens = theme.current()
        side = self._square.width()
        place = self.pixel_rect(*self._at, side, side).toRect()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, out, width in ((tokens.surface, 2, 4), (tokens.accent, 1, 2)):
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRect(place).adjusted(-out + 1, -out + 1, out - 1, out - 1))

"""A photo with squares on it that may reach beyond its border, and the place they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
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

MARGIN = 0.14  # of the photo's side, at each edge: room for what lies beyond the border
MOST_ALPHA = 215  # of the heat: the photo is still seen
NUDGE = 1 / 16  # of the side, by an arrow key


@dataclass(frozen=True, slots=True)
class Square:
    """A square in pixels of the photo."""

    top: float
    left: float
    side: float
    colour: str
    is_dashed: bool = False


class FieldPicture(Dragged):
    """Shows the photo with its surroundings; a person drags the place.

    Args:
        name: what it shows, for screen readers.

    Signals:
        moved(float, float): a person moved the place here, in shares of the width and height.
    """

    moved = Signal(float, float)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent, cursor=Qt.CursorShape.CrossCursor)
        self._image: QImage | None = None
        self._heat: QImage | None = None
        self._side = 1
        self._squares: tuple[Square, ...] = ()
        self._at = (0.5, 0.5)

    @property
    def position(self) -> tuple[float, float]:
        """The place (x, y), in shares of the width and height."""
        return self._at

    def set_position(self, x: float, y: float) -> None:
        self._at = (max(0.0, min(0.999, x)), max(0.0, min(0.999, y)))
        self.update()

    def set_photo(self, pixels: np.ndarray[Any, Any]) -> None:
        """Show uint8 ``[H, W, 3]``."""
        self._image = image_from_array(pixels)
        self.update()

    def set_side(self, side: int) -> None:
        """The pixels along an edge of the photo, in which squares are given."""
        self._side = side
        self.update()

    def set_squares(self, squares: tuple[Square, ...], words: str) -> None:
        """Lay squares over the photo; `words` are for screen readers."""
        self._squares = squares
        self.setAccessibleDescription(words)
        self.update()

    def set_heat(self, shares: np.ndarray[Any, Any] | None) -> None:
        """Lay a float ``[H, W]`` over the photo: the greater a value, the more colour."""
        self._heat = None if shares is None else _heat(shares)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)

    def press(self, key: int, *, is_far: bool) -> bool:
        if key in ARROWS:
            across, down = ARROWS[key]
            self._move(self._at[0] + across * NUDGE, self._at[1] + down * NUDGE)
        return key in ARROWS

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme.current()
        frame, photo = self._frame(), self._photo()
        painter.setClipRect(frame)
        painter.fillRect(frame, QColor(tokens.image_back))
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outer = self._squares[:1]
        for square in outer:  # what it sees beyond the border is padding
            lines = QColor(tokens.accent)
            lines.setAlpha(110)
            painter.fillRect(self._rect(square), QBrush(lines, Qt.BrushStyle.BDiagPattern))
        painter.drawImage(photo, self._image)
        if self._heat is not None:
            shade = QColor(tokens.window)
            shade.setAlpha(80)
            painter.fillRect(photo, shade)
            painter.drawImage(photo, self._heat)
        for square in self._squares:
            self._paint_square(painter, square)

    def _frame(self) -> QRectF:
        side = min(self.width(), self.height())
        frame = QRectF(0, 0, side, side)
        frame.moveCenter(QRectF(self.rect()).center())
        return QRectF(frame.toRect())

    def _photo(self) -> QRectF:
        frame = self._frame()
        margin = frame.width() * MARGIN / (1 + 2 * MARGIN)
        return frame.adjusted(margin, margin, -margin, -margin)

    def _rect(self, square: Square) -> QRectF:
        photo = self._photo()
        scale = photo.width() / self._side
        return QRectF(
            photo.left() + square.left * scale,
            photo.top() + square.top * scale,
            square.side * scale,
            square.side * scale,
        )

    def _paint_square(self, painter: QPainter, square: Square) -> None:
        """With a light line around, so that it is seen on any photo."""
        place = self._rect(square)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tokens = theme.current()
        style = Qt.PenStyle.DashLine if square.is_dashed else Qt.PenStyle.SolidLine
        for colour, width, line in (
            (tokens.surface, 5.0, Qt.PenStyle.SolidLine),
            (getattr(tokens, square.colour), 2.5, style),
        ):
            pen = QPen(QColor(colour), width, line)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(place)

    def drag_to(self, at: QPointF) -> None:
        photo = self._photo()
        self._move((at.x() - photo.left()) / photo.width(), (at.y() - photo.top()) / photo.height())

    def _move(self, x: float, y: float) -> None:
        before = self._at
        self.set_position(x, y)
        if self._at != before:
            self.moved.emit(*self._at)


def _heat(shares: np.ndarray[Any, Any]) -> QImage:
    """Transparent where nothing is, full colour from the strongest hundredth of what counts on."""
    import numpy as np

    counted = shares[shares > 0]
    most = float(np.quantile(counted, 0.99)) if counted.size else 1.0
    alpha = np.clip(shares / (most or 1.0), 0, 1) ** 0.6
    colour = QColor(theme.current().val)
    rgba = np.empty((*shares.shape, 4), np.uint8)
    rgba[..., 0], rgba[..., 1], rgba[..., 2] = colour.red(), colour.green(), colour.blue()
    rgba[..., 3] = (alpha * MOST_ALPHA).astype(np.uint8)
    height, width = shares.shape
    return QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()

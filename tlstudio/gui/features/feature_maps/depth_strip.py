"""A row of pictures from the image to the head, one of which may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tlstudio.gui.kit import accessible, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.picture_painting import draw_picture

GAP_PX = 8
TILE_MIN_PX, TILE_MAX_PX = 36, 104
EDGE_PX = 3
LINE_PX = 15
CAPTION_PX = 34  # two lines below each tile
RADIUS_PX = 4


@dataclass(frozen=True, slots=True)
class StripTile:
    """A tile: its picture (None while it is on its way), name, second line and tooltip."""

    key: str
    pixmap: QPixmap | None
    title: str
    detail: str
    text: str = ""


class DepthStrip(QWidget):
    """A row of tiles over the whole width.

    Signals:
        chosen(str): a person chose the tile with this key.
    """

    chosen = Signal(str)

    spoken_as = accessible.Role.List

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "feature-map")
        self._tiles: Sequence[StripTile] = ()
        self._current = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("From the image to the head"))

    @property
    def tiles(self) -> Sequence[StripTile]:
        return self._tiles

    def set_tiles(self, tiles: Sequence[StripTile]) -> None:
        changed = len(tiles) != len(self._tiles)
        self._tiles = tiles
        if changed:
            self._fit()
        self._describe()
        self.update()

    def set_current(self, key: str) -> None:
        """Mark the tile with this key; none if there is no such tile."""
        self._current = key
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, self._height(max(560, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        count = max(1, len(self._tiles))
        width = count * TILE_MIN_PX + (count - 1) * GAP_PX + 2 * EDGE_PX
        return QSize(width, TILE_MIN_PX + CAPTION_PX + 2 * EDGE_PX)

    def tile_rect(self, index: int) -> QRect:
        """Return the rectangle of a tile's picture."""
        side = self._side(self.width())
        return QRect(EDGE_PX + index * (side + GAP_PX), EDGE_PX, side, side)

    def _fit(self) -> None:
        """The height follows the width; nested layouts do not ask for that by themselves."""
        self.setFixedHeight(self._height(self.width()))

    def _height(self, width: int) -> int:
        return self._side(width) + CAPTION_PX + 2 * EDGE_PX

    def _side(self, width: int) -> int:
        count = max(1, len(self._tiles))
        room = width - 2 * EDGE_PX - (count - 1) * GAP_PX
        return min(TILE_MAX_PX, max(TILE_MIN_PX, room // count))

    def _index_at(self, point: QPoint) -> int:
        for index in range(len(self._tiles)):
            if self.tile_rect(index).adjusted(0, 0, 0, CAPTION_PX).contains(point):
                return index
        return -1

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(len(self._tiles)):
            self._paint_tile(painter, index)

    def _paint_tile(self, painter: QPainter, index: int) -> None:
        tokens, tile = theme.current(), self._tiles[index]
        rect = QRectF(self.tile_rect(index))
        if tile.pixmap is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.image_back))
            painter.drawRoundedRect(rect, RADIUS_PX, RADIUS_PX)
        else:
            draw_picture(painter, tile.pixmap, rect, self.devicePixelRatioF(), RADIUS_PX)
        is_current = tile.key == self._current
        if is_current or index == self._hovered:
            color = tokens.accent if is_current else tokens.line_strong
            painter.setPen(QPen(QColor(color), 3 if is_current and self.hasFocus() else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(-2, -2, 2, 2), 6, 6)
        font = QFont(self.font())
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        line = QRectF(rect.left() - 2, rect.bottom() + 4, rect.width() + 4, LINE_PX)
        for text, color in (
            (tile.title, tokens.accent if is_current else tokens.text),
            (tile.detail, tokens.text_soft),
        ):
            painter.setPen(QColor(color))
            shown = _shortened(text, painter.fontMetrics(), int(line.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, shown)
            line.translate(0, LINE_PX)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._index_at(event.pos())
            if index >= 0:
                QToolTip.showText(event.globalPos(), plain_tip(self._tiles[index].text), self)
            else:
                QToolTip.hideText()
            return True
        if event.type() == QEvent.Type.Leave and self._hovered >= 0:
            self._hovered = -1
            self.update()
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if index != self._hovered:
            self._hovered = index
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(self._tiles[index].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key not in steps or not self._tiles:
            super().keyPressEvent(event)
            return
        index = self._current_index()
        target = 0 if index < 0 else min(max(index + steps[key], 0), len(self._tiles) - 1)
        self.chosen.emit(self._tiles[target].key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _current_index(self) -> int:
        return next((n for n, tile in enumerate(self._tiles) if tile.key == self._current), -1)

    def spoken_count(self) -> int:
        return len(self._tiles)

    def spoken_text(self, index: int) -> str:
        tile = self._tiles[index]
        return tile.text or f"{tile.title} {tile.detail}".strip()

    def spoken_rect(self, index: int) -> QRect:
        return self.tile_rect(index)

    def spoken_current(self) -> int:
        return self._current_index()

    def _describe(self) -> None:
        """Tell screen readers which step is chosen."""
        index = self._current_index()
        self.setAccessibleDescription(self._tiles[index].text if index >= 0 else "")
        accessible.tell_current(self)


def _shortened(path: str, metrics: QFontMetrics, width_px: int) -> str:
    """A module path without its front parts, as far as there is no room for them."""
    while metrics.horizontalAdvance(path) > width_px and "." in path:
        path = path.partition(".")[2]
    return metrics.elidedText(path, Qt.TextElideMode.ElideLeft, width_px)

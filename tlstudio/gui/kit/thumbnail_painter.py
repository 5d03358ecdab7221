"""Paints the cells of the thumbnail grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QTransform

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.grid_geometry import TEXT_GAP_PX, TEXT_LINE_PX

RADIUS_PX = 6
PIXELATED_FROM = 3.0  # enlarged this much, a picture shows its pixels rather than a blur


class Mark(StrEnum):
    """A mark on a thumbnail: an icon and a word."""

    NONE = "none"
    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    KEPT = "kept"


MARK_TITLES = {
    Mark.RIGHT: QT_TRANSLATE_NOOP("marks", "Right"),
    Mark.WRONG: QT_TRANSLATE_NOOP("marks", "Wrong"),
    Mark.UNKNOWN: QT_TRANSLATE_NOOP("marks", "Unknown"),
    Mark.KEPT: QT_TRANSLATE_NOOP("marks", "Kept"),
}
_MARK_TOKENS = {
    Mark.RIGHT: "right",
    Mark.WRONG: "wrong",
    Mark.UNKNOWN: "text_soft",
    Mark.KEPT: "accent",
}


@dataclass(frozen=True, slots=True)
class GridItem:
    """The content of a cell of a thumbnail grid.

    Attributes:
        image: what the picture is of.
        caption: first line below it.
        detail: second line, quieter.
        mark: shown on the picture.
        note: a few words on the picture, e.g. that it is left out.
        key: whatever the owner of the grid wants to find it by.
    """

    image: ImageRef
    caption: str = ""
    detail: str = ""
    mark: Mark = Mark.NONE
    key: object = None
    note: str = ""


@runtime_checkable
class Findable(Protocol):
    """Items that know of all of them without making each.

    Attributes:
        lines: of text below each picture, 0 to 2.
    """

    lines: int

    def places_of(self, images: Sequence[ImageRef]) -> set[int]: ...

    def image_at(self, number: int) -> ImageRef: ...


@dataclass(frozen=True, slots=True)
class CellState:
    """The state of a cell: hovered, selected, focused."""

    hovered: bool = False
    selected: bool = False
    focused: bool = False
    failed: bool = False


def mark_title(mark: Mark) -> str:
    """The word for a mark in the language of the window; empty for none."""
    return QCoreApplication.translate("marks", MARK_TITLES[mark]) if mark in MARK_TITLES else ""


def fitted(size: QSizeF, box: QRectF) -> QRectF:
    """The largest rectangle of that shape in the middle of `box`."""
    fitted_size = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    corner = box.center() - QPointF(fitted_size.width() / 2, fitted_size.height() / 2)
    return QRectF(corner, fitted_size)


class ThumbnailPainter:
    """Paints cells in the theme's colours; made anew when the font changes."""

    def __init__(self, font: QFont) -> None:
        self._font = QFont(font)
        self._small = QFont(font)
        self._small.setPixelSize(theme.TEXT_SMALL_PX)
        self._bold = QFont(self._small)
        self._bold.setWeight(QFont.Weight.DemiBold)
        self._metrics = QFontMetrics(self._font)
        self._small_metrics = QFontMetrics(self._small)
        self._bold_metrics = QFontMetrics(self._bold)

    def paint(
        self,
        painter: QPainter,
        cell: QRect,
        item: GridItem,
        pixmap: QPixmap | None,
        state: CellState,
    ) -> None:
        """Paint one cell; `pixmap` is None while it is loading or where it failed."""
        square = QRectF(cell.left(), cell.top(), cell.width(), cell.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().image_back))
        painter.drawRoundedRect(square, RADIUS_PX, RADIUS_PX)
        if pixmap is not None:
            self._paint_picture(painter, square, pixmap)
        elif state.failed:
            place = QRect(0, 0, 24, 24)
            place.moveCenter(square.center().toPoint())
            icons.icon("warning", "text_faint").paint(painter, place)
        if item.mark is not Mark.NONE:
            title, token = mark_title(item.mark), _MARK_TOKENS[item.mark]
            self._paint_pill(painter, square, square.top() + 6, title, item.mark.value, token)
        if item.note:
            top = square.bottom() - 26
            self._paint_pill(painter, square, top, item.note, "edited", "warning")
        self._paint_ring(painter, square, state)
        self._paint_text(painter, cell, item, state)

    def _paint_picture(self, painter: QPainter, square: QRectF, pixmap: QPixmap) -> None:
        box = fitted(QSizeF(pixmap.size()), square)
        scale = box.width() / max(1, pixmap.width())
        brush = QBrush(pixmap)
        brush.setTransform(QTransform(scale, 0, 0, scale, box.left(), box.top()))
        smooth = scale < PIXELATED_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.setBrush(brush)
        painter.drawRoundedRect(box, RADIUS_PX, RADIUS_PX)

    def _paint_pill(
        self, painter: QPainter, square: QRectF, top: float, text: str, icon: str, token: str
    ) -> None:
        """An icon and words on the picture."""
        width = 4 + 14 + 4 + self._bold_metrics.horizontalAdvance(text) + 8
        pill = QRectF(square.left() + 6, top, min(width, square.width() - 12), 20)
        painter.setPen(QPen(QColor(theme.current().line), 1))
        painter.setBrush(QColor(theme.current().surface))
        painter.drawRoundedRect(pill, 10, 10)
        place = QRect(round(pill.left()) + 4, round(pill.top()) + 3, 14, 14)
        icons.icon(icon, token).paint(painter, place)
        painter.setFont(self._bold)
        painter.setPen(QColor(getattr(theme.current(), token)))
        words = pill.adjusted(22, 0, -4, 0)
        room = int(words.width())
        shown = self._bold_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_ring(self, painter: QPainter, square: QRectF, state: CellState) -> None:
        if not (state.hovered or state.selected):
            return
        if state.selected:
            width = 3.0 if state.focused else 2.0
            pen = QPen(QColor(theme.current().accent), width)
        else:
            width, pen = 1.0, QPen(QColor(theme.current().line_strong), 1.0)
        out = width / 2 + (1 if state.selected else 0)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = square.adjusted(-out, -out, out, out)
        painter.drawRoundedRect(ring, RADIUS_PX + out, RADIUS_PX + out)

    def _paint_text(self, painter: QPainter, cell: QRect, item: GridItem, state: CellState) -> None:
        line = QRect(
            cell.left(), cell.top() + cell.width() + TEXT_GAP_PX, cell.width(), TEXT_LINE_PX
        )
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if item.caption:
            painter.setFont(self._font)
            color = theme.current().accent if state.selected else theme.current().text
            painter.setPen(QColor(color))
            middle = Qt.TextElideMode.ElideMiddle
            painter.drawText(
                line, flags, self._metrics.elidedText(item.caption, middle, line.width())
            )
            line = line.translated(0, TEXT_LINE_PX)
        if item.detail:
            painter.setFont(self._small)
            painter.setPen(QColor(theme.current().text_soft))
            right = Qt.TextElideMode.ElideRight
            painter.drawText(
                line, flags, self._small_metrics.elidedText(item.detail, right, line.width())
            )

"""A list whose rows have a name, numbers and a bar; thousands cost what is seen of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.long_list import LongList

ROW_PX = 44
BAR_PX = 6
SIDE_PX = 10
BAR_ROLE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class BarRow:
    """What a row shows beside its name.

    Attributes:
        numbers: at the right of the name.
        parts: of the bar, left to right: a colour of `theme.Tokens` and a share of the width.
    """

    numbers: str
    parts: tuple[tuple[str, float], ...]


class _BarDelegate(QStyledItemDelegate):
    """Paints the name and the `BarRow` of a row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(BAR_ROLE)
        assert isinstance(row, BarRow)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        self._paint_back(painter, box, option.state)
        inner = box.adjusted(SIDE_PX, 6, -SIDE_PX, 0)
        self._paint_words(painter, inner, index.data(), row.numbers, option.fontMetrics)
        self._paint_bar(painter, QRectF(inner.left(), inner.top() + 22, inner.width(), BAR_PX), row)
        painter.restore()

    def _paint_back(self, painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
        tokens = theme.current()
        flags = QStyle.StateFlag
        painter.setPen(Qt.PenStyle.NoPen)
        if state & flags.State_Selected:
            painter.setBrush(QColor(tokens.accent_soft))
        elif state & flags.State_MouseOver:
            painter.setBrush(QColor(tokens.raised))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if state & flags.State_HasFocus and state & flags.State_KeyboardFocusChange:
            painter.setPen(QPen(QColor(tokens.accent), 1))
        painter.drawRoundedRect(box, 6, 6)

    def _paint_words(
        self, painter: QPainter, inner: QRectF, name: str, numbers: str, metrics: QFontMetrics
    ) -> None:
        tokens = theme.current()
        line = QRectF(inner.left(), inner.top(), inner.width(), 18)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), numbers)
        painter.setPen(QColor(tokens.text))
        room = int(line.width()) - metrics.horizontalAdvance(numbers) - 8
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignLeft), shown)

    def _paint_bar(self, painter: QPainter, bar: QRectF, row: BarRow) -> None:
        tokens = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        left = bar.left()
        for colour, share in row.parts:
            if share <= 0:
                continue
            width = max(2.0, bar.width() * share - 1)
            painter.setBrush(QColor(getattr(tokens, colour)))
            painter.drawRoundedRect(QRectF(left, bar.top(), width, bar.height()), 2, 2)
            left += width + 1


class BarList(LongList):
    """Shows a model that answers `BAR_ROLE` with a `BarRow`."""

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_BarDelegate(self))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(LongList.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

"""The pairs of classes that are confused most, each of which shows its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.long_list import LongList
from tlstudio.gui.kit.table import Index

NUMBER_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair of classes in words.

    Attributes:
        true, predicted: class indices.
        title: e.g. “fruit → grain”.
        number: of images, e.g. “2”.
        words: a whole sentence.
    """

    true: int
    predicted: int
    title: str
    number: str
    words: str


class _PairsModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[PairRow, ...] = ()

    def set_rows(self, rows: Sequence[PairRow]) -> None:
        if tuple(rows) != self.rows:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.words)
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.words
        return row.number if role == NUMBER_ROLE else None


class _PairDelegate(QStyledItemDelegate):
    """Paints a pair like a link, with its number at the right edge."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, theme.DENSE_ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, flags = theme.current(), QStyle.StateFlag
        is_hovered = bool(option.state & flags.State_MouseOver)
        has_focus = bool(option.state & flags.State_HasFocus)
        painter.save()
        if is_hovered or has_focus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(tokens.accent) if has_focus else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised) if is_hovered else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -1, -2), 4, 4)
        area: QRect = option.rect
        area = area.adjusted(4, 0, -4, 0)
        number, metrics = str(index.data(NUMBER_ROLE)), option.fontMetrics
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(tokens.text_soft))
        painter.drawText(area, int(middle | Qt.AlignmentFlag.AlignRight), number)
        room = area.width() - metrics.horizontalAdvance(number) - theme.GRID
        font = QFont(option.font)
        font.setUnderline(is_hovered)
        painter.setFont(font)
        painter.setPen(QColor(tokens.accent))
        title = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(area, int(middle), title)
        painter.restore()


class PairsList(LongList):
    """A row for each pair; as high as its rows.

    Signals:
        chosen(PairRow): a click or Enter.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "confusion-matrix")
        self._pairs = _PairsModel(self)
        self.setModel(self._pairs)
        self.setItemDelegate(_PairDelegate(self))
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Most confused"))
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    @property
    def rows(self) -> tuple[PairRow, ...]:
        return self._pairs.rows

    def set_rows(self, rows: Sequence[PairRow]) -> None:
        """Show these, most confused first."""
        self._pairs.set_rows(rows)
        self.setMaximumHeight(self.sizeHint().height())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(160, theme.DENSE_ROW_PX * len(self.rows) + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        shown = min(3, len(self.rows))
        return QSize(120, theme.DENSE_ROW_PX * shown + 2 * self.frameWidth())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.rows[index.row()])

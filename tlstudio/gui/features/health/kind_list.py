"""The kinds of findings by severity, with how many of each are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.long_list import LongList
from tlstudio.gui.kit.table import Index

ROW_PX, SIDE_PX, ICON_PX = 32, 10, 16
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class KindRow:
    """A row of the list.

    Attributes:
        kind: a key of `FINDING_KINDS`; empty for the title of a severity.
        title: as a person reads it.
        open: how many findings still hold; None where a check was not made.
        total: how many there were.
        token: the colour of the count, by its name in `theme.Tokens`.
    """

    kind: str
    title: str
    open: int | None = 0
    total: int = 0
    token: str = "text_soft"


class KindModel(QAbstractListModel):
    """Titles of severities cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[KindRow, ...] = ()

    def set_rows(self, rows: Sequence[KindRow]) -> None:
        """Show these; where only counts changed, the choice stays."""
        rows = tuple(rows)
        if [row.kind for row in rows] == [row.kind for row in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or not self.rows[index.row()].kind:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole) and row.kind:
            text = f"{row.title}: {self._count_words(row)}"
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _count_words(self, row: KindRow) -> str:
        if row.open is None:
            return self.tr("not checked")
        if row.open == row.total:
            return formats.count(row.total)
        return self.tr("{open} of {total} open").format(
            open=formats.count(row.open), total=formats.count(row.total)
        )


class _KindDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        inner = box.adjusted(SIDE_PX, 0, -SIDE_PX, 0)
        if row.kind:
            self._paint_kind(painter, box, inner, row, option)
        else:
            font = QFont(option.font)
            font.setPixelSize(theme.TEXT_SMALL_PX)
            painter.setFont(font)
            painter.setPen(QColor(theme.current().text_soft))
            low = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
            painter.drawText(inner.adjusted(0, 0, 0, -4), low, row.title)
        painter.restore()

    def _paint_kind(
        self,
        painter: QPainter,
        box: QRectF,
        inner: QRectF,
        row: KindRow,
        option: QStyleOptionViewItem,
    ) -> None:
        tokens, flags, state = theme.current(), QStyle.StateFlag, option.state
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
        middle = Qt.AlignmentFlag.AlignVCenter
        count = formats.count(row.open) if row.open else ""
        right_px = option.fontMetrics.horizontalAdvance(count)
        if row.open == 0:
            right_px = ICON_PX
            place = QRectF(inner.right() - ICON_PX, inner.center().y() - 8, ICON_PX, ICON_PX)
            icons.icon("done", "right").paint(painter, place.toRect())
        painter.setPen(QColor(getattr(tokens, row.token)))
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignRight), count)
        painter.setPen(QColor(tokens.text if row.open else tokens.text_soft))
        room = int(inner.width()) - right_px - SIDE_PX
        shown = option.fontMetrics.elidedText(row.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignLeft), shown)


class KindList(LongList):
    """Choosing a row shows its findings.

    Signals:
        kind_chosen(str): a key of `FINDING_KINDS`.
    """

    kind_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = KindModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_KindDelegate(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Findings"))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def kind(self) -> str:
        """The chosen kind; empty for none."""
        index = self.currentIndex()
        return self._model.rows[index.row()].kind if index.isValid() else ""

    @property
    def rows(self) -> tuple[KindRow, ...]:
        return self._model.rows

    def set_rows(self, rows: Sequence[KindRow]) -> None:
        """Show these; the chosen kind stays, or the first one is chosen."""
        kind = self.kind
        self._model.set_rows(rows)
        kinds = [row.kind for row in rows]
        if self.kind != kind or not kind:
            first = next((name for name in kinds if name), "")
            self.choose(kind if kind in kinds and kind else first)

    def choose(self, kind: str) -> None:
        """Choose a kind that is in the list."""
        for place, row in enumerate(self._model.rows):
            if kind and row.kind == kind:
                self.setCurrentIndex(self._model.index(place))

    def sizeHint(self) -> QSize:
        return QSize(232, ROW_PX * max(4, self._model.rowCount()))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 3 * ROW_PX)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.kind_chosen.emit(self._model.rows[current.row()].kind)

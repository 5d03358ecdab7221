"""Tables: a column says what it shows of a row; one item model, one sort proxy and one view."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QIcon, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import HELP_ROLE

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

SORT_ROLE = Role.UserRole + 1001
ROW_ROLE = Role.UserRole + 1002  # the row itself
DETAIL_ROLE = Role.UserRole + 1003  # what stands after the text in quiet letters

MARK_PX = 16  # of the chosen row
ELIDED_PX = 40  # less of a detail says nothing

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)  # no slots: Column[Row](...) could not be made of it
class Column(Generic[Row]):
    """A column: its title, and functions that return what a row shows in it.

    Attributes:
        title: in the words of the window's language.
        text: of a cell.
        help: the tooltip of the title: what the values mean.
        is_number: title and cells stand at the right edge.
        key: what cells are sorted by, None for what is not known; their text if left out.
        tip: the tooltip of a cell; None for none.
        icon: before the text.
        token: the colour of the text by its name in `theme.Tokens`; empty for the usual one.
        font: of the text; the view's own if left out.
        detail: what a `TitleDelegate` paints after the text.
        explained_by: the entry of the help on it; empty for none.
        spoken: what a screen reader says instead of the text; None for the text.
    """

    title: str
    text: Callable[[Row], str]
    help: str = ""
    is_number: bool = False
    key: Callable[[Row], Any] | None = None
    tip: Callable[[Row], str | None] | None = None
    icon: Callable[[Row], QIcon | None] | None = None
    token: Callable[[Row], str] | None = None
    font: Callable[[], QFont] | None = None
    spoken: Callable[[Row], str | None] | None = None
    detail: Callable[[Row], str] | None = None
    explained_by: str = ""

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """The alignment of the title and the cells."""
        return _RIGHT if self.is_number else _LEFT

    def sort_key(self, row: Row) -> Any:
        """Return the sort key of `row`; None for unknown values, which are sorted last."""
        return self.text(row).casefold() if self.key is None else self.key(row)

    def data(self, row: Row, role: int) -> Any:
        """Return the data of a cell for a role of Qt."""
        match role:
            case Role.DisplayRole:
                return self.text(row)
            case Role.TextAlignmentRole:
                return self.alignment
            case Role.ToolTipRole if self.tip:
                return plain_tip(self.tip(row) or "") or None
            case Role.DecorationRole if self.icon:
                return self.icon(row)
            case Role.ForegroundRole if self.token:
                token = self.token(row)
                return QColor(getattr(theme.current(), token)) if token else None
            case Role.FontRole if self.font:
                return self.font()
            case Role.AccessibleTextRole if self.spoken:
                return self.spoken(row)
        return self.detail(row) if role == DETAIL_ROLE and self.detail else None


def header_data(
    columns: Sequence[Column[Any]], section: int, orientation: Qt.Orientation, role: int
) -> str | Qt.AlignmentFlag | None:
    """Return what `headerData` of an item model with these columns returns."""
    if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(columns):
        return None
    match role:
        case Role.DisplayRole:
            return columns[section].title
        case Role.ToolTipRole:
            column = columns[section]  # its title may be elided
            return "\n".join(dict.fromkeys(filter(None, (column.title, column.help)))) or None
        case Role.TextAlignmentRole:
            return columns[section].alignment
    return columns[section].explained_by or None if role == HELP_ROLE else None


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows of any kind under a tuple of columns.

    Where one of the rows can be chosen, it has a tick and bold letters in the first column, and
    the cells beside the first ones of all others are quiet.

    Args:
        columns: left to right; a model that derives from this one may set them later.
        identity: tells rows apart; what has the same identity stays in place when facts change.

    Attributes:
        rows: top to bottom.
        columns: left to right.
        chosen: the identity of the chosen row; None for none.
    """

    has_choice = False

    def __init__(
        self,
        columns: Sequence[Column[Row]] = (),
        identity: Callable[[Row], Hashable] = lambda row: row,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.columns: tuple[Column[Row], ...] = tuple(columns)
        self.chosen: Any = None
        self._identity = identity
        self._places: dict[Hashable, int] = {}

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Show other columns."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def set_rows(self, rows: Iterable[Row], *, grows: bool = False) -> None:
        """Show these; they stay in place, selections too, where only facts changed.

        Args:
            rows: top to bottom.
            grows: whether they also stay in place where others came on top of or below them.
        """
        new = tuple(rows)
        before, after = ([self._identity(row) for row in rows] for rows in (self.rows, new))
        places = {identity: place for place, identity in enumerate(after)}
        more = len(after) - len(before)
        if before == after:
            self.rows = new
        elif grows and more > 0 and after[more:] == before:
            self.beginInsertRows(QModelIndex(), 0, more - 1)
            self.rows, self._places = new, places
            self.endInsertRows()
        elif grows and more > 0 and before and after[:-more] == before:
            self.beginInsertRows(QModelIndex(), len(before), len(after) - 1)
            self.rows, self._places = new, places
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.rows, self._places = new, places
            self.endResetModel()
            return
        self.refresh()

    def refresh(self, *roles: Role) -> None:
        """Announce that all cells may have changed, in these roles or altogether."""
        if self.rows and self.columns:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last, list(roles))

    def find(self, identity: Hashable) -> int:
        """The place of a row; -1 if it is not there."""
        return self._places.get(identity, -1)

    def set_chosen(self, identity: Hashable | None) -> None:
        """Mark one row; None marks none."""
        if identity == self.chosen:
            return
        changed = {self.find(identity), self.find(self.chosen)} - {-1}
        self.chosen = identity
        for place in sorted(changed):
            last = self.index(place, len(self.columns) - 1)
            looks = [Role.ForegroundRole, Role.FontRole, Role.DecorationRole]
            self.dataChanged.emit(self.index(place, 0), last, looks)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        return header_data(self.columns, section, orientation, role)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == ROW_ROLE:
            return row
        if role == SORT_ROLE:
            return column.sort_key(row)
        found = column.data(row, role)
        if self.has_choice:
            is_chosen = self._identity(row) == self.chosen
            return self._choice_data(found, index.column() == 0, is_chosen, role)
        return found

    def _choice_data(self, found: Any, is_first: bool, is_chosen: bool, role: int) -> Any:
        """`found`, or what tells the chosen row from the others."""
        match role:
            case Role.FontRole if is_first and is_chosen:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Role.DecorationRole if is_first and is_chosen:
                return icons.icon("done", "accent")
            case Role.AccessibleTextRole if is_first and is_chosen:
                return ", ".join((found, self.tr("chosen")))
            case Role.ForegroundRole if found is None and not is_first and not is_chosen:
                return QColor(theme.current().text_soft)
        return found


class SortProxy(QSortFilterProxyModel):
    """Sorted by values; what is not known is last in both directions."""

    def __init__(self, source: QAbstractItemModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            falls = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return other is not None if falls else one is not None
        return bool(one < other)


class RowDelegate(QStyledItemDelegate):
    """Highlights the whole row below the mouse."""

    def __init__(self, table: RowTable) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # a row is chosen, not a cell
        if index.row() == self._table.hovered_row:
            option.state |= QStyle.StateFlag.State_MouseOver
        else:
            option.state &= ~QStyle.StateFlag.State_MouseOver


class TitleDelegate(RowDelegate):
    """Paints the mark of the chosen row, the text, and the detail after it in quiet letters."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        style_option = QStyleOptionViewItem(option)
        self.initStyleOption(style_option, index)
        widget: QWidget = style_option.widget
        style = widget.style()
        style.drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, style_option, painter, widget
        )
        area: QRect = style_option.rect
        area = area.adjusted(theme.GRID, 0, -theme.GRID, 0)
        mark = QRect(area.left(), area.center().y() - MARK_PX // 2 + 1, MARK_PX, MARK_PX)
        style_option.icon.paint(painter, mark)
        area.setLeft(mark.right() + theme.GRID)

        tokens = theme.current()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        flags = left.value | Qt.TextFlag.TextSingleLine.value
        elide = Qt.TextElideMode.ElideRight
        painter.save()
        painter.setFont(style_option.font)
        metrics = painter.fontMetrics()
        title = metrics.elidedText(style_option.text, elide, area.width())
        painter.setPen(QColor(tokens.text))
        painter.drawText(area, flags, title)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + theme.GRID)
        detail = str(index.data(DETAIL_ROLE) or "")
        if area.width() >= ELIDED_PX and detail.casefold() not in style_option.text.casefold():
            font = QFont(widget.font())
            font.setPixelSize(theme.TEXT_SMALL_PX)
            painter.setFont(font)
            painter.setPen(QColor(tokens.text_soft))
            detail = painter.fontMetrics().elidedText(detail, elide, area.width())
            painter.drawText(area, flags, detail)
        painter.restore()


class RowTable(QTableView):
    """Rows without a grid, selected as a whole; nothing can be edited.

    Attributes:
        hovered_row: the row below the mouse; -1 for none.
    """

    def __init__(self, rows: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = -1
        self._mouse_y: int | None = None  # in the viewport
        self.setModel(rows)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW_PX)
        rows.modelReset.connect(self._hover_below_mouse)
        rows.layoutChanged.connect(self._hover_below_mouse)
        self.verticalScrollBar().valueChanged.connect(self._hover_below_mouse)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._mouse_y = event.position().toPoint().y()
        self._hover_below_mouse()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:  # for the header, too
            self._mouse_y = None
            self._hover_below_mouse()
        return super().viewportEvent(event)

    def _hover_below_mouse(self) -> None:
        row = -1 if self._mouse_y is None else self.rowAt(self._mouse_y)
        if row != self.hovered_row:
            for changed in {row, self.hovered_row} - {-1}:
                top = self.rowViewportPosition(changed)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))
            self.hovered_row = row

"""The layer table as a view: dense rows, a bar for the share, totals pinned below."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from tlstudio.gui.features.layers.delegates import NameDelegate
from tlstudio.gui.features.layers.layer_view import INDENT_PX
from tlstudio.gui.features.layers.table_model import SHARE_ROLE, LayerTableModel, TableColumn
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import plain_tip
from tlstudio.gui.kit.help_mark import explain

BAR_PX = 4
PERCENT_PX = 48  # "100.0%"
SHARE_PX = 116
TYPE_PX = 130
WIDE_PX = 900  # below this the type stands behind the name
CELL_PX = 4  # between a cell's edge and its text, as Qt's style has it
NAME_PX = 380  # what the names want before the others get more than they need
NAME_AT_LEAST_PX = 150
# What gives way first where there is too little room.
LESS_NEEDED = (TableColumn.PADDING, TableColumn.STRIDE, TableColumn.FIELD, TableColumn.KERNEL)
TEXT_COLUMNS = tuple(c for c in TableColumn if TableColumn.KERNEL <= c <= TableColumn.FIELD)


class ShareDelegate(QStyledItemDelegate):
    """Paints a thin bar before the percentage."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        text, full.text = full.text, ""
        full.widget.style().drawControl(
            full.widget.style().ControlElement.CE_ItemViewItem, full, painter, full.widget
        )
        share = float(index.data(SHARE_ROLE) or 0.0)
        if share <= 0.0:
            return
        tokens = theme.current()
        area: QRect = full.rect.adjusted(2 * theme.GRID, 0, -CELL_PX, 0)
        room = area.adjusted(0, 0, -PERCENT_PX, 0)
        top = room.center().y() - BAR_PX / 2 + 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(QRectF(room.left(), top, room.width(), BAR_PX), 2, 2)
        painter.setBrush(QColor(tokens.accent))
        width = max(2.0, share * room.width())
        painter.drawRoundedRect(QRectF(room.left(), top, width, BAR_PX), 2, 2)
        painter.setPen(QColor(tokens.text_soft))
        painter.setFont(full.font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, text)
        painter.restore()


class LayerTableView(QTreeView):
    """Rows of a `LayerTableModel`, through a filter."""

    def __init__(
        self, layers: LayerTableModel, rows: QAbstractItemModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layers = layers
        self._needs = dict.fromkeys(TEXT_COLUMNS, 0)
        self.setModel(rows)
        self.setAccessibleName(self.tr("Layers of the network, with what they cost"))
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._names = NameDelegate(self)
        self.setItemDelegateForColumn(TableColumn.LAYER, self._names)
        self.setItemDelegateForColumn(TableColumn.SHARE, ShareDelegate(self))
        header = self.header()
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(TableColumn.LAYER, QHeaderView.ResizeMode.Stretch)
        layers.modelReset.connect(self._measure)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _measure(self) -> None:
        """Measure the widths that the columns need, once per network and not at every resize."""
        metrics = self.fontMetrics()
        for column in TEXT_COLUMNS:
            texts = {str(self._layers.cell(row, column)) for row in range(len(self._layers.rows))}
            texts.add(self._layers.total(column))
            self._needs[column] = max(metrics.horizontalAdvance(text) for text in texts)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as their texts and titles; what is left over is shared evenly."""
        header = self.header()
        is_wide = self.viewport().width() >= WIDE_PX
        widths = {
            column: max(self._needs[column] + 2 * theme.GRID, header.sectionSizeHint(column))
            for column in TEXT_COLUMNS
        }
        widths[TableColumn.SHARE] = max(SHARE_PX, header.sectionSizeHint(TableColumn.SHARE))
        if is_wide:
            widths[TableColumn.TYPE] = TYPE_PX
        for column in LESS_NEEDED:
            is_tight = self.viewport().width() - sum(widths.values()) < NAME_AT_LEAST_PX
            self.setColumnHidden(column, is_tight)
            if is_tight:
                del widths[column]
        left = self.viewport().width() - sum(widths.values())
        share = max(0, left - NAME_PX) // len(widths)
        for column, width in widths.items():
            self.setColumnWidth(column, width + share)
        self.setColumnHidden(TableColumn.TYPE, not is_wide)
        self._names.shows_kind = not is_wide


class TotalsLine(QWidget):
    """The sums of the whole network, each below its column."""

    def __init__(self, view: LayerTableView, model: LayerTableModel) -> None:
        super().__init__()
        explain(self, "multiply-adds")
        self._view = view
        self._model = model
        view.header().sectionResized.connect(self._on_changed)
        view.header().geometriesChanged.connect(self._on_changed)
        model.modelReset.connect(self._on_changed)

    def sizeHint(self) -> QSize:
        return QSize(0, theme.ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setPen(QColor(tokens.line_strong))
        painter.drawLine(0, 0, self.width(), 0)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        header = self._view.header()
        for column in TableColumn:
            text = self._model.total(column)
            if not text or header.isSectionHidden(column):
                continue
            left, width = header.sectionViewportPosition(column), header.sectionSize(column)
            area = QRect(left + CELL_PX, 0, width - 2 * CELL_PX, self.height())
            if column is TableColumn.LAYER:
                area.adjust(theme.GRID // 2, 0, 0, 0)
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            else:
                area.setLeft(0)  # a sum may be wider than its column
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(area, right, text)

    def _on_changed(self) -> None:
        self.setToolTip(plain_tip(self._model.total_tip()))
        self.setAccessibleName(self._model.total_tip())
        self.update()

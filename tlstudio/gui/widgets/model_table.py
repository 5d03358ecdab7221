"""The table of models as a view: one click or Enter chooses."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from tlstudio.gui import theme
from tlstudio.gui.models.model_table_model import (
    FAMILY_ROLE,
    NAME_ROLE,
    ModelColumn,
    ModelFilter,
)

MARK_PX = 16
MODEL_AT_LEAST_PX = 170
WEIGHTS_AT_LEAST_PX = 110
MODEL_PX = 260  # what the first column wants before the others get more than they need


class ModelDelegate(QStyledItemDelegate):
    """Paints the model's title, and its family after it in quiet text."""

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
        painter.save()
        painter.setFont(style_option.font)
        metrics = painter.fontMetrics()
        title = metrics.elidedText(
            style_option.text,
            Qt.TextElideMode.ElideRight,
            area.width(),
        )
        painter.setPen(QColor(tokens.text))
        painter.drawText(area, left, title)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + theme.GRID)
        font = widget.font()
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_soft))
        family = str(index.data(FAMILY_ROLE))
        adds = family.casefold() not in style_option.text.casefold()
        if adds and painter.fontMetrics().horizontalAdvance(family) <= area.width():
            painter.drawText(area, left, family)
        painter.restore()


class ModelTable(QTableView):
    """Rows to choose from; arrows look around, a click or Enter chooses.

    Signals:
        chosen(str): name of the model.
    """

    chosen = Signal(str)

    def __init__(self, models: ModelFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self.setModel(models)
        self.setAccessibleName(self.tr("Models to choose from"))
        self.setItemDelegateForColumn(ModelColumn.MODEL, ModelDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(MARK_PX, MARK_PX))
        self.setMouseTracking(True)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # the catalog's own order at first
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setSortIndicatorClearable(True)  # a third click brings back the catalog's order
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)
        models.modelReset.connect(self._fit)
        models.dataChanged.connect(self._fit)

    def select(self, name: str) -> None:
        """Highlight the model called `name`, if it is shown."""
        for row in range(self._models.rowCount()):
            index = self._models.index(row, 0)
            if index.data(NAME_ROLE) == name:
                self.setCurrentIndex(index)
                return
        self.clearSelection()

    def enter(self) -> None:
        """Take the keyboard, on a row if there is one."""
        if not self.selectionModel().hasSelection() and self._models.rowCount():
            self.setCurrentIndex(self._models.index(0, 0))
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Columns as wide as they need; what is left over is shared evenly."""
        metrics = self.horizontalHeader().fontMetrics()
        widths = {}
        for column in ModelColumn:
            title = str(self._models.headerData(column, Qt.Orientation.Horizontal))
            wanted = metrics.horizontalAdvance(title) + 3 * theme.GRID
            widths[column] = max(wanted, self.sizeHintForColumn(column))
        widths[ModelColumn.MODEL] = 0
        left = self.viewport().width() - sum(widths.values())
        if left < MODEL_AT_LEAST_PX:  # too narrow: the words about weights give way
            weights = max(
                WEIGHTS_AT_LEAST_PX, widths[ModelColumn.WEIGHTS] + left - MODEL_AT_LEAST_PX
            )
            left += widths[ModelColumn.WEIGHTS] - weights
            widths[ModelColumn.WEIGHTS] = weights
        share = max(0, left - MODEL_PX) // len(ModelColumn)
        for column, width in widths.items():
            self.setColumnWidth(column, width + share)
        self.setColumnWidth(
            ModelColumn.MODEL, max(MODEL_AT_LEAST_PX, left - share * (len(ModelColumn) - 1))
        )

    def _on_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(str(index.data(NAME_ROLE)))

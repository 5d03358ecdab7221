"""The weights to compare as a table view: a click or Enter chooses, more rows can be marked."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from tlstudio.core.comparison import ComparedWeights, WeightsKey
from tlstudio.gui import theme
from tlstudio.gui.models.compare_table_model import (
    MEASURED,
    ROW_ROLE,
    CompareColumn,
    CompareProxy,
    Index,
)

MODEL_PX, MODEL_AT_LEAST_PX = 220, 150
WEIGHTS_AT_LEAST_PX = 130


class CompareTable(QTableView):
    """Rows to look at, to choose from, and to mark for measuring.

    Signals:
        chosen(tuple): the key of the weights that a person wants.
        pointed(tuple | None): the key of the row with the cursor.
        marked(): other rows are marked.
    """

    chosen = Signal(object)
    pointed = Signal(object)
    marked = Signal()

    def __init__(self, proxy: CompareProxy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proxy = proxy
        self.setModel(proxy)
        self.setAccessibleName(self.tr("Networks to compare"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(16, 16))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)
        self.sortByColumn(CompareColumn.TOP1, Qt.SortOrder.DescendingOrder)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        proxy.modelReset.connect(self.fit)
        proxy.dataChanged.connect(self.fit)

    @property
    def marked_rows(self) -> tuple[ComparedWeights, ...]:
        """From top to bottom."""
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return tuple(index.data(ROW_ROLE) for index in indexes)

    def select(self, key: WeightsKey | None) -> None:
        """Mark the row of these weights alone and bring it into sight; none if it is not shown."""
        if [row.key for row in self.marked_rows] == [key]:
            return
        for number in range(self._proxy.rowCount()):
            index = self._proxy.index(number, 0)
            if index.data(ROW_ROLE).key == key:
                self.setCurrentIndex(index)
                self.scrollTo(index)
                return
        self.clearSelection()
        self.scrollToTop()

    def show_measured(self, shows: bool) -> None:
        """Whether the measured columns are there."""
        for column in MEASURED:
            self.setColumnHidden(column, not shows)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Columns as wide as they need; the models get the rest."""
        metrics = self.horizontalHeader().fontMetrics()
        widths = {}
        for column in list(CompareColumn)[1:]:
            if not self.isColumnHidden(column):
                title = str(self._proxy.headerData(column, Qt.Orientation.Horizontal))
                wanted = metrics.horizontalAdvance(title) + 3 * theme.GRID
                widths[column] = max(wanted, self.sizeHintForColumn(column) + theme.GRID)
        left = self.viewport().width() - sum(widths.values())
        if left < MODEL_PX:  # too narrow: the names of weights give way, then those of models
            weights = widths[CompareColumn.WEIGHTS]
            widths[CompareColumn.WEIGHTS] = max(WEIGHTS_AT_LEAST_PX, weights + left - MODEL_PX)
            left += weights - widths[CompareColumn.WEIGHTS]
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.setColumnWidth(CompareColumn.MODEL, max(MODEL_AT_LEAST_PX, left))

    def _on_clicked(self, index: Index) -> None:
        """With Ctrl or Shift a click only marks."""
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.chosen.emit(index.data(ROW_ROLE).key)

    def _on_activated(self, index: Index) -> None:
        self.chosen.emit(index.data(ROW_ROLE).key)

    def _on_selection_changed(self) -> None:
        self.marked.emit()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.pointed.emit(current.data(ROW_ROLE).key if current.isValid() else None)

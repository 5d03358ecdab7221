"""The weights to compare as a table view: a click or Enter chooses, more rows can be marked."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from tlstudio.core.compare import ComparedWeights, WeightsKey
from tlstudio.gui.features.compare.table_model import (
    MEASURED,
    CompareColumn,
    CompareProxy,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.table import MARK_PX, ROW_ROLE, Index, RowTable

MODEL_AT_LEAST_PX = 150
WEIGHTS_AT_LEAST_PX = 130
CELL_PX = 30  # the room beside a text, of the style and between columns


class CompareTable(RowTable):
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
        super().__init__(proxy, parent)
        self._proxy = proxy
        self._needs: dict[CompareColumn, int] = {}
        self.setAccessibleName(self.tr("Networks to compare"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(MARK_PX, MARK_PX))
        self.setSortingEnabled(True)
        self.sortByColumn(CompareColumn.TOP1, Qt.SortOrder.DescendingOrder)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        proxy.modelReset.connect(self._measure)
        proxy.dataChanged.connect(self._on_data_changed)

    @property
    def marked_rows(self) -> tuple[ComparedWeights, ...]:
        """Return the marked rows from top to bottom."""
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
        widths = {c: px for c, px in self._needs.items() if not self.isColumnHidden(c)}
        names = widths.pop(CompareColumn.MODEL, 0)
        if not widths:
            return
        left = self.viewport().width() - sum(widths.values())
        if left < names:  # too narrow: the names of weights give way, then those of models
            weights = widths[CompareColumn.WEIGHTS]
            widths[CompareColumn.WEIGHTS] = max(WEIGHTS_AT_LEAST_PX, weights + left - names)
            left += weights - widths[CompareColumn.WEIGHTS]
        for column, width in widths.items():
            self.setColumnWidth(column, width)
        self.setColumnWidth(CompareColumn.MODEL, max(MODEL_AT_LEAST_PX, left))

    def _measure(self) -> None:
        """Measure the widths that the columns need, hidden rows included; not at every resize."""
        metrics, title_metrics = self.fontMetrics(), self.horizontalHeader().fontMetrics()
        rows = self._proxy.sourceModel()
        for column in CompareColumn:
            title = str(self._proxy.headerData(column, Qt.Orientation.Horizontal))
            texts = {str(rows.index(row, column).data()) for row in range(rows.rowCount())}
            self._needs[column] = max(
                title_metrics.horizontalAdvance(title) + 3 * theme.GRID,
                max(map(metrics.horizontalAdvance, texts), default=0) + CELL_PX,
            )
        self._needs[CompareColumn.MODEL] += MARK_PX + theme.GRID
        self.fit()

    def _on_data_changed(self, _first: Index, _last: Index, roles: list[int]) -> None:
        if not roles:
            self._measure()

    def _on_clicked(self, index: Index) -> None:
        """Choose the clicked row; with Ctrl or Shift a click only marks."""
        if QApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.chosen.emit(index.data(ROW_ROLE).key)

    def _on_activated(self, index: Index) -> None:
        self.chosen.emit(index.data(ROW_ROLE).key)

    def _on_selection_changed(self) -> None:
        self.marked.emit()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.pointed.emit(current.data(ROW_ROLE).key if current.isValid() else None)

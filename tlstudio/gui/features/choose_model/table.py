"""The table of models as a view: one click or Enter chooses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QWidget,
)

from tlstudio.core.networks.catalog import LIBRARY_TITLES, WEIGHTS_PLACE_TITLES
from tlstudio.gui.features.choose_model.table_model import (
    NAME_ROLE,
    ModelColumn,
    ModelTableModel,
)
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.table import MARK_PX, RowTable, TitleDelegate

PADDING_PX = 22  # of the style sheet on both sides, and of the style itself
MODEL_AT_LEAST_PX = 170
MODEL_PX = 300  # what the first column wants before the others get more than they need

# The widest values: columns keep their widths whatever a search finds.
SAMPLES = {
    ModelColumn.PARAMETERS: "88.8 M",
    ModelColumn.GFLOPS: "88.8",
    ModelColumn.INPUT: "8888",
    ModelColumn.TOP1: "88.8%",
    ModelColumn.YEAR: "8888",
}
# What gives way first where there is too little room; the card says it all again.
LESS_NEEDED = (ModelColumn.YEAR, ModelColumn.LIBRARY, ModelColumn.INPUT, ModelColumn.GFLOPS)


class ModelTable(RowTable):
    """Rows to choose from; arrows look around, a click or Enter chooses.

    Signals:
        chosen(str): name of the model.
    """

    chosen = Signal(str)

    def __init__(self, models: ModelTableModel, parent: QWidget | None = None) -> None:
        super().__init__(models, parent)
        self._models = models
        self._one_library = False
        self.setAccessibleName(self.tr("Models to choose from"))
        self.setItemDelegateForColumn(ModelColumn.MODEL, TitleDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(MARK_PX, MARK_PX))
        header = self.horizontalHeader()
        header.setSectionsMovable(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # the catalog's own order at first
        header.setSortIndicatorClearable(True)  # a third click brings back the catalog's order
        self.setSortingEnabled(True)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)

    def select(self, name: str, *, scroll: bool = True) -> None:
        """Highlight the model called `name`, if it is shown; `scroll` to it or to the top."""
        row = self._models.find(name)
        if not scroll:
            self.scrollToTop()
        if row < 0:
            self.clearSelection()
            self.scrollToTop()
        elif row != self.currentIndex().row() or not self.selectionModel().hasSelection():
            self.setAutoScroll(scroll)
            self.setCurrentIndex(self._models.index(row, 0))
            self.setAutoScroll(True)

    def enter(self) -> None:
        """Take the keyboard, on a row if there is one."""
        if not self.selectionModel().hasSelection() and self._models.rowCount():
            self.setCurrentIndex(self._models.index(0, 0))
        self.setFocus()

    def set_one_library(self, one_library: bool) -> None:
        """Whether all rows are of one library, so that its column would say nothing."""
        if one_library != self._one_library:
            self._one_library = one_library
            self._fit()

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    # -- inside ----------------------------------------------------------------------------------

    def _fit(self) -> None:
        """Columns as wide as they need; what is left over is shared evenly."""
        widths = self._wanted()
        # columns do not move when a search leaves too few rows for a scroll bar
        room = self.width() - self.verticalScrollBar().sizeHint().width()
        for column in (ModelColumn.LIBRARY,) if self._one_library else ():
            del widths[column]
        for column in LESS_NEEDED:
            if room - sum(widths.values()) < MODEL_AT_LEAST_PX:
                widths.pop(column, None)
        left = room - sum(widths.values())
        share = max(0, left - MODEL_PX) // (len(widths) + 2)  # twice as much for the first
        for column in ModelColumn:
            is_shown = column in widths or column is ModelColumn.MODEL
            self.setColumnHidden(column, not is_shown)
        for column, width in widths.items():
            self.setColumnWidth(column, width + share)
        self.setColumnWidth(ModelColumn.MODEL, max(0, left - share * len(widths)))

    def _wanted(self) -> dict[ModelColumn, int]:
        """Return the widths that the columns (but the first) need for titles and widest values."""
        small, plain = self.horizontalHeader().fontMetrics(), QFontMetrics(self.font())
        marked = MARK_PX + theme.GRID
        widths: dict[ModelColumn, int] = {}
        for column in ModelColumn:
            if column is ModelColumn.MODEL:
                continue
            title = str(self._models.headerData(column, Qt.Orientation.Horizontal))
            match column:
                case ModelColumn.LIBRARY:
                    samples = [core_text(name) for name in LIBRARY_TITLES.values()]
                case ModelColumn.WEIGHTS:
                    samples = [core_text(name) + " · 8" for name in WEIGHTS_PLACE_TITLES.values()]
                case _:
                    samples = [SAMPLES[column]]
            values = max(plain.horizontalAdvance(sample) for sample in samples)
            if column is ModelColumn.WEIGHTS:
                values += marked
            # the arrow of sorting stands before the title
            widths[column] = PADDING_PX + max(values, small.horizontalAdvance(title) + theme.GRID)
        return widths

    def _on_chosen(self, index: QModelIndex) -> None:
        self.chosen.emit(str(index.data(NAME_ROLE)))

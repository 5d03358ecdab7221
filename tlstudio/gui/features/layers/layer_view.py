"""The tree of layers as a view: dense rows, one box a row, columns that fit a narrow dock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from tlstudio.gui.features.layers.delegates import MeasureDelegate, StateDelegate, TrainFromDelegate
from tlstudio.gui.features.layers.tree_model import LayerColumn

INDENT_PX = 14
WIDTHS = {
    LayerColumn.KIND: 104,
    LayerColumn.OUTPUT: 80,
    LayerColumn.PARAMETERS: 58,
    LayerColumn.MEASURE: 72,
    LayerColumn.STATE: 92,
}
SMALLEST_PX = 28
ICONS_ONLY_PX = 40  # of the state and the statistics
WIDE_PX = 600  # below this the state is an icon
OUTPUT_FROM_PX = 470  # below these there is no room for them beside names and types
PARAMETERS_FROM_PX = 560
KIND_SHARE, MEASURE_SHARE = 0.29, 0.2  # of a narrow view
MEASURE_AT_MOST_PX = 110


class LayerView(QTreeView):
    """Space ticks the current row, whichever column is current.

    Signals:
        became_compact(bool): too narrow (or wide enough again) for the state in words.
        train_from_requested(QModelIndex): the button in this row was clicked.

    Args:
        button_tip: what the button in a row does.
    """

    became_compact = Signal(bool)
    train_from_requested = Signal(QModelIndex)

    def __init__(self, button_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "dense")
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Layers of the network"))
        self.setUniformRowHeights(True)  # thousands of rows stay fluid
        self.setIndentation(INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._names = TrainFromDelegate(button_tip, self)
        self._names.button_clicked.connect(self.train_from_requested)
        self._shows_parameters = True
        self.setItemDelegateForColumn(LayerColumn.NAME, self._names)
        self.setItemDelegateForColumn(LayerColumn.MEASURE, MeasureDelegate(self))
        self.setItemDelegateForColumn(LayerColumn.STATE, StateDelegate(self))

    def set_up_columns(self) -> None:
        """Set up the columns, once the view has its model."""
        header = self.header()
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(SMALLEST_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(LayerColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, max(width, header.sectionSizeHint(column)))
        self._fit()

    def set_has_buttons(self, has_buttons: bool) -> None:
        """Whether rows have their button."""
        self._names.has_buttons = has_buttons
        self.viewport().update()

    def button_rect(self, index: QModelIndex) -> QRect:
        """Return where the button of a row is, in the viewport."""
        return self._names.button_rect(self.visualRect(index.siblingAtColumn(LayerColumn.NAME)))

    def set_shows_parameters(self, shows: bool) -> None:
        """Whether their column is wanted, where there is room for it."""
        self._shows_parameters = shows
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex().siblingAtColumn(LayerColumn.NAME)
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self._toggle(index)
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _toggle(self, index: QModelIndex) -> None:
        role = Qt.ItemDataRole.CheckStateRole
        state = index.data(role)
        if state is None:
            return
        ticked = Qt.CheckState(state) is Qt.CheckState.Checked
        wanted = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        self.model().setData(index, wanted, role)

    def _fit(self) -> None:
        if self.model() is None or not self.model().columnCount():
            return
        width = self.viewport().width()
        self.setColumnHidden(LayerColumn.OUTPUT, width < OUTPUT_FROM_PX)
        shows = self._shows_parameters and width >= PARAMETERS_FROM_PX
        self.setColumnHidden(LayerColumn.PARAMETERS, not shows)
        kind_px = min(round(KIND_SHARE * width), 2 * WIDTHS[LayerColumn.KIND])
        self.setColumnWidth(LayerColumn.KIND, kind_px)
        measure_px = max(round(MEASURE_SHARE * width), WIDTHS[LayerColumn.MEASURE])
        self.setColumnWidth(LayerColumn.MEASURE, min(measure_px, MEASURE_AT_MOST_PX))
        is_wide = width >= WIDE_PX
        state_px = WIDTHS[LayerColumn.STATE] if is_wide else ICONS_ONLY_PX
        if self.columnWidth(LayerColumn.STATE) != state_px:
            self.setColumnWidth(LayerColumn.STATE, state_px)
            self.became_compact.emit(not is_wide)

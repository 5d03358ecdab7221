"""The tree of layers as a view: dense rows, one box a row, columns that fit a narrow dock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from tlstudio.gui.features.layers.delegates import MeasureDelegate, NameDelegate, StateDelegate
from tlstudio.gui.features.layers.tree_model import LayerColumn

INDENT_PX = 14
WIDTHS = {
    LayerColumn.KIND: 130,
    LayerColumn.OUTPUT: 80,
    LayerColumn.PARAMETERS: 58,
    LayerColumn.MEASURE: 102,
    LayerColumn.STATE: 92,
}
SMALLEST_PX = 28
ICONS_ONLY_PX = 40  # of the state and the statistics
WIDE_PX = 600  # below this the type stands behind the name, and the state is an icon
OUTPUT_FROM_PX = 310  # below this names would have no room beside it
PARAMETERS_FROM_PX = 450  # below this they are only there as a measure


class LayerView(QTreeView):
    """Space ticks the current row, whichever column is current.

    Signals:
        became_compact(bool): too narrow (or wide enough again) for type and state in words.
    """

    became_compact = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Layers of the network"))
        self.setUniformRowHeights(True)  # thousands of rows stay fluid
        self.setIndentation(INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._names = NameDelegate(self)
        self._shows_parameters = True
        self.setItemDelegateForColumn(LayerColumn.NAME, self._names)
        self.setItemDelegateForColumn(LayerColumn.MEASURE, MeasureDelegate(self))
        self.setItemDelegateForColumn(LayerColumn.STATE, StateDelegate(self))

    def set_up_columns(self) -> None:
        """Set up the columns, once the view has its model."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(SMALLEST_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(LayerColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, max(width, header.sectionSizeHint(column)))
        self._fit()

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
        is_wide = width >= WIDE_PX
        state_px = WIDTHS[LayerColumn.STATE] if is_wide else ICONS_ONLY_PX
        if self.columnWidth(LayerColumn.STATE) != state_px:
            self.setColumnWidth(LayerColumn.STATE, state_px)
            self.setColumnHidden(LayerColumn.KIND, not is_wide)
            self._names.shows_kind = not is_wide
            self.became_compact.emit(not is_wide)

"""The tree of layers as a view: dense rows, one box a row, columns that fit a narrow dock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from tlstudio.gui.models.layer_tree_model import LayerColumn, LayerTreeModel

INDENT_PX = 14
WIDTHS = {
    LayerColumn.KIND: 84,
    LayerColumn.OUTPUT: 78,
    LayerColumn.PARAMETERS: 62,
    LayerColumn.STATE: 80,
}
ICON_ONLY_PX = 32
WIDE_PX = 460  # below this the state is an icon with a tooltip


class LayerView(QTreeView):
    """Space ticks the current row, whichever column is current."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Layers of the network"))
        self.setUniformRowHeights(True)  # thousands of rows stay fluid
        self.setIndentation(INDENT_PX)
        self.setAllColumnsShowFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setProperty("density", "dense")

    def set_up_columns(self) -> None:
        """Once the view has its model."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(ICON_ONLY_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(LayerColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
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

    def expanded_paths(self, model: LayerTreeModel) -> frozenset[str]:
        """Module paths of the rows that are open now."""
        return frozenset(
            row.node.path
            for row in model.rows
            if row.children and self.isExpanded(self._shown(model.index_of(row.node.path), model))
        )

    def expand_paths(self, paths: frozenset[str], model: LayerTreeModel) -> None:
        """Open these rows and no others."""
        self.collapseAll()
        for path in paths:
            index = self._shown(model.index_of(path), model)
            if index.isValid():
                self.expand(index)

    def _shown(self, index: QModelIndex, model: LayerTreeModel) -> QModelIndex:
        shown = self.model()
        map_from = getattr(shown, "mapFromSource", None)
        return index if map_from is None else map_from(index)

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
        is_wide = self.viewport().width() >= WIDE_PX
        width = WIDTHS[LayerColumn.STATE] if is_wide else ICON_ONLY_PX
        if self.columnWidth(LayerColumn.STATE) != width:
            self.setColumnWidth(LayerColumn.STATE, width)

"""The tree of layers as a view: dense rows, one box a row, columns that fit a narrow dock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from tlstudio.gui import theme
from tlstudio.gui.models.layer_tree_model import LayerColumn

INDENT_PX = 14
WIDTHS = {
    LayerColumn.KIND: 130,
    LayerColumn.OUTPUT: 80,
    LayerColumn.PARAMETERS: 58,
    LayerColumn.STATE: 80,
}
ICON_ONLY_PX = 28
KIND_GAP_PX = 12
KIND_AT_LEAST_PX = 32
WIDE_PX = 480  # below this the type stands behind the name, and the state is an icon


class LayerDelegate(QStyledItemDelegate):
    """Paints the type behind the name, in quiet text, while there is no column for it."""

    shows_kind = False

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        if not self.shows_kind:
            return
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        element = QStyle.SubElement.SE_ItemViewItemText
        area = full.widget.style().subElementRect(element, full, full.widget)
        area.setLeft(area.left() + full.fontMetrics.horizontalAdvance(full.text) + KIND_GAP_PX)
        area.setRight(full.rect.right())
        if area.width() < KIND_AT_LEAST_PX:
            return
        painter.save()
        font = QFont(full.font)
        font.setPixelSize(theme.TEXT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text_soft))
        kind = str(index.sibling(index.row(), LayerColumn.KIND).data() or "")
        kind = painter.fontMetrics().elidedText(kind, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, kind)
        painter.restore()


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
        self._delegate = LayerDelegate(self)
        self.setItemDelegateForColumn(LayerColumn.NAME, self._delegate)

    def set_up_columns(self) -> None:
        """Once the view has its model."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(ICON_ONLY_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(LayerColumn.NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, max(width, header.sectionSizeHint(column)))
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
        is_wide = self.viewport().width() >= WIDE_PX
        width = WIDTHS[LayerColumn.STATE] if is_wide else ICON_ONLY_PX
        if self.columnWidth(LayerColumn.STATE) != width:
            self.setColumnWidth(LayerColumn.STATE, width)
            self.setColumnHidden(LayerColumn.KIND, not is_wide)
            self._delegate.shows_kind = not is_wide
            self.became_compact.emit(not is_wide)

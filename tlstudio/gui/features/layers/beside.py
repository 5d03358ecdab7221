"""The layers of several networks side by side: one table, a column a network."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from tlstudio.gui.features.layers.beside_model import DIFFERS_ROLE, BesideModel, Shown
from tlstudio.gui.features.layers.layer_view import INDENT_PX
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.session import Session

SIZE_PX = 128
MARK_PX = 4
TINT = 0.12


class DifferenceDelegate(QStyledItemDelegate):
    """Paints a bar at the left of what differs, on a tint of its colour."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(DIFFERS_ROLE):
            tint = QColor(theme.current().warning)
            bar = QRect(
                option.rect.left(), option.rect.top() + 1, MARK_PX, option.rect.height() - 2
            )
            painter.fillRect(bar, tint)
            tint.setAlphaF(TINT)
            painter.fillRect(option.rect.adjusted(MARK_PX, 1, -2, -1), tint)
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(2 * MARK_PX, 0, -MARK_PX, 0)
        super().paint(painter, inner, index)


class BesideLayers(QWidget):
    """Shows the set of `session.beside`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._beside = session.beside
        self.model = BesideModel(self)
        self.view = QTreeView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(DifferenceDelegate(self.view))
        self.view.setProperty("role", "dense")
        self.view.setAccessibleName(self.tr("Layers of the networks, side by side"))
        self.view.setUniformRowHeights(True)
        self.view.setIndentation(INDENT_PX)
        self.view.setAllColumnsShowFocus(True)
        self.view.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        explain(self.view, "side-by-side")
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        self.shown = Segmented(self.tr("What the cells say"))
        self.shown.set_options(
            [
                (Shown.LAYERS, self.tr("Layers")),
                (Shown.OUTPUT, self.tr("Output")),
                (Shown.PARAMETERS, self.tr("Parameters")),
                (Shown.MULTIPLY_ADDS, self.tr("Multiply-adds")),
            ]
        )
        self.shown.chosen.connect(self._on_shown_chosen)
        self.expand = IconButton(self.tr("Expand all"), "", "quiet", self.view.expandAll)
        self.collapse = IconButton(self.tr("Collapse all"), "", "quiet", self.view.collapseAll)
        self.copy = IconButton(self.tr("Copy"), "copy", "quiet", self._on_copy)
        self.copy.setToolTip(self.tr("The rows that are open, as a Markdown table"))
        self.waiting = NetworkWaiting(
            self.tr("Loading the model library…"),
            self.tr("Looking into the networks…"),
            self.tr("Try again"),
        )
        self.waiting.retried.connect(self._beside.retry)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.waiting)
        self.stack.addWidget(self.view)
        tools = hstack(
            self.shown, Stretch(), self.expand, self.collapse, self.copy, spacing=theme.GRID // 2
        )
        note = label(
            self.tr("A mark: it differs from the network on its left, or only one of them has it."),
            "hint",
            wrap=True,
        )
        vstack(tools, (self.stack, 1), note, spacing=theme.GRID, parent=self)
        self._visible = VisibleRefresh(self, self._follow)
        self._beside.changed.connect(self._visible.request)

    def open_rows(self) -> list[QModelIndex]:
        """The rows that can be seen, or scrolled to."""
        found, index = [], self.model.index(0, 0)
        while index.isValid():
            found.append(index)
            index = self.view.indexBelow(index)
        return found

    def markdown(self) -> str:
        """The rows that are open as a table."""
        columns = range(self.model.columnCount())
        orientation = Qt.Orientation.Horizontal
        lines = [[str(self.model.headerData(x, orientation)) for x in columns]]
        lines.append([":--" for _ in columns])
        for index in self.open_rows():
            lines.append([str(index.siblingAtColumn(x).data()) for x in columns])
        return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)

    def _follow(self) -> None:
        value = self._beside.value
        if value is not None and value is not self.model.value:
            titles = tuple(map(self._session.network.title_of, value.models))
            self.model.set_value(value, titles)
            self._fit()
        self.stack.setCurrentWidget(self.view if value is not None else self.waiting)
        for widget in (self.shown, self.expand, self.collapse, self.copy):
            widget.setEnabled(value is not None)
        is_ready = self._session.network.is_ready
        self.waiting.show_state(is_ready=is_ready, failure=self._beside.failure)

    def _fit(self) -> None:
        header = self.view.header()
        for column in range(self.model.columnCount()):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.view.setColumnWidth(0, SIZE_PX)

    def _on_shown_chosen(self, shown: object) -> None:
        self.model.set_shown(Shown(str(shown)))

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.markdown())
        rows = len(self.open_rows())
        self._session.notifications.success(self.tr("%n row(s) copied.", "", rows))

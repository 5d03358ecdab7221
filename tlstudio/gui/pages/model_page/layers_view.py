"""The layer table of the chosen network: what each layer does and costs, and how far it sees."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tlstudio.core.errors import TLStudioError
from tlstudio.core.layer_table import LayerRecord, LayerTable
from tlstudio.core.layers import LayerTree
from tlstudio.gui import icons, jobs, theme
from tlstudio.gui.language import error_text
from tlstudio.gui.models.layer_filter import LayerFilter
from tlstudio.gui.models.layer_table_model import LayerTableModel
from tlstudio.gui.session import Session
from tlstudio.gui.state.network_state import IMAGENET_CLASSES
from tlstudio.gui.tasks import Task
from tlstudio.gui.widgets.basics import IconButton, label
from tlstudio.gui.widgets.layer_search import LayerSearch
from tlstudio.gui.widgets.layer_table_view import LayerTableView, TotalsLine
from tlstudio.gui.widgets.segmented import Segmented
from tlstudio.gui.widgets.tree_paths import show_path


class LayersView(QWidget):
    """Shows the layer table of `session.network`; the layer that is looked at is shared."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._task: Task | None = None
        self._wanted: LayerTree | None = None
        self._shown: tuple[LayerTree, int] | None = None  # and the classes of the head
        self._failure: TLStudioError | None = None
        self.model = LayerTableModel(self)
        self.filter = LayerFilter(self.model, self)
        self.view = LayerTableView(self.model, self.filter)
        self.totals = TotalsLine(self.view, self.model)
        self.search = QLineEdit(placeholderText=self.tr("Search layers and types"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search layers"))
        self.search.setMinimumWidth(160)
        self.search.setMaximumWidth(320)
        self._searching = LayerSearch(self.search, self.view, self.filter, self.model)
        self.shares = Segmented(self.tr("What the share is of"))
        self.shares.set_options([(False, self.tr("Multiply-adds")), (True, self.tr("Parameters"))])
        self.shares.setToolTip(self.tr("What the bars show a share of"))
        self._make_actions()
        self._lay_out()
        self._restyle()

        self.shares.chosen.connect(self._on_share_chosen)
        self._searching.changed.connect(self._show_state)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self._network.tree_changed.connect(self._on_tree_changed)
        self._network.layer_selected.connect(self._on_layer_selected)
        self._network.engine_ready.connect(self._show_state)
        self._network.failed.connect(self._on_network_failed)
        self._on_tree_changed(self._network.tree)

    # -- building --------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.only_parameters = self._action(self.tr("Only layers with parameters"))
        self.only_parameters.setCheckable(True)
        self.only_parameters.toggled.connect(self._searching.set_only_parameters)
        self.original_head = self._action(self.tr("With the original head of 1000 classes"))
        self.original_head.setCheckable(True)
        self.original_head.toggled.connect(self._fetch)
        self.expand_all = self._action(self.tr("Expand all"))
        self.expand_all.triggered.connect(self.view.expandAll)
        self.collapse_all = self._action(self.tr("Collapse all"))
        self.collapse_all.triggered.connect(self.view.collapseAll)
        self.copy_markdown = self._action(self.tr("Copy as Markdown"))
        self.copy_markdown.setToolTip(self.tr("The rows that are open, and the totals"))
        self.copy_markdown.triggered.connect(self._copy_markdown)
        self.copy_csv = self._action(self.tr("Copy as CSV"))
        self.copy_csv.setToolTip(self.tr("Every row, with whole numbers and all columns"))
        self.copy_csv.triggered.connect(self._copy_csv)
        self.copy_path = self._action(self.tr("Copy module path"))
        self.copy_path.triggered.connect(self._copy_path)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.view)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._copy_markdown)

        self.menu_button = QToolButton()
        self.menu_button.setToolTip(self.tr("What the table shows"))
        self.menu_button.setAccessibleName(self.menu_button.toolTip())
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addActions([self.only_parameters, self.original_head])
        menu.addSeparator()
        menu.addActions([self.expand_all, self.collapse_all])
        self.menu_button.setMenu(menu)
        self.copy_button = IconButton(self.tr("Copy"), "copy", "quiet")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([self.copy_markdown, self.copy_csv])
        self.copy_button.setMenu(menu)

    def _action(self, text: str) -> QAction:
        return QAction(text, self)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(theme.GRID // 2)
        tools.addWidget(self.search, 1)
        tools.addWidget(self.menu_button)
        tools.addStretch()
        tools.addWidget(label(self.tr("Share of"), "hint"))
        tools.addWidget(self.shares)
        tools.addSpacing(theme.GRID)
        tools.addWidget(self.copy_button)
        self.waiting_text = label("", "hint", wrap=True)
        self.waiting_text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.busy = QProgressBar(minimum=0, maximum=0)
        self.busy.setMaximumWidth(160)
        self.retry = IconButton(self.tr("Try again"), "reload", "", self._try_again)
        self._waiting = QWidget()
        column = QVBoxLayout(self._waiting)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addStretch(2)
        column.addWidget(self.waiting_text)
        column.addWidget(self.busy, alignment=center)
        column.addWidget(self.retry, alignment=center)
        column.addStretch(3)
        self._table = QWidget()
        column = QVBoxLayout(self._table)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self.totals)
        self.empty = label(self.tr("No layer matches the search."), "hint")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for page in (self._waiting, self._table, self.empty):
            self.stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addLayout(tools)
        layout.addWidget(self.stack, 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def _restyle(self) -> None:
        self.menu_button.setIcon(icons.icon("filter"))

    # -- following the session -------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fetch()

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        self._wanted = tree
        self._failure = None
        self.original_head.setVisible(tree is None or tree.num_classes != IMAGENET_CLASSES)
        self._fetch()

    def _fetch(self) -> None:
        """Ask for the table of the chosen network, once somebody looks."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        key = self._key()
        if key is not None and key != self._shown and self._failure is None and self.isVisible():
            tree, classes = key
            self._task = self._session.engine_pool.submit(
                jobs.layer_table,
                tree.model,
                classes,
                self._network.inputs,
                done=self._on_fetched,
                failed=self._on_fetch_failed,
            )
        self._show_state()

    def _key(self) -> tuple[LayerTree, int] | None:
        """What should be shown: a network, and how many classes its head has."""
        tree = self._wanted
        if tree is None:
            return None
        return tree, IMAGENET_CLASSES if self.original_head.isChecked() else tree.num_classes

    def _on_fetched(self, table: LayerTable) -> None:
        self._task = None
        tree = self._wanted
        if tree is None:
            return
        is_same = self._shown is not None and self._shown[0].model == tree.model
        paths = self._searching.open_paths() if is_same else tree.stage_parents
        self.model.set_table(table)
        self._shown = self._key()
        self._searching.set_open_paths(paths)
        self._show_state()
        self._on_layer_selected(self._network.selected_layer)

    def _on_fetch_failed(self, error: TLStudioError) -> None:
        self._task = None
        self._failure = error
        self._show_state()

    def _on_network_failed(self, error: TLStudioError) -> None:
        self._show_state()

    def _on_layer_selected(self, path: str) -> None:
        record = self.current()
        if path and (record is None or record.path != path):
            show_path(self.view, path, self.model)

    def _show_state(self) -> None:
        """The table, or why there is none."""
        key = self._key()
        is_there = key is not None and key[0] is (self._shown[0] if self._shown else None)
        if not is_there:
            page: QWidget = self._waiting
        else:
            page = self.empty if not self.filter.rowCount() else self._table
        self.stack.setCurrentWidget(page)
        for widget in (self.search, self.menu_button, self.shares, self.copy_button):
            widget.setEnabled(is_there)
        failure = self._failure or (self._network.failure if key is None else None)
        self.busy.setVisible(failure is None)
        self.retry.setVisible(failure is not None)
        if failure is not None:
            self.waiting_text.setText(error_text(failure))
        elif self._network.is_ready:
            self.waiting_text.setText(self.tr("Looking into the network…"))
        else:
            self.waiting_text.setText(self.tr("Loading the model library…"))

    # -- what a person does ----------------------------------------------------------------------

    def current(self) -> LayerRecord | None:
        """The layer that is looked at."""
        return self.model.record_of(self.filter.mapToSource(self.view.currentIndex()))

    def open_records(self) -> list[LayerRecord]:
        """The layers whose rows can be seen, or scrolled to."""
        found: list[LayerRecord] = []
        index = self.filter.index(0, 0)
        while index.isValid():
            record = self.model.record_of(self.filter.mapToSource(index))
            if record is not None:
                found.append(record)
            index = self.view.indexBelow(index)
        return found

    def _try_again(self) -> None:
        self._failure = None
        if self._wanted is None:
            self._network.retry()
        self._fetch()

    def _on_share_chosen(self, of_parameters: object) -> None:
        self.model.set_shares_parameters(bool(of_parameters))

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        record = self.current()
        if record is not None:
            self._network.select_layer(record.path)

    def _on_menu_requested(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        if self.view.indexAt(position).isValid():
            menu.addAction(self.copy_path)
            menu.addSeparator()
        menu.addActions([self.copy_markdown, self.copy_csv])
        menu.addSeparator()
        menu.addActions([self.expand_all, self.collapse_all])
        menu.popup(self.view.viewport().mapToGlobal(position))

    def _copy_markdown(self) -> None:
        if self.model.table is not None:
            records = self.open_records()
            self._copy(self.model.table.to_markdown(records), len(records))

    def _copy_csv(self) -> None:
        if self.model.table is not None:
            self._copy(self.model.table.to_csv(), len(self.model.rows))

    def _copy_path(self) -> None:
        record = self.current()
        if record is not None:
            QGuiApplication.clipboard().setText(record.path)

    def _copy(self, text: str, rows: int) -> None:
        QGuiApplication.clipboard().setText(text)
        self._session.notifications.success(self.tr("%n row(s) copied.", "", rows))

"""The layer table of the chosen network: what each layer does and costs, and how far it sees."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QToolButton, QWidget

from tlstudio.core.networks.layer_table import LayerRecord, LayerTable
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.layers.beside import BesideLayers
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.layer_table import LayerTableView, TotalsLine
from tlstudio.gui.features.layers.search import LayerSearch
from tlstudio.gui.features.layers.table_model import LayerTableModel
from tlstudio.gui.features.layers.tree_paths import show_path
from tlstudio.gui.kit import icons, theme
from tlstudio.gui.kit.basics import IconButton, label
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state import jobs
from tlstudio.gui.state.network_build import NetworkBuild
from tlstudio.gui.state.session import Session


class LayersView(QWidget):
    """Shows the layer table of `session.network`; the layer that is looked at is shared."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._build = NetworkBuild(
            session.network, session.engine_pool, jobs.catalog_layer_table, self
        )
        self._opened_model = ""  # whose rows are open
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

        self.shares.chosen.connect(self._on_share_chosen)
        self._searching.changed.connect(self._show_state)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self._network.tree_changed.connect(self._on_tree_changed)
        self._network.layer_selected.connect(self._on_layer_selected)
        self._build.changed.connect(self._show_state)
        self._build.built.connect(self._on_built)
        self._on_tree_changed(self._network.tree)

    # -- building --------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.only_parameters = self._action(self.tr("Only layers with parameters"))
        self.only_parameters.setCheckable(True)
        self.only_parameters.toggled.connect(self._searching.set_only_parameters)
        self.original_head = self._action("")
        self.original_head.setCheckable(True)
        self.original_head.toggled.connect(self._on_original_head_toggled)
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
        self.menu_button.setIcon(icons.icon("filter"))
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
        tools = hstack(
            (self.search, 1),
            self.menu_button,
            Stretch(),
            label(self.tr("Share of"), "hint"),
            self.shares,
            theme.GRID,
            self.copy_button,
            spacing=theme.GRID // 2,
        )
        self.waiting = NetworkWaiting(
            self.tr("Loading the model library…"),
            self.tr("Looking into the network…"),
            self.tr("Try again"),
        )
        self.waiting.retried.connect(self._build.retry)
        self._table = QWidget()
        vstack((self.view, 1), self.totals, spacing=0, parent=self._table)
        self.empty = label(self.tr("No layer matches the search."), "hint")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for page in (self.waiting, self._table, self.empty):
            self.stack.addWidget(page)
        self._alone = QWidget()
        vstack(tools, (self.stack, 1), spacing=theme.GRID, parent=self._alone)
        self.beside: BesideLayers | None = None  # made when it is first wanted
        self._views = QStackedWidget()
        self._views.addWidget(self._alone)
        vstack(self._views, parent=self)
        self._beside_shown = VisibleRefresh(self, self._follow_beside)
        self._session.beside.changed.connect(self._beside_shown.request)

    def _follow_beside(self) -> None:
        """Show the set that is looked at, or the chosen network alone."""
        if self._session.beside.models and self.beside is None:
            self.beside = BesideLayers(self._session)
            self._views.addWidget(self.beside)
        is_set = self.beside is not None and bool(self._session.beside.models)
        self._views.setCurrentIndex(1 if is_set else 0)

    # -- following the session -------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._build.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._build.watch(False)

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        classes = self._network.original_classes
        self.original_head.setVisible(tree is None or tree.num_classes != classes)
        self.original_head.setText(self.tr("With the original head of %n classes", "", classes))
        if self.original_head.isChecked():
            self._build.set_num_classes(classes)
        self._show_state()

    def _on_built(self, table: LayerTable) -> None:
        tree = self._network.tree
        assert tree is not None  # it came for this tree
        is_same = self._opened_model == tree.model
        paths = self._searching.open_paths() if is_same else tree.stage_parents
        self.model.set_table(table)
        self._opened_model = tree.model
        self._searching.set_open_paths(paths)
        self._show_state()
        self._on_layer_selected(self._network.selected_layer)

    def _on_layer_selected(self, path: str) -> None:
        record = self.current()
        if path and (record is None or record.path != path):
            show_path(self.view, path, self.model)

    def _show_state(self) -> None:
        """The table, or why there is none."""
        is_there = self._build.is_current
        if not is_there:
            page: QWidget = self.waiting
        else:
            page = self.empty if not self.filter.rowCount() else self._table
        self.stack.setCurrentWidget(page)
        for widget in (self.search, self.menu_button, self.shares, self.copy_button):
            widget.setEnabled(is_there)
        self.waiting.show_state(is_ready=self._network.is_ready, failure=self._build.failure)

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

    def _on_original_head_toggled(self, wanted: bool) -> None:
        self._build.set_num_classes(self._network.original_classes if wanted else None)

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

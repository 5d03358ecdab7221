"""The layer-freeze tree: every layer of the chosen network, and whether it trains."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMenu, QStackedWidget, QToolButton, QWidget

from tlstudio.core.needs import Need
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.layer_view import LayerView
from tlstudio.gui.features.layers.measure_column import MeasureColumn
from tlstudio.gui.features.layers.rows import LayerRow
from tlstudio.gui.features.layers.search import LayerSearch
from tlstudio.gui.features.layers.trainable_line import TrainableLine
from tlstudio.gui.features.layers.tree_model import LayerTreeModel
from tlstudio.gui.features.layers.tree_paths import show_path
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.basics import label
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.reveal import reveal
from tlstudio.gui.state.forecast_texts import ForecastTexts
from tlstudio.gui.state.reasons import reason
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

TRAIN_FROM_KEYS = "Ctrl+D"


class LayerTreePanel(QWidget):
    """Shows `session.network.tree` with the ticks of its freeze plan; ticking makes a plan.

    Beside each layer stands one measure: what the plan will do with it, what was measured there,
    or what the last run did to it.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "layer")
        self._session = session
        self._network = session.network
        self._texts = ForecastTexts(self)
        self._remembered: tuple[str, frozenset[str]] = ("", frozenset())
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

        self.model = LayerTreeModel(self)
        self.filter = LayerFilter(self.model, self)
        self.search = QLineEdit(placeholderText=self.tr("Search layers"))
        self.search.setToolTip(self.tr("Search layers and types"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search layers"))
        self.menu_button = QToolButton()
        self.menu_button.setIcon(icons.icon("filter"))
        self.menu_button.setToolTip(self.tr("What the tree shows"))
        self.menu_button.setAccessibleName(self.menu_button.toolTip())
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        keys = QKeySequence(TRAIN_FROM_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        what_it_does = self.tr(
            "This layer and all that run after it train; all before it is frozen."
        )
        self.view = LayerView(f"{self.tr('Train from here on')} ({keys})\n{what_it_does}")
        self.view.setModel(self.filter)
        self.view.set_up_columns()
        self.measures = MeasureColumn(session, self.model, self.view)
        self.line = TrainableLine(self.measures.proof)
        self._search = LayerSearch(self.search, self.view, self.filter, self.model)
        self._make_actions()
        self._lay_out()

        self.view.became_compact.connect(self.model.set_compact)
        self.view.train_from_requested.connect(self._train_from_index)
        self.measures.refreshed.connect(self._show_words)
        self.model.ticked.connect(self._network.tick)
        self._search.changed.connect(self._show_state)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.view.customContextMenuRequested.connect(self._on_menu_requested)
        self._network.tree_changed.connect(self._on_tree_changed)
        self._network.layer_selected.connect(self._on_layer_selected)
        self._network.settings_changed.connect(self._on_settings_changed)
        self._network.engine_ready.connect(self._on_engine_ready)
        self._network.failed.connect(self._show_state)
        session.forecasts.changed.connect(self._on_forecast_changed)
        session.run.status_changed.connect(self._on_status_changed)
        session.run.phase_started.connect(self._on_plan_phase_started)
        session.mending_wanted.connect(self._on_mending_wanted)
        self._on_tree_changed(self._network.tree)
        self._on_settings_changed(self._network.settings)
        self._on_forecast_changed()
        self._on_status_changed(session.run.status)

    # -- building --------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.only_parameters = QAction(self.tr("Only layers with parameters"), self)
        self.only_parameters.setCheckable(True)
        self.only_parameters.toggled.connect(self._on_only_parameters_toggled)
        self.expand_all = QAction(self.tr("Expand all"), self)
        self.expand_all.triggered.connect(self.view.expandAll)
        self.collapse_all = QAction(self.tr("Collapse all"), self)
        self.collapse_all.triggered.connect(self.view.collapseAll)
        menu = QMenu(self)
        menu.addAction(self.only_parameters)
        menu.addSeparator()
        menu.addActions([self.expand_all, self.collapse_all])
        self.menu_button.setMenu(menu)

        self.train_from_action = QAction(self.tr("Train from here on"), self)
        self.train_from_action.setShortcut(QKeySequence(TRAIN_FROM_KEYS))
        self.train_from_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.train_from_action.triggered.connect(self._train_from_current)
        self.addAction(self.train_from_action)
        self.only_this_action = QAction(self.tr("Train only this"), self)
        self.only_this_action.triggered.connect(self._train_only_current)
        self.copy_action = QAction(self.tr("Copy module path"), self)
        self.copy_action.triggered.connect(self._copy_path)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)

    def _lay_out(self) -> None:
        self._tools = QWidget()
        tools = hstack(
            (self.search, 1), (self.measures.field, 1), self.menu_button, spacing=theme.GRID // 2
        )
        vstack(tools, self.measures.offer, spacing=theme.GRID // 2, parent=self._tools)
        side = theme.GRID + theme.GRID // 2
        head = vstack(
            self.line,
            self._tools,
            spacing=theme.GRID // 2,
            margins=(side, theme.GRID // 2, side, 0),
        )
        self.waiting = NetworkWaiting(
            self.tr("Loading the model library…"), self.tr("Building the layer tree…")
        )
        self.empty = label(self.tr("No layer matches the search."), "hint")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget()
        for page in (self.waiting, self.view, self.empty):
            self.stack.addWidget(page)
        body = hstack(self.stack, margins=(theme.GRID // 2, 0, theme.GRID // 2, 0))
        vstack(head, (body, 1), Stretch(), spacing=theme.GRID // 2, parent=self)

    def set_simple(self, is_simple: bool) -> None:
        """Leave out the layers, and what is known of each; how much trains is still said."""
        for widget in (self._tools, self.stack):
            widget.setHidden(is_simple)
        self.measures.set_shown(not is_simple)

    # -- following the session -------------------------------------------------------------------

    def _on_tree_changed(self, tree: LayerTree | None) -> None:
        if self.model.tree is not None:
            self._remembered = (self.model.tree.model, self._search.open_paths())
        self.model.set_tree(tree)
        if tree is not None:
            model, paths = self._remembered
            self._search.set_open_paths(paths if model == tree.model else tree.stage_parents)
        self.measures.refresh()
        self._show_state()

    def _on_settings_changed(self, settings: Settings) -> None:
        tree, plan = self._network.tree, settings.plan
        if tree is None:
            self.line.clear()
        else:
            self.line.set_parameters(plan.trainable_parameters if plan else 0, tree.parameters)
        self._show_ticks()
        self._show_words()

    def _on_forecast_changed(self) -> None:
        self._show_words()

    def _on_engine_ready(self) -> None:
        self._show_state()

    def _on_layer_selected(self, path: str) -> None:
        row = self._current()
        if path and (row is None or row.node.path != path):
            show_path(self.view, path, self.model)

    def _on_mending_wanted(self, need: Need) -> None:
        if need is Need.PLAN:
            self._session.set_simple(False)
            reveal(self.view)

    def _on_status_changed(self, status: RunStatus) -> None:
        editable = status is RunStatus.IDLE
        self.model.set_editable(editable)
        self.view.set_has_buttons(editable)
        self._show_ticks()
        self._show_words()
        self._show_actions()

    def _on_plan_phase_started(self, _event: object) -> None:
        self._show_ticks()
        self._show_words()

    def _show_ticks(self) -> None:
        """Show which layers train, and during a run which of them do already."""
        plan, now = self._network.plan, self._phase
        if plan is None or now is None:
            self.model.set_trainable(())
            return
        waiting = plan.trainable - now.trainable
        self.model.set_trainable(plan.trainable, waiting=waiting, statistics=now.statistics)

    @property
    def _phase(self) -> PlanPhase | None:
        """The phase of the run that goes on, or else the one that the plan ends with."""
        plan, run = self._network.plan, self._session.run
        if plan is None:
            return None
        if run.active:
            return plan.at(run.record.phases[-1].epoch if run.record.phases else 1)
        return plan.last

    def _show_words(self) -> None:
        """What matters most, in one line: a fault, what hinders, the run, or what it will take."""
        forecasts, proof = self._session.forecasts, self.measures.proof
        plan, now = self._network.plan, self._phase
        if self._session.run.active and plan is not None and now is not None:
            self.line.say(self._note(plan, now))
        elif self._network.tree is not None and plan is None:
            self.line.say(reason(self._session, (Need.PLAN,))[0], "warning")
        elif proof.fault:
            self.line.say(proof.fault, "wrong", proof.toolTip())
        elif forecasts.forecast is not None:
            row = forecasts.forecast.of(self._network.config)
            text = self._texts.line(row)
            tip = f"{text}\n{self._texts.memory_tip()}" if row.memory_bytes else text
            self.line.say(text, tip=tip)
        else:
            self.line.say(self._texts.coming() if forecasts.is_coming else "")

    def _note(self, plan: FreezePlan, now: PlanPhase) -> str:
        later = [phase.first_epoch for phase in plan.phases if phase.first_epoch > now.first_epoch]
        if len(plan.phases) == 1:
            return self.tr("Layers can't be changed while training.")
        count = formats.compact(now.trainable_parameters)
        if later:
            text = self.tr("Now {count} parameters train, more from epoch {n} on.")
            return text.format(count=count, n=later[0])
        return self.tr("Now {count} parameters train, as many as ever will.").format(count=count)

    def _show_state(self) -> None:
        """The tree, or why there is none."""
        if self.model.tree is None:
            page: QWidget = self.waiting
        elif self.filter.is_searching and not self.filter.rowCount():
            page = self.empty
        else:
            page = self.view
        self.stack.setCurrentWidget(page)
        network = self._network
        self.waiting.show_state(is_ready=network.is_ready, failure=network.failure)
        self._show_actions()

    def _show_actions(self) -> None:
        possible = self._current() is not None and not self._session.run.active
        for action in (self.train_from_action, self.only_this_action):
            action.setEnabled(possible)
        row = self._current()
        self.only_this_action.setEnabled(possible and row is not None and row.layers > 0)

    # -- what a person does ----------------------------------------------------------------------

    def _on_only_parameters_toggled(self, only: bool) -> None:
        self._search.set_only_parameters(only)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        self._show_actions()
        row = self._current()
        if row is not None and row.node.path:
            self._network.select_layer(row.node.path)

    def _on_menu_requested(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.view.indexAt(position).isValid():
            menu.addActions([self.train_from_action, self.only_this_action])
            menu.addSeparator()
            menu.addAction(self.copy_action)
            menu.addSeparator()
        menu.addActions([self.expand_all, self.collapse_all])
        menu.popup(self.view.viewport().mapToGlobal(position))

    def _train_from_current(self) -> None:
        row, tree = self._current(), self._network.tree
        if row is not None and tree is not None and not self._session.run.active:
            # parameters of the network itself are there from its first layer on
            self._network.train_from(row.node.path or tree.root.children[0].path)

    def _train_from_index(self, index: QModelIndex) -> None:
        self.view.setCurrentIndex(index)
        self._train_from_current()

    def _train_only_current(self) -> None:
        self._network.tick(self.model.paths_of(self._source(self.view.currentIndex())))

    def _copy_path(self) -> None:
        row = self._current()
        if row is not None:
            QGuiApplication.clipboard().setText(row.node.path)

    # -- inside ----------------------------------------------------------------------------------

    def _current(self) -> LayerRow | None:
        return self.model.row_of(self._source(self.view.currentIndex()))

    def _source(self, index: QModelIndex) -> QModelIndex:
        return self.filter.mapToSource(index)

"""The catalog: look through it, choose a model, its weights and how its input is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.networks.catalog import ModelFilter, ModelSpec
from tlstudio.core.networks.vgg_list import is_vgg_list
from tlstudio.gui.features.choose_model.aside import Aside
from tlstudio.gui.features.choose_model.filter_bar import ModelFilterBar, Scope
from tlstudio.gui.features.choose_model.model_card import ModelCard
from tlstudio.gui.features.choose_model.start_choice import StartChoice
from tlstudio.gui.features.choose_model.states import LoadingModels, NoModels
from tlstudio.gui.features.choose_model.table import ModelTable
from tlstudio.gui.features.choose_model.table_model import ModelTableModel
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import vstack
from tlstudio.gui.kit.reveal import reveal
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state import jobs
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session


class ChooseView(QWidget):
    """Shows `session.network.models`; the chosen row is the configuration's model."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._problems: Mapping[str, TLStudioError] = {}
        self._asked_about = ""  # the model that was asked what it refuses
        self._task: Task | None = None
        self.bar = ModelFilterBar()
        self.search = self.bar.search
        self.model = ModelTableModel(self)
        self.table = ModelTable(self.model)
        self.start = StartChoice(session)
        self.card = ModelCard(self.start)
        self.note = label(self.tr("The model can't be changed while training."), "hint")
        self.loading = LoadingModels()
        self.broken = EmptyState(
            "warning",
            self.tr("The model library could not be loaded"),
            "",
            IconButton(self.tr("Try again"), "reload", "", self._network.retry),
        )
        self.nothing = NoModels()
        self._lay_out()

        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.table.enter)
        self.bar.changed.connect(self._on_filtered)
        self.search.returnPressed.connect(self.table.enter)
        self.nothing.everywhere_asked.connect(self._on_everywhere)
        self.nothing.clear_asked.connect(self.bar.clear)
        self.table.chosen.connect(self._on_chosen)
        self.model.modelReset.connect(self._on_rows_changed)
        self.card.download_asked.connect(self._network.download)
        self.card.cancel_asked.connect(self._network.cancel_download)
        self.card.scratch_asked.connect(self._on_scratch)
        self.card.weights_chosen.connect(self._on_weights_chosen)
        self.card.input_changed.connect(self._on_input_changed)
        self.card.note.numbers_wanted.connect(lambda paper: session.learn(f"paper/{paper}"))
        self.card.input_opened.connect(self._on_input_opened)
        self.card.inputs.problem_changed.connect(self._network.set_field_problem)
        self._network.field_problems_changed.connect(self._on_field_problems_changed)
        self._network.field_requested.connect(self._on_field_requested)
        session.datasets.glanced.connect(self._show_inputs)
        session.datasets.changed.connect(self._show_inputs)
        self._network.models_changed.connect(self._on_models_changed)
        self._visible = VisibleRefresh(self, self._follow_settings)
        self._network.settings_changed.connect(self._visible.request)
        self._network.change_refused.connect(self._show_card)
        self._network.tree_changed.connect(self._on_tree_changed)
        self._network.download_changed.connect(self._on_download_changed)
        self._network.failed.connect(self._on_failed)
        session.run.status_changed.connect(self._on_status_changed)
        self._on_models_changed()
        self._on_status_changed(session.run.status)

    def _lay_out(self) -> None:
        self.bar.add_right(self.note)
        self.stack = QStackedWidget()
        for page in (self.loading, self.broken, self.table, self.nothing):
            self.stack.addWidget(page)
        self.aside = Aside(self.stack, self.card)
        vstack(self.bar, (self.aside, 1), spacing=theme.GRID, parent=self)

    # -- following the session -------------------------------------------------------------------

    def _on_models_changed(self) -> None:
        self.bar.set_models(self._models)
        self.model.set_models(self.bar.found, self.bar.filter.query)
        self._show_chosen()
        self._show_state()

    @property
    def _models(self) -> tuple[ModelSpec, ...]:
        """The catalog; a list of one's own that is chosen is a part of it meanwhile."""
        models, spec = self._network.models, self._network.spec
        is_own = spec is not None and is_vgg_list(spec.name)
        return (replace(spec, recommended=True), *models) if spec and is_own else models

    def _follow_settings(self) -> None:
        if self._network.config.model != self.model.chosen:
            if is_vgg_list(self._network.config.model) or is_vgg_list(self.model.chosen):
                self._on_models_changed()
            self._show_chosen()
        else:
            self._show_card()

    def _on_tree_changed(self, _: object) -> None:
        self._show_inputs()

    def _on_field_problems_changed(self) -> None:
        self.card.inputs.show_problems(self._network.field_problems)

    def _on_field_requested(self, name: str) -> None:
        inputs = self.card.inputs
        fields = {
            "model": self.search,
            "weights": self.card.weights,
            "start_from": self.start.button,
            **inputs.fields,
        }
        if name in fields:
            reveal(fields[name])

    def _on_download_changed(self) -> None:
        self._show_card()

    def _on_failed(self) -> None:
        self._show_state()
        self._show_inputs()

    def _on_status_changed(self, status: RunStatus) -> None:
        idle = status is RunStatus.IDLE
        self.note.setVisible(not idle)
        self.card.set_locked(not idle)

    # -- what a person does ----------------------------------------------------------------------

    def _on_filtered(self, wanted: ModelFilter) -> None:
        self.model.set_models(self.bar.found, wanted.query)
        self.table.set_one_library(wanted.library is not None)
        self.table.select(self.model.chosen, scroll=not wanted.query)
        self._show_state()

    def _on_rows_changed(self) -> None:
        self.table.select(self.model.chosen, scroll=False)

    def _on_everywhere(self) -> None:
        self.bar.set_scope(Scope.ALL)

    def _on_chosen(self, name: str) -> None:
        if self._session.run.active:
            self.table.select(self.model.chosen)
        else:
            self._network.set_model(name)

    def _on_weights_chosen(self, name: str) -> None:
        self._network.change(weights=name)

    def _on_input_changed(self, name: str, value: object) -> None:
        self._network.change(**{name: value})
        self.aside.reveal(self.card.input_fold)

    def _on_input_opened(self) -> None:
        self._look_at_refusals()
        self.aside.reveal(self.card.input_fold)

    def _on_scratch(self) -> None:
        self._network.set_strategy("from_scratch")

    # -- showing ---------------------------------------------------------------------------------

    def _show_state(self) -> None:
        is_listed = bool(self._network.models)
        page: QWidget = self.loading
        if is_listed:
            page = self.table if self.model.rowCount() else self.nothing
            if self.bar.fault is not None:
                self.nothing.show_fault(self.bar.fault)
            else:
                self.nothing.show_found(self.bar.counts[Scope.ALL], self.bar.has_filters)
        elif self._network.failure is not None:
            page = self.broken
            self.broken.text.setText(error_text(self._network.failure))
        self.stack.setCurrentWidget(page)
        self.bar.setEnabled(is_listed)

    def _show_chosen(self) -> None:
        name = self._network.config.model
        self.model.set_chosen(name)
        self.table.select(name)
        self._show_card()
        if self.card.input_fold.is_open:
            self._look_at_refusals()

    def _show_card(self) -> None:
        network = self._network
        spec = network.spec
        self.aside.set_side_visible(spec is not None)
        if spec is None:
            return
        self.card.show_model(spec, network.weights)
        download = network.chosen_download
        if download is not None and download.active:
            self.card.show_download(download.progress)
        self._show_inputs()

    def _show_inputs(self) -> None:
        spec = self._network.spec
        if spec is not None:
            known = self._asked_about == spec.name
            failure = self._network.failure if self._network.is_ready else None
            problems = self._problems if known else {}
            images = self._session.datasets.glance
            self.card.show_inputs(self._network.config, spec, problems, failure, images)

    def _look_at_refusals(self) -> None:
        """Ask which changes the network takes, unless that is known."""
        spec = self._network.spec
        if spec is None or spec.name == self._asked_about:
            return
        if self._task is not None:
            self._task.cancel()
        self._asked_about, self._problems = spec.name, {}
        self._task = self._session.engine_pool.submit(
            jobs.refused_settings,
            spec.name,
            done=self._on_refusals_known,
            failed=self._on_refusals_unknown,
        )

    def _on_refusals_known(self, problems: Mapping[str, TLStudioError]) -> None:
        self._task = None
        self._problems = problems
        self._show_inputs()

    def _on_refusals_unknown(self, error: TLStudioError) -> None:
        self._task = None  # the tree of the network says why

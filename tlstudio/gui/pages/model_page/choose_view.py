"""The catalog: search it, choose a model, fetch its weights."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tlstudio.core.config import RunConfig
from tlstudio.gui import theme
from tlstudio.gui.language import error_text
from tlstudio.gui.models.model_table_model import ModelFilter, ModelTableModel
from tlstudio.gui.session import Session
from tlstudio.gui.state.run_state import RunPhase
from tlstudio.gui.widgets.basics import EmptyState, IconButton, label, line
from tlstudio.gui.widgets.model_card import ModelCard
from tlstudio.gui.widgets.model_table import ModelTable


class ChooseView(QWidget):
    """Shows `session.network.models`; the chosen row is the configuration's model."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self.search = QLineEdit(placeholderText=self.tr("Search models"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.search.placeholderText())
        self.search.setMinimumWidth(200)
        self.search.setMaximumWidth(320)
        self.model = ModelTableModel(self)
        self.filter = ModelFilter(self.model, self)
        self.table = ModelTable(self.filter)
        self.card = ModelCard()
        self.note = label(self.tr("The model can't be changed while training."), "hint")
        self.loading = EmptyState(
            "model",
            self.tr("Loading the model library…"),
            self.tr("This takes a few seconds after a start. Everything else works already."),
        )
        self.busy = QProgressBar(minimum=0, maximum=0)
        self.broken = EmptyState(
            "warning",
            self.tr("The model library could not be loaded"),
            "",
            IconButton(self.tr("Try again"), "reload", "", self._network.retry),
        )
        clear = IconButton(self.tr("Clear search"), "", "", self.search.clear)
        self.nothing = EmptyState(
            "search",
            self.tr("No model matches"),
            self.tr("Search by name, family or library, for example “ResNet” or “timm”."),
            clear,
        )
        self._lay_out()

        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        self.search.textChanged.connect(self._on_searched)
        self.search.returnPressed.connect(self.table.enter)
        self.table.chosen.connect(self._on_chosen)
        self.card.download_asked.connect(self._network.download)
        self.card.cancel_asked.connect(self._network.cancel_download)
        self._network.models_changed.connect(self._on_models_changed)
        self._network.config_changed.connect(self._on_config_changed)
        self._network.download_changed.connect(self._on_download_changed)
        self._network.failed.connect(self._show_state)
        session.run.phase_changed.connect(self._on_phase_changed)
        self._on_models_changed()
        self._on_phase_changed(session.run.phase)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(2 * theme.GRID)
        header.addWidget(self.search)
        header.addStretch()
        header.addWidget(self.note)

        self.busy.setFixedWidth(200)
        words = self.loading.layout()
        assert isinstance(words, QVBoxLayout)
        below = words.count() - 1  # before the stretch at the end
        words.insertSpacing(below, theme.GRID)
        words.insertWidget(below + 1, self.busy, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.stack = QStackedWidget()
        for page in (self.loading, self.broken, self.table, self.nothing):
            self.stack.addWidget(page)
        self._line = line()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addLayout(header)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self._line)
        layout.addWidget(self.card)

    # -- following the session -------------------------------------------------------------------

    def _on_models_changed(self) -> None:
        self.model.set_models(self._network.models)
        self._show_chosen()
        self._show_state()

    def _on_config_changed(self, config: RunConfig) -> None:
        if config.model != self.model.chosen:
            self._show_chosen()

    def _on_download_changed(self) -> None:
        self._show_card()

    def _on_phase_changed(self, phase: RunPhase) -> None:
        self.note.setVisible(phase is not RunPhase.IDLE)

    # -- what a person does ----------------------------------------------------------------------

    def _on_searched(self, query: str) -> None:
        self.filter.set_query(query)
        self.table.select(self.model.chosen)
        self._show_state()

    def _on_chosen(self, name: str) -> None:
        if self._session.run.active:
            self.table.select(self.model.chosen)
        else:
            self._network.set_model(name)

    # -- showing ---------------------------------------------------------------------------------

    def _show_state(self) -> None:
        ready = self._network.is_ready
        page: QWidget = self.loading
        if ready:
            page = self.table if self.filter.rowCount() else self.nothing
        elif self._network.failure is not None:
            page = self.broken
            self.broken.text.setText(error_text(self._network.failure))
        self.stack.setCurrentWidget(page)
        self.busy.setVisible(not ready)

    def _show_chosen(self) -> None:
        name = self._network.config.model
        self.model.set_chosen(name)
        self.table.select(name)
        self._show_card()

    def _show_card(self) -> None:
        network = self._network
        spec = network.spec
        self.card.setVisible(spec is not None)
        self._line.setVisible(spec is not None)
        if spec is None:
            return
        self.card.show_model(spec, network.weights)
        if network.downloading == spec.name:
            self.card.show_download(network.download_done_bytes, network.download_total_bytes)
        busy = bool(network.downloading)
        reason = self.tr("Another download is going on.") if busy else ""
        self.card.set_can_download(not busy, reason)

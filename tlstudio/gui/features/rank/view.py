"""The leaderboard: the networks on this machine, ranked for the open dataset before training."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.rank import Candidate
from tlstudio.gui.features.rank.note import RankNote
from tlstudio.gui.features.rank.state import RankingState
from tlstudio.gui.features.rank.strip import RankStrip
from tlstudio.gui.features.rank.table import RankTable
from tlstudio.gui.features.rank.table_model import RankTableModel
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import EmptyState, Fold, IconButton, label, plain_tip
from tlstudio.gui.kit.language import error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.quiet_warnings import QuietWarnings
from tlstudio.gui.kit.table import SortProxy
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.session import Dialog, Session, Step


class RankView(QWidget):
    """Shows `RankingState`; a row can be used as the model of the next run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network = session.network
        self._ranking = session.feature(RankingState)
        self.model = RankTableModel(session.feature(RankingState), self)
        self.proxy = SortProxy(self.model, self)
        self.table = RankTable(self.proxy, self.model)
        self.texts = self.model.texts
        self.strip = RankStrip(session, self.texts)
        self.summary = label("", "", wrap=True)
        self.remarks = QuietWarnings()
        self.note = Fold(self.tr("What the numbers mean"), RankNote())
        self.copy = IconButton(self.tr("Copy"), "copy", "quiet", self._on_copy)
        self.copy.setToolTip(self.tr("Copy all rows with whole numbers as CSV"))
        self.use = IconButton(self.tr("Use this"), "done", "", self._on_use)
        self._make_states()
        self._lay_out()
        self._connect()
        self.note.set_open(session.feature(RankingState).record is None)
        session.feature(RankingState).load()
        self._on_changed()

    def _make_states(self) -> None:
        self.loading = EmptyState(
            "model",
            self.tr("Loading the model library…"),
            self.tr("This takes a few seconds after a start. Everything else works already."),
        )
        self.no_dataset = EmptyState(
            "award",
            self.tr("Which network suits your images?"),
            self.tr(
                "Open a dataset first: every network whose weights are on this machine can then "
                "be ranked for it, without training."
            ),
            IconButton(self.tr("Go to Data"), "data", clicked=self._on_data),
        )
        self.no_weights = EmptyState(
            "on_machine",
            self.tr("No weights on this machine"),
            self.tr("Only networks whose pretrained weights are here can be ranked."),
            IconButton(self.tr("Get weights…"), "download", clicked=self._on_weights),
        )

    def _lay_out(self) -> None:
        below = hstack(
            (self.summary, 1),
            (self.copy, Qt.AlignmentFlag.AlignTop),
            (self.use, Qt.AlignmentFlag.AlignTop),
            spacing=theme.GRID,
        )
        content = QWidget()
        vstack(
            self.strip,
            self.table,
            below,
            self.remarks,
            self.note,
            Stretch(),
            spacing=theme.GRID,
            parent=content,
        )
        self._content = content
        self.stack = QStackedWidget()
        for page in (self.loading, self.no_dataset, self.no_weights, content):
            self.stack.addWidget(page)
        vstack(self.stack, parent=self)

    def _connect(self) -> None:
        copy = QShortcut(QKeySequence.StandardKey.Copy, self.table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self._on_copy)
        session = self._session
        self.table.used.connect(self._on_used)
        self.table.pointed.connect(self._show_use)
        self._ranking.changed.connect(self._on_changed)
        self._ranking.progressed.connect(self._on_progressed)
        self._ranking.ended.connect(self._on_ended)
        self._visible = VisibleRefresh(self, self._follow_settings)
        self._network.settings_changed.connect(self._visible.request)
        self._network.failed.connect(self._on_failed)
        session.busy_changed.connect(self._on_busy_changed)
        session.datasets.loading_changed.connect(self._on_busy_changed)

    @property
    def chosen(self) -> Candidate | None:
        """Return the candidate that a run would start from; None while unknown, or for a file."""
        config, weights = self._network.config, self._network.weights
        if config.initialisation == "random":
            return Candidate(config.model, initialisation="random")
        if config.initialisation == "file" or weights is None:
            return None
        return Candidate(config.model, weights.name)

    # -- following the session -------------------------------------------------------------------

    def _on_changed(self) -> None:
        selected = self.table.current
        self.model.refresh_ranking({spec.name: spec for spec in self._network.models})
        self.model.set_chosen(self.chosen)
        record = self._ranking.record
        best = record.best.candidate if record is not None and record.best else self.chosen
        self.table.select(selected or best)
        self.strip.refresh()
        self.summary.setText(self.texts.summary())
        self.remarks.set_texts(self.texts.remarks())
        self.copy.setEnabled(record is not None and bool(record.rows))
        self._show_use()
        self._show_state()

    def _on_progressed(self) -> None:
        self.model.refresh_progress()
        self.strip.show_progress()

    def _on_ended(self, error: TLStudioError | None) -> None:
        record, notifications = self._ranking.record, self._session.notifications
        if error is not None:
            if not self.isVisible():
                notifications.error(error)
            return
        if record is not None and record.best is not None and self._ranking.is_complete:
            self.table.select(record.best.candidate)
            if not self.isVisible():
                notifications.success(self.tr("The networks are ranked."), self.texts.summary())

    def _follow_settings(self) -> None:
        self.model.set_chosen(self.chosen)
        self._show_use()

    def _on_busy_changed(self, _busy: bool) -> None:
        self.strip.refresh()
        self._show_use()

    def _on_failed(self, _error: object) -> None:
        self._show_state()

    # -- what a person does ----------------------------------------------------------------------

    def _on_used(self, candidate: Candidate) -> None:
        if not self._why_not_use(candidate):
            self._ranking.use(candidate)

    def _on_use(self) -> None:
        if self.table.current is not None:
            self._on_used(self.table.current)

    def _on_copy(self) -> None:
        record = self._ranking.record
        if record is not None and record.rows:
            QGuiApplication.clipboard().setText(self.texts.csv())
            text = self.tr("%n row(s) copied.", "", len(record.rows))
            self._session.notifications.success(text)

    def _on_data(self) -> None:
        self._session.go_to(Step.DATA)

    def _on_weights(self) -> None:
        self._session.open_dialog(Dialog.WEIGHTS)

    # -- showing ---------------------------------------------------------------------------------

    def _show_state(self) -> None:
        if not self._network.is_ready:
            page: QWidget = self.loading
            if self._network.failure is not None:
                self.loading.text.setText(error_text(self._network.failure))
        elif self._session.datasets.index is None:
            page = self.no_dataset
        else:
            page = self._content if self.model.rows else self.no_weights
        self.stack.setCurrentWidget(page)

    def _show_use(self) -> None:
        why_not = self._why_not_use(self.table.current)
        self.use.setEnabled(not why_not)
        tip = self.tr("Train this network (Enter or a double click in the table)")
        self.use.setToolTip(plain_tip(why_not or tip))

    def _why_not_use(self, candidate: Candidate | None) -> str:
        if self._session.run.active:
            return self.tr("The model can't be changed while training.")
        if candidate is None:
            return self.tr("Select a network in the table first.")
        if candidate == self.chosen:
            return self.tr("This network is chosen already.")
        if candidate.is_random:
            return self.tr("Random networks are a reference. To train one, choose “From scratch”.")
        return ""

"""A run: what it would do, what it is doing, and how it ended."""

from __future__ import annotations

from operator import attrgetter

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.needs import TRAINING
from tlstudio.core.runs.history import History
from tlstudio.core.runs.metrics import METRICS
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.gui.features.training.history_view import HistoryView, load_charts
from tlstudio.gui.features.training.prediction_strip import PredictionStrip
from tlstudio.gui.features.training.run_plan import RunPlan
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import IconButton, label, set_property
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.kit.number_row import NumberRow
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.plan_texts import PlanTexts
from tlstudio.gui.state.reasons import mend, remedy_title
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.run_texts import RunTexts
from tlstudio.gui.state.session import Dialog, Session, Step

CLOCK_MS = 1000
CHARTS_MS, STRIP_MS = 40, 120  # epochs may end a hundred times a second; apart, so each is short
NUMBERS = sorted((row for row in METRICS if row.number), key=attrgetter("number"))
CHARTS_AFTER_MS = 400  # idle time after the engine is there, before the charts are built


class RunView(QWidget):
    """A plan before the run; progress, numbers, charts and a strip of predictions during it.

    Signals:
        save_weights_requested(): a person wants the weights in a file.
    """

    save_weights_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._texts = RunTexts(self)
        self._plans = PlanTexts(self)
        self._clock = QTimer(self, interval=CLOCK_MS)
        self._clock.timeout.connect(self._on_clock)
        self._charts_timer = QTimer(self, singleShot=True, interval=CHARTS_MS)
        self._charts_timer.timeout.connect(self._show_history)
        self._strip_timer = QTimer(self, singleShot=True, interval=STRIP_MS)
        self._strip_timer.timeout.connect(self._show_predictions)

        self.plan = RunPlan()
        self._stack = PageStack()
        self._stack.addWidget(self.plan)
        self._stack.addWidget(self._make_run_view())
        vstack(self._stack, parent=self)

        self._visible = VisibleRefresh(self, self._refresh_plan)
        self._connect()
        self._on_started()
        self._show_history()
        self._show_predictions()
        self._on_status_changed(session.run.status)

    # Building

    def _make_run_view(self) -> QWidget:
        run = self._session.run
        self.remaining = label("", "hint")
        self.pause_button = IconButton(self.tr("Pause"), "pause", clicked=run.pause)
        self.resume_button = IconButton(self.tr("Resume"), "play", clicked=run.resume)
        self.stop_button = IconButton(self.tr("Stop"), "stop", "quiet", run.stop)
        self.stop_button.setToolTip(self.tr("End after this batch; what was learned is kept"))
        self.again_button = IconButton(self.tr("Train again"), "reload", "quiet")
        self.continue_button = IconButton(self.tr("Continue"), "play", "quiet")
        self.continue_button.setToolTip(self.tr("Go on from the last checkpoint"))
        self.continue_button.hide()  # before the page is measured with it
        self.save_button = IconButton(self.tr("Save weights…"), "save")
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setAccessibleName(self.tr("Progress of the run"))
        self.sentence = label("", wrap=True)
        self.details = label("", "hint", wrap=True)
        self.execution = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.execution.setProperty("role", "hint")
        self.numbers = NumberRow(
            [
                *((metric.name, core_text(metric.title)) for metric in NUMBERS),
                ("best", self.tr("Best epoch")),
            ]
        )
        self.proof = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.proof.setProperty("role", "hint")
        self.history = HistoryView(self._session)
        self.history.setObjectName("history_charts")
        self.strip_title = label("", "section")
        self.strip = PredictionStrip(self._session.thumbnails)

        status = hstack((self.details, 1), self.remaining, spacing=theme.GRID)
        words = vstack(self.sentence, status, spacing=theme.GRID // 2)
        header = hstack(
            (words, 1),
            theme.GRID,
            self.again_button,
            self.continue_button,
            self.save_button,
            self.pause_button,
            self.resume_button,
            self.stop_button,
            spacing=theme.GRID,
        )

        view = QWidget()
        vstack(
            header,
            self.progress_bar,
            self.execution,
            self.proof,
            theme.GRID,
            self.numbers,
            theme.GRID // 2,
            (self.history, 1),
            self.strip_title,
            self.strip,
            spacing=theme.GRID,
            parent=view,
        )
        return view

    def _connect(self) -> None:
        session = self._session
        self.plan.train_clicked.connect(session.train)
        self.plan.remedy_clicked.connect(self._on_remedy_clicked)
        self.plan.preset_clicked.connect(self._on_preset_clicked)
        self.plan.code_clicked.connect(self._on_code_clicked)
        self.again_button.clicked.connect(session.train)
        self.continue_button.clicked.connect(session.continue_run)
        session.runs.current_changed.connect(self._show_continue)
        self.save_button.clicked.connect(self.save_weights_requested)
        self.strip.activated.connect(self._on_results_clicked)
        for signal in (
            session.datasets.changed,
            session.datasets.loading_changed,
            session.network.models_changed,
            session.network.settings_changed,
            session.network.preset_changed,
            session.network.field_problems_changed,
            session.forecasts.changed,
            session.busy_changed,
            session.run.ended,
        ):
            signal.connect(self._visible.request)
        session.simple_changed.connect(self._on_simple_changed)
        session.network.engine_ready.connect(self._on_engine_ready)
        session.run.status_changed.connect(self._on_status_changed)
        session.run.started.connect(self._on_started)
        session.run.phase_started.connect(self._on_plan_phase_started)
        session.run.progressed.connect(self._on_progressed)
        session.run.history_changed.connect(self._on_history_changed)
        session.run.predictions_changed.connect(self._on_predictions_changed)
        session.run.ended.connect(self._on_ended)

    # Following the session

    def _refresh_plan(self) -> None:
        """Show what a run would do now, and whether it can start."""
        session = self._session
        obstacle = self._texts.obstacle(session)
        can_train = session.can_train
        self.plan.show_plan(
            self._texts.plan_title(session), self._texts.facts(session), can_train=can_train
        )
        _, offer, about = self._texts.other_preset(session.network)
        has_dataset = session.datasets.index is not None
        self.plan.show_preset(*((offer, about) if has_dataset else ("", "")))
        self.again_button.setEnabled(can_train)
        if obstacle is None:
            self.plan.show_problem("", "")
            return
        remedy = remedy_title(session, TRAINING)
        self.plan.show_problem(obstacle.problem, obstacle.hint, remedy, is_error=obstacle.is_error)

    def _on_status_changed(self, status: RunStatus) -> None:
        run = self._session.run
        self._refresh_plan()
        self._stack.setCurrentIndex(1 if run.active or run.record.history.epochs else 0)
        idle = status is RunStatus.IDLE
        self.pause_button.setVisible(status in (RunStatus.PREPARING, RunStatus.RUNNING))
        self.pause_button.setEnabled(status is RunStatus.RUNNING)
        self.resume_button.setVisible(status is RunStatus.PAUSED)
        self.stop_button.setVisible(not idle)
        self.stop_button.setEnabled(status is not RunStatus.STOPPING)
        for widget in (self.again_button, self.save_button, self.sentence):
            widget.setVisible(idle)
        self._show_continue()
        self.progress_bar.setVisible(not idle)
        if status is RunStatus.RUNNING:
            self._clock.start()
        else:
            self._clock.stop()
        self._refresh_status()
        self._refresh_numbers()

    def _show_continue(self) -> None:
        """A run that was stopped can go on; one that did all its epochs cannot."""
        self.continue_button.setVisible(self._session.can_continue)

    def _on_started(self) -> None:
        started = self._session.run.record.started
        self.history.set_epochs(started.epochs if started else self._planned_epochs())
        self._show_phases()
        self._refresh_status()

    def _on_plan_phase_started(self, _: object) -> None:
        self._show_phases()
        self._refresh_status()

    def _show_phases(self) -> None:
        """Mark where more layers join: as planned, or as the run reported for another network."""
        network, run = self._session.network, self._session.run
        settings, tree = run.record.settings, network.tree
        if settings is None or tree is None or tree.model != settings.config.model:
            said = [(p.epoch, self._texts.more_train(p)) for p in run.record.phases]
        else:
            said = self._plans.phases(tree, settings)
        self.history.set_phases(said)

    def _on_progressed(self) -> None:
        self._refresh_status()

    def _on_history_changed(self, history: History) -> None:
        if not history.epochs:
            self.history.set_epochs(self._planned_epochs())
            self._show_history()
        elif not self._charts_timer.isActive():
            self._charts_timer.start()
        self._refresh_numbers()

    def _show_history(self) -> None:
        self._charts_timer.stop()
        self.history.set_history(self._session.run.record.history)

    def _refresh_numbers(self) -> None:
        """Show the numbers of the last epoch during a run, and of the best one afterwards."""
        run = self._session.run
        best = run.record.best
        shown = run.record.history.epochs[-1] if run.active and best else best
        values = shown.metrics if shown else {}
        numbers = {m.name: formats.metric(values.get(m.name), m.unit) for m in NUMBERS}
        self.numbers.set_numbers({**numbers, "best": str(best.epoch) if best else formats.NONE})

    def _on_predictions_changed(self, predictions: tuple[PredictionRecord, ...]) -> None:
        if not predictions:
            self._show_predictions()
        elif not self._strip_timer.isActive():
            self._strip_timer.start()

    def _show_predictions(self) -> None:
        self._strip_timer.stop()
        record = self._session.run.record
        shown = record.shown_predictions
        self.strip.set_predictions(shown.predictions, record.classes)
        if shown.predictions:
            text = self.tr("Predictions after epoch {n}").format(n=shown.epoch)
        else:
            text = self.tr("Predictions")
        self.strip_title.setText(text)
        self.strip.set_empty_text(self.tr("They come with the first epoch."))

    def _on_ended(self) -> None:
        self._show_history()
        self._show_predictions()
        self._on_status_changed(self._session.run.status)

    def _on_simple_changed(self, _is_simple: bool) -> None:
        self._refresh_status()

    def _on_engine_ready(self) -> None:
        QTimer.singleShot(CHARTS_AFTER_MS, self, self._on_idle)

    def _on_idle(self) -> None:
        self._session.disk_pool.submit(load_charts, done=self._on_charts_loaded)

    def _on_charts_loaded(self, _: object) -> None:
        self.history.ensure_charts()

    def _on_clock(self) -> None:
        self._refresh_status()

    def _refresh_status(self) -> None:
        run, record = self._session.run, self._session.run.record
        is_full = not self._session.is_simple
        self.execution.set_text(self._texts.execution(record))
        self.execution.setVisible(is_full)
        self.proof.setVisible(is_full and not run.active and record.end is not None)
        self.proof.set_text(self._texts.proof(record.end))
        set_property(self.proof, "tone", "" if self._texts.is_proven(record.end) else "wrong")
        if run.active:
            share = record.progress.progress if record.progress else 0
            self.progress_bar.setValue(round(1000 * share))
            self.details.setText(self._texts.progress(record.progress, run.elapsed_s))
            self.remaining.setText(self._texts.remaining(record.progress))
        else:
            sentence, hint = self._texts.summary(run)
            self.sentence.setText(sentence)
            self.details.setText(hint)
            self.remaining.setText("")

    def _planned_epochs(self) -> int:
        return (self._session.run.record.settings or self._session.network.settings).config.epochs

    # Commands

    def _on_preset_clicked(self) -> None:
        network = self._session.network
        network.use_preset(self._texts.other_preset(network)[0])

    def _on_code_clicked(self) -> None:
        self._session.open_dialog(Dialog.CODE)

    def _on_remedy_clicked(self) -> None:
        mend(self._session, TRAINING)

    def _on_results_clicked(self) -> None:
        self._session.go_to(Step.RESULTS)

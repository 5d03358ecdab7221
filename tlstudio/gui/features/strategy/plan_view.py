"""The plan of a run before it starts: which layers train when, how fast, at what cost."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from tlstudio.core.config.schedules import rate_curve
from tlstudio.core.forecast.phase_costs import step_memory
from tlstudio.core.needs import Need
from tlstudio.core.strategies import STRATEGIES
from tlstudio.core.strategies.timeline import PlanTimeline
from tlstudio.gui.features.strategy.phase_table import PhaseRow, PhaseTable
from tlstudio.gui.features.strategy.plan_legend import PlanLegend
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label, plain_tip
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.elided_label import ElidedLabel
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.network_waiting import NetworkWaiting
from tlstudio.gui.kit.visible import VisibleRefresh
from tlstudio.gui.state.forecast_texts import ForecastTexts
from tlstudio.gui.state.plan_texts import PlanTexts
from tlstudio.gui.state.reasons import reason_text
from tlstudio.gui.state.run_texts import RunTexts
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.features.strategy.plan_chart import PlanChart

STEPPED = ("step", "none")  # whose rates differ by powers of ten, not by a smooth fall
FEW = 100_000  # parameters; more are told in thousands and millions


class PlanView(QWidget):
    """The plan of the next run, drawn; it follows every setting."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "freeze-plan")
        self._session = session
        self._network = session.network
        self._texts = PlanTexts(self)
        self._forecasts = ForecastTexts(self)
        self._run_texts = RunTexts(self)
        self._visible = VisibleRefresh(self, self._refresh)
        self.title = label("", "section")
        self.expected = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.expected.setProperty("role", "hint")
        self.train = IconButton(self.tr("Train"), "play", clicked=session.train)
        self._chart_place = vstack()
        self.told = ElidedLabel(where=Qt.TextElideMode.ElideRight)
        self.told.setProperty("role", "hint")
        self.legend = PlanLegend()
        self.table = PhaseTable(self._forecasts.memory_tip())
        self.nothing = EmptyState(
            "train",
            self.tr("Nothing would train"),
            "",
        )
        self.waiting = NetworkWaiting(
            self.tr("Loading the model library…"), self.tr("Building the layer tree…")
        )
        self._lay_out()
        for signal in (
            self._network.settings_changed,
            self._network.field_problems_changed,
            self._network.tree_changed,
            self._network.engine_ready,
            self._network.failed,
            session.forecasts.changed,
            session.datasets.changed,
            session.busy_changed,
        ):
            signal.connect(self._visible.request)
        self._on_pointed(0, 0)

    @cached_property
    def chart(self) -> PlanChart:
        """Built when it is first needed, which takes a moment."""
        from tlstudio.gui.features.strategy.plan_chart import PlanChart

        chart = PlanChart()
        chart.export = ChartExport(lambda: chart, "plan", self._session, self)
        chart.pointed.connect(self._on_pointed)
        self._chart_place.addWidget(chart)
        return chart

    def _lay_out(self) -> None:
        words = vstack(self.title, self.expected, spacing=2)
        header = hstack((words, 1), self.train)
        drawn = QWidget()
        vstack(
            header,
            (self._chart_place, 100),
            self.told,
            self.legend,
            self.table,
            Stretch(1),
            spacing=theme.GRID,
            parent=drawn,
        )
        self._drawn = drawn
        self.stack = QStackedWidget()
        for page in (drawn, self.nothing, self.waiting):
            self.stack.addWidget(page)
        vstack(self.stack, parent=self)

    # -- following the session -------------------------------------------------------------------

    def _refresh(self) -> None:
        network = self._network
        obstacle = self._run_texts.obstacle(self._session)
        self.train.setEnabled(self._session.can_train)
        self.train.setToolTip(
            plain_tip(obstacle.problem if obstacle and not obstacle.is_error else "")
        )
        if network.tree is None:
            self.waiting.show_state(is_ready=network.is_ready, failure=network.failure)
            self.stack.setCurrentWidget(self.waiting)
        elif network.plan is None:
            self.nothing.text.setText(reason_text(self._session, (Need.PLAN,)))
            self.stack.setCurrentWidget(self.nothing)
        else:
            timeline = PlanTimeline.of(network.tree, network.plan, network.config)
            if timeline != self.chart.plan:
                is_log = network.config.schedule in STEPPED
                self.chart.set_plan(timeline, rate_curve(network.config), is_log=is_log)
                self.legend.show_plan(timeline)
            self._show_phases(timeline)
            self.stack.setCurrentWidget(self._drawn)

    def _show_phases(self, timeline: PlanTimeline) -> None:
        config, plan, tree = self._network.config, self._network.plan, self._network.tree
        assert plan is not None and tree is not None
        forecasts = self._session.forecasts
        forecast = forecasts.forecast.of(config) if forecasts.forecast is not None else None
        self.title.setText(core_text(STRATEGIES[config.strategy].title))
        self.expected.set_text(self._expected())
        rows = []
        for number, phase in enumerate(plan.phases):
            told = None
            if forecast is not None and number < len(forecast.phases):
                told = forecast.phases[number]
            memory = told.memory_bytes if told else step_memory(tree, phase, config)
            count = phase.trainable_parameters
            rows.append(
                PhaseRow(
                    str(phase.first_epoch),
                    self._texts.layers(timeline, number),
                    formats.count(count) if count < FEW else formats.compact(count),
                    formats.estimate(told.usual_epoch_s) if told else formats.NONE,
                    self._forecasts.memory(memory),
                )
            )
        self.table.show_rows(rows)
        self.chart.describe("; ".join(f"{row.since}: {row.layers}" for row in rows))

    def _expected(self) -> str:
        """Return the forecast of the run, or why it is not known."""
        forecasts, config = self._session.forecasts, self._network.config
        if forecasts.forecast is not None:
            return self._forecasts.expected(forecasts.forecast, config)
        if self._session.datasets.index is None:
            return self.tr("With a dataset, this says what the run would take.")
        return self._forecasts.coming() if forecasts.is_coming else ""

    def _on_pointed(self, row: int, epoch: int) -> None:
        plan = self.chart.plan if epoch else None
        if plan is None:
            self.told.set_text(self.tr("Point at a stage to read its learning rate in an epoch."))
        else:
            self.told.set_text(self._texts.cell(plan, row, epoch))

"""A race that is going on, or the last one: the verdict, the curves, the table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.runs.history import History
from tlstudio.gui.features.race.choice import FEWEST
from tlstudio.gui.features.race.state import RaceState
from tlstudio.gui.features.race.table import RaceTable
from tlstudio.gui.features.race.texts import RaceTexts
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import Fold, IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.chart.run_curves import RunCurve
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.layout import hstack, vstack
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.kit.chart.run_chart import RunChart

DRAW_MS = 60  # epochs on kept features may end a hundred times a second


class RaceResultView(QWidget):
    """The results of a race, following `RaceState`.

    Signals:
        new_requested(): a person wants another race.
    """

    new_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "race")
        self._session = session
        self._races = session.feature(RaceState)
        self._texts = RaceTexts(self)
        self._draw_timer = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw_timer.timeout.connect(self.refresh)
        self._build()
        self._races.changed.connect(self.refresh)
        self._races.advanced.connect(self._on_advanced)
        self._races.progressed.connect(self._on_progressed)
        self._races.active_changed.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        session.runs.entries_changed.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        self.headline = label("", wrap=True)
        font = self.headline.font()
        font.setPixelSize(theme.TEXT_PX + 2)
        font.setWeight(font.Weight.DemiBold)
        self.headline.setFont(font)
        self.note = label("", "hint", wrap=True)
        self.new_button = IconButton(self.tr("New race"), "award", clicked=self.new_requested.emit)
        self.compare_button = IconButton(
            self.tr("Compare these runs"), "results", "quiet", clicked=self._on_compare
        )
        self.cancel_button = IconButton(self.tr("Cancel"), "stop", clicked=self._races.cancel)
        self.cancel_button.setToolTip(self.tr("End after this batch; runs that are over stay"))
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setAccessibleName(self.tr("Progress of the race"))
        self._chart_place = vstack()
        self.table = RaceTable()
        self.table.use_requested.connect(self._on_use)
        self.comparisons = label("", "hint", wrap=True)
        self.method = label("", "hint", wrap=True)
        details = QWidget()
        vstack(self.comparisons, self.method, spacing=theme.GRID, parent=details)
        self.details = Fold(self.tr("Each pair, and how sure this is"), details)

        verdict = vstack(self.headline, self.note, spacing=theme.GRID // 2)
        header = hstack(
            (verdict, 1),
            (self.compare_button, Qt.AlignmentFlag.AlignTop),
            (self.new_button, Qt.AlignmentFlag.AlignTop),
            (self.cancel_button, Qt.AlignmentFlag.AlignTop),
            spacing=2 * theme.GRID,
        )
        vstack(
            header,
            self.progress_bar,
            (self._chart_place, 1),
            theme.GRID,
            self.table,
            self.details,
            spacing=theme.GRID,
            parent=self,
        )

    @cached_property
    def chart(self) -> RunChart:
        """Built when it is first needed, which takes a moment."""
        from tlstudio.gui.kit.chart.run_chart import RunChart

        chart = RunChart()
        chart.export = ChartExport(lambda: chart, "race", self._session, self)
        self._chart_place.addWidget(chart)
        return chart

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def refresh(self) -> None:
        """Show what the race has come to."""
        self._draw_timer.stop()
        races = self._races
        self.headline.setText(self._texts.headline(races))
        note = self._texts.notes(races)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.new_button.setVisible(not races.active)
        self.compare_button.setVisible(not races.active and len(self._kept()) >= FEWEST)
        self.cancel_button.setVisible(races.active)
        self.cancel_button.setEnabled(races.active and not races.is_cancelled)
        self.progress_bar.setVisible(races.active)
        self._on_progressed()
        self.table.set_rows(self._texts.rows(races), can_use=not self._session.is_busy)
        pairs = self._texts.comparisons(races.verdict)
        self.comparisons.setText("\n".join(pairs))
        self.comparisons.setVisible(bool(pairs))
        self.method.setText(self._texts.method(races.record))
        self.details.setVisible(bool(pairs))
        self._draw()

    def _draw(self) -> None:
        """The curves; what cannot be seen is drawn when it is shown."""
        if not self.isVisible():
            return
        from tlstudio.core.race.race import mean_curve

        record = self._races.record
        if record is None:
            self.chart.set_curves((), 1)
            return
        curves = []
        for place, entry in enumerate(record.config.entries):
            results = record.results_of(place)
            histories = [result.history for result in results if result.history.epochs]
            whole = [result.history for result in results if result.is_whole]
            live = self._live(place)
            if live is not None:
                histories.append(live)
            curves.append(
                RunCurve(
                    shown(entry.title),
                    place,
                    tuple(mean_curve([history]) for history in histories),
                    mean_curve(whole or histories),
                )
            )
        epochs = max(entry.config.epochs for entry in record.config.entries)
        self.chart.set_curves(curves, epochs)

    def _live(self, place: int) -> History | None:
        running, live = self._races.running, self._races.live.history
        return live if running is not None and running[0] == place and live.epochs else None

    def _on_advanced(self) -> None:
        if not self._draw_timer.isActive():
            self._draw_timer.start()

    def _on_progressed(self) -> None:
        self.progress_bar.setValue(round(1000 * self._races.progress))

    def _kept(self) -> tuple[str, ...]:
        """The runs of the race that are still kept."""
        entries = {entry.id for entry in self._session.runs.entries}
        return tuple(run_id for run_id in self._races.run_ids if run_id in entries)

    def _on_compare(self) -> None:
        self._session.runs.compare(self._kept())
        self._session.go_to(Step.RUNS)

    def _on_use(self, place: int) -> None:
        """The settings of an entry become those of the next run; the seed stays the person's."""
        record, network = self._races.record, self._session.network
        if record is None or self._session.is_busy:
            return
        entry = record.config.entries[place]
        wanted = entry.config.changed(seed=network.config.seed)
        network.set_config(wanted)
        self._session.notifications.success(
            self.tr("The settings are those of “{name}” now.").format(name=shown(entry.title))
        )

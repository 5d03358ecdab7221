"""A race that is going on, or the last one: the verdict, the curves, the table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from tlstudio.core.runs.history import History
from tlstudio.gui.features.race.choice import FEWEST
from tlstudio.gui.features.race.fitted_scroll import FittedScroll
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
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.state.session import Session, Step

if TYPE_CHECKING:
    from tlstudio.gui.kit.chart.error_chart import ErrorChart
    from tlstudio.gui.kit.chart.run_chart import RunChart

ACCURACY, ERROR = "accuracy", "error"
TABLE_PX = 200  # four entries
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
        self._chosen_drawn = ""
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
        self.go_on_button = IconButton(self.tr("Go on"), "play", clicked=self._races.go_on)
        self.go_on_button.setToolTip(self.tr("Train what is left; runs that are over stay"))
        self.compare_button = IconButton(
            self.tr("Compare these runs"), "results", "quiet", clicked=self._on_compare
        )
        self.cancel_button = IconButton(self.tr("Cancel"), "stop", clicked=self._races.cancel)
        self.cancel_button.setToolTip(self.tr("End after this batch; runs that are over stay"))
        self.progress_bar = QProgressBar()
        self.progress_bar.setRange(0, 1000)
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setAccessibleName(self.tr("Progress of the race"))
        self.drawn = Segmented(self.tr("What is drawn"))
        self.drawn.set_options(
            [
                (ACCURACY, self.tr("Validation accuracy")),
                (ERROR, self.tr("Training and validation error")),
            ]
        )
        self.drawn.chosen.connect(self._on_drawn_chosen)
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
            (self.go_on_button, Qt.AlignmentFlag.AlignTop),
            (self.new_button, Qt.AlignmentFlag.AlignTop),
            (self.cancel_button, Qt.AlignmentFlag.AlignTop),
            spacing=2 * theme.GRID,
        )
        vstack(
            header,
            self.progress_bar,
            (self.drawn, Qt.AlignmentFlag.AlignLeft),
            (self._chart_place, 1),
            theme.GRID,
            FittedScroll(self.table, self.tr("Entries of the race"), TABLE_PX),
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

    @cached_property
    def error_chart(self) -> ErrorChart:
        """Built when it is first needed, likewise."""
        from tlstudio.gui.kit.chart.error_chart import ErrorChart

        chart = ErrorChart()
        chart.export = ChartExport(lambda: chart, "race-error", self._session, self)
        self._chart_place.addWidget(chart)
        return chart

    @property
    def shows_error(self) -> bool:
        """Whether errors are drawn: what a person chose, or else what the race is about."""
        record = self._races.record
        chosen = self._chosen_drawn
        return chosen == ERROR if chosen else record is not None and bool(record.config.recipe)

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
        self.go_on_button.setVisible(races.can_go_on)
        self.go_on_button.setEnabled(not self._session.is_busy)
        self.compare_button.setVisible(not races.active and len(self._kept()) >= FEWEST)
        self.cancel_button.setVisible(races.active)
        self.cancel_button.setEnabled(races.active and not races.is_cancelled)
        self.progress_bar.setVisible(races.active)
        self._on_progressed()
        self._show_table()
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

        self.drawn.set_value(ERROR if self.shows_error else ACCURACY)
        if "chart" in self.__dict__ or not self.shows_error:
            self.chart.setVisible(not self.shows_error)
        if "error_chart" in self.__dict__ or self.shows_error:
            self.error_chart.setVisible(self.shows_error)
        if self.shows_error:
            self._draw_errors()
            return
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

    def _draw_errors(self) -> None:
        from tlstudio.core.data.sample import Split
        from tlstudio.core.race.race import mean_error
        from tlstudio.core.race.recipes import RECIPES
        from tlstudio.gui.kit.chart.error_chart import ErrorCurve

        record = self._races.record
        if record is None:
            self.error_chart.set_curves((), 1)
            return
        recipe = next((r for r in RECIPES if r.name == record.config.recipe), None)
        colours = self._colours
        curves = []
        for place, entry in enumerate(record.config.entries):
            results = record.results_of(place)
            whole = [result.history for result in results if result.is_whole]
            live = self._live(place)
            begun = [live] if live is not None else [r.history for r in results[-1:]]
            histories = whole or begun  # what was seen does not go when a race is stopped
            known = recipe.entry_of(entry.config.model) if recipe is not None else None
            pane = key = ""
            if known is not None:
                key = str(known.depth)
                pane = self.tr("Residual") if known.is_residual else self.tr("Plain")
            train, val = (mean_error(histories, split) for split in (Split.TRAIN, Split.VAL))
            curves.append(ErrorCurve(shown(entry.title), colours[place], pane, train, val, key))
        epochs = max(entry.config.epochs for entry in record.config.entries)
        self.error_chart.set_curves(curves, epochs)

    @property
    def _colours(self) -> tuple[int, ...]:
        """The place whose looks each entry has: in the panes of a recipe one for each depth."""
        from tlstudio.core.race.recipes import RECIPES

        record = self._races.record
        if record is None:
            return ()
        entries = record.config.entries
        recipe = next((r for r in RECIPES if r.name == record.config.recipe), None)
        known = [recipe.entry_of(e.config.model) if recipe else None for e in entries]
        depths = [entry.depth for entry in known if entry is not None]
        if recipe is None or len(depths) < len(entries) or not self.shows_error:
            return tuple(range(len(entries)))
        return tuple(recipe.depths.index(depth) for depth in depths)

    def _show_table(self) -> None:
        self.table.set_rows(
            self._texts.rows(self._races),
            can_use=not self._session.is_busy,
            colours=self._colours,
        )

    def _on_drawn_chosen(self, value: object) -> None:
        self._chosen_drawn = str(value)
        self._show_table()
        self._draw()

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

"""The comparison view: two to six runs beside each other."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.comparison import RunComparison
from tlstudio.gui.features.runs import jobs
from tlstudio.gui.features.runs.comparison_images import ComparisonImages
from tlstudio.gui.features.runs.comparison_list import ComparisonList
from tlstudio.gui.features.runs.comparison_tables import ComparisonTable, ComparisonTables
from tlstudio.gui.kit import formats, theme
from tlstudio.gui.kit.basics import EmptyState, IconButton, label
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.chart.run_curves import RunCurve
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.language import core_text, error_text
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.page_stack import PageStack
from tlstudio.gui.kit.segmented import Segmented
from tlstudio.gui.kit.tasks import Task
from tlstudio.gui.state.runs import run_name
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.kit.chart.run_chart import RunChart

METRICS = ("val_accuracy", "val_loss")  # drawn, beside each other


class ComparisonTab(StrEnum):
    """The parts of the view below the list of runs."""

    CURVES = "curves"
    SETTINGS = "settings"
    CLASSES = "classes"
    IMAGES = "images"


class ComparisonView(QWidget):
    """Accuracies with intervals and verdicts; below them curves, settings, classes or images.

    Attributes:
        comparison: what is shown; None before it is read.

    Signals:
        closed(): a person goes back to the list of runs.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "fixed-broken")
        self._session = session
        self._task: Task | None = None
        self._base = 0
        self._has_drawn = False
        self.comparison: RunComparison | None = None
        self._texts = ComparisonTables(self)
        self._build()

    def show_runs(self, ids: tuple[str, ...]) -> None:
        """Read these kept runs and show them beside each other."""
        if self._task is not None:
            self._task.cancel()
        self._wait(self.tr("Reading the runs…"))
        self._task = self._session.disk_pool.submit(
            jobs.compared,
            {run_id: self._name_of(run_id) for run_id in ids},
            self._session.datasets.index,
            done=self.set_comparison,
            failed=self._on_failed,
        )

    def set_comparison(self, comparison: RunComparison) -> None:
        """Show runs that are read; the first is what the others are compared with."""
        self.comparison, self._base, self._has_drawn = comparison, 0, False
        self.title.setText(self.tr("%n run(s) compared", "", len(comparison.runs)))
        self.headline.setText(
            " ".join(core_text(note.sentence, **note.values) for note in comparison.headline)
        )
        self.settings.show_rows(self._texts.settings(comparison), comparison.settings)
        self.classes.show_rows(self._texts.classes(comparison), comparison.classes)
        self.tabs.set_options(self._options(comparison))
        self._show_base()
        self._stack.setCurrentWidget(self._content)
        self._draw()

    def _name_of(self, run_id: str) -> str:
        entry = self._session.runs.entry(run_id)
        return run_name(entry) if entry is not None else ""

    def show_tab(self, tab: ComparisonTab) -> None:
        """Show a part of the view."""
        self.tabs.set_value(tab)
        self._pages.setCurrentIndex(list(ComparisonTab).index(tab))
        self._draw()

    # Building

    def _build(self) -> None:
        self.title = label("", "title")
        self.back_button = IconButton(
            self.tr("All runs"), "previous", "quiet", clicked=self.closed.emit
        )
        self.headline = label("", wrap=True)
        self.list = ComparisonList()
        self.list.base_changed.connect(self._on_base_changed)
        self.tabs = Segmented(self.tr("What is compared"))
        self.tabs.chosen.connect(self.show_tab)
        self._charts = QWidget()
        self._charts_row = hstack(spacing=2 * theme.GRID, parent=self._charts)
        self.settings, self.classes = ComparisonTable(), ComparisonTable()
        self.settings.setAccessibleName(self.tr("Settings that differ"))
        self.classes.setAccessibleName(self.tr("Classes, one by one"))
        self.images = ComparisonImages(self._session.thumbnails)
        self._pages = PageStack()
        for page in (self._charts, self.settings, self.classes, self.images):
            self._pages.addWidget(page)
        self._content = QWidget()
        header = hstack(
            self.title,
            Stretch(),
            (self.back_button, Qt.AlignmentFlag.AlignTop),
            spacing=2 * theme.GRID,
        )
        vstack(
            header,
            self.headline,
            self.list,
            theme.GRID // 2,
            hstack(self.tabs, Stretch()),
            (self._pages, 1),
            spacing=theme.GRID,
            parent=self._content,
        )
        back = IconButton(self.tr("All runs"), "previous", clicked=self.closed.emit)
        self.waiting = EmptyState("award", "", "", back)
        self._stack = PageStack()
        self._stack.addWidget(self.waiting)
        self._stack.addWidget(self._content)
        vstack(self._stack, parent=self)

    @cached_property
    def charts(self) -> tuple[RunChart, ...]:
        """Built when they are first needed, which takes a moment."""
        from tlstudio.gui.kit.chart.run_chart import RunChart

        charts = tuple(RunChart(metric) for metric in METRICS)
        for metric, chart in zip(METRICS, charts, strict=True):
            chart.export = ChartExport(partial(_same, chart), f"runs-{metric}", self._session, self)
            self._charts_row.addWidget(chart, 1)
        return charts

    # Showing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def _options(self, comparison: RunComparison) -> list[tuple[object, str]]:
        titles = {
            ComparisonTab.CURVES: self.tr("Curves"),
            ComparisonTab.SETTINGS: self.tr("Settings that differ"),
            ComparisonTab.CLASSES: self.tr("Classes"),
            ComparisonTab.IMAGES: self.tr("Image by image"),
        }
        counts = {
            ComparisonTab.SETTINGS: len(comparison.settings),
            ComparisonTab.CLASSES: len(comparison.classes),
            ComparisonTab.IMAGES: len(comparison.images),
        }
        return [
            (tab, f"{title} {formats.count(counts[tab])}" if tab in counts else title)
            for tab, title in titles.items()
        ]

    def _show_base(self) -> None:
        assert self.comparison is not None
        self.list.set_comparison(self.comparison, self._base)
        self.images.set_comparison(self.comparison, self._base)

    def _draw(self) -> None:
        """The curves; what cannot be seen is drawn when it is shown."""
        comparison = self.comparison
        is_seen = self.isVisible() and self._pages.currentWidget() is self._charts
        if comparison is None or self._has_drawn or not is_seen:
            return
        self._has_drawn = True
        histories = [run.record.history for run in comparison.runs]
        epochs = max(
            (history.epochs[-1].epoch for history in histories if history.epochs), default=1
        )
        for metric, chart in zip(METRICS, self.charts, strict=True):
            curves = []
            for place, (run, history) in enumerate(zip(comparison.runs, histories, strict=True)):
                line = tuple(
                    (epoch.epoch, epoch.metrics[metric])
                    for epoch in history.epochs
                    if metric in epoch.metrics
                )
                curves.append(RunCurve(run.name, place, (line,), line))
            chart.set_curves(curves, epochs)

    def _wait(self, text: str, more: str = "") -> None:
        self.waiting.title.setText(text)
        self.waiting.text.setText(more)
        self._stack.setCurrentWidget(self.waiting)

    # Commands

    def _on_base_changed(self, place: int) -> None:
        self._base = place
        self._show_base()

    def _on_failed(self, error: TLStudioError) -> None:
        self._wait(self.tr("These runs cannot be compared"), error_text(error))


def _same(chart: RunChart) -> RunChart:
    return chart

"""The history of a run, as charts or as a table, and its export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QTabBar, QWidget

from tlstudio.core.runs.history import History
from tlstudio.gui.features.training.history_model import HistoryModel
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.basics import IconButton
from tlstudio.gui.kit.chart.export import ChartExport
from tlstudio.gui.kit.help_mark import explain
from tlstudio.gui.kit.layout import Stretch, hstack, vstack
from tlstudio.gui.kit.save_as import Desk
from tlstudio.gui.kit.table import RowTable

if TYPE_CHECKING:
    from tlstudio.gui.features.training.history_charts import HistoryCharts


def load_charts() -> None:
    """Import what the charts are made of; on a worker, as it takes a third of a second."""
    import tlstudio.gui.features.training.history_charts  # noqa: F401


class HistoryView(QWidget):
    """Charts and table of one run. The charts are built when they are first needed.

    Args:
        desk: what saving needs; without one, nothing can be saved.
    """

    def __init__(self, desk: Desk | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        explain(self, "loss")
        self._history = History()
        self._epochs = 1
        self._phases: list[tuple[int, str]] = []
        self.charts: HistoryCharts | None = None
        self.model = HistoryModel(self)
        self.table = RowTable(self.model)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(self.tr("Epochs"))

        self.tabs = QTabBar()
        self.tabs.addTab(self.tr("Charts"))
        self.tabs.addTab(self.tr("Table"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.export_button = IconButton(self.tr("Export"), "export", "quiet")
        self.export: ChartExport | None = None
        if desk is not None:
            self.export = ChartExport(self.ensure_charts, "history", desk, self)
            self.export_button.setMenu(self.export.menu(self.export_button))

        place = QWidget()
        self._charts_place = vstack(parent=place)
        self._stack = QStackedWidget()
        self._stack.addWidget(place)
        self._stack.addWidget(self.table)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)

        header = hstack(self.tabs, Stretch(), self.export_button)
        vstack(header, (self._stack, 1), spacing=theme.GRID, parent=self)
        self.set_history(History())

    def set_epochs(self, epochs: int) -> None:
        """The planned number of epochs."""
        self._epochs = epochs
        if self.charts is not None:
            self.charts.set_epochs(epochs)

    def set_history(self, history: History) -> None:
        """Show the epochs of `history`."""
        self._history = history
        self.model.set_history(history)
        self.export_button.setEnabled(bool(history.epochs))
        if self.charts is not None:
            self.charts.set_history(history)

    def set_phases(self, phases: Sequence[tuple[int, str]]) -> None:
        """Show the phases after the first, as ``(first epoch, what joins)``."""
        self._phases = list(phases)
        if self.charts is not None:
            self.charts.set_phases(self._phases)

    def ensure_charts(self) -> HistoryCharts:
        """Build the charts if they are not there; the first time, this takes a moment."""
        if self.charts is None:
            from tlstudio.gui.features.training.history_charts import HistoryCharts

            self.charts = HistoryCharts()
            self.charts.export = self.export
            self._charts_place.addWidget(self.charts)
            self.setTabOrder(self.export_button, self.charts)
            self.charts.set_epochs(self._epochs)
            self.charts.set_phases(self._phases)
            self.charts.set_history(self._history)
        return self.charts

    def showEvent(self, event: QShowEvent) -> None:
        self.ensure_charts()
        super().showEvent(event)

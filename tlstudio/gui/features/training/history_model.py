"""The epochs of a run as a table."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.core.runs.metrics import Metric
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.table import Column, TableModel


class HistoryModel(TableModel[EpochRecord]):
    """A row for each epoch, the latest on top; a column for each metric."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(identity=lambda epoch: epoch.epoch, parent=parent)
        self._history = History()
        self.set_columns(self._make_columns())

    def set_history(self, history: History) -> None:
        """Show these epochs; more epochs of the same run are added, without a reset."""
        before, self._history = self._history, history
        if history.metrics != before.metrics:
            self.set_columns(self._make_columns())
        self.set_rows(reversed(history.epochs), grows=True)

    def _make_columns(self) -> tuple[Column[EpochRecord], ...]:
        metrics = tuple(self._column(metric) for metric in self._history.metrics)
        return (
            Column(self.tr("Epoch"), self._epoch, is_number=True, explained_by="config.epochs"),
            *metrics,
        )

    def _column(self, metric: Metric) -> Column[EpochRecord]:
        def text(epoch: EpochRecord) -> str:
            return formats.metric(epoch.metrics.get(metric.name), metric.unit)

        name = f"metric.{metric.name}"
        return Column(shown(metric.short), text, is_number=True, explained_by=name)

    def _epoch(self, epoch: EpochRecord) -> str:
        return f"★ {epoch.epoch}" if epoch is self._history.best else str(epoch.epoch)

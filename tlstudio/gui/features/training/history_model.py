"""The epochs of a run as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.headings import Heading, header_data
from tlstudio.gui.kit.language import shown

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """A row for each epoch, the latest on top; a column for each metric."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show(History())

    def set_history(self, history: History) -> None:
        """Show these epochs; more epochs of the same run are added, without a reset."""
        old, new = self._history.epochs, history.epochs
        is_longer = new[: len(old)] == old and len(new) > len(old)
        if is_longer and history.metrics == self._metrics:
            self.beginInsertRows(QModelIndex(), 0, len(new) - len(old) - 1)
            self._show(history)
            self.endInsertRows()
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, 0))  # another is best
        else:
            self.beginResetModel()
            self._show(history)
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._history.epochs)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._history.epochs):
            return None
        record = self._history.epochs[-1 - index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(record, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._headings[index.column()].alignment
        return None

    def _text(self, record: EpochRecord, column: int) -> str:
        if column == 0:
            number = str(record.epoch)
            return f"★ {number}" if record is self._history.best else number
        metric = self._metrics[column - 1]
        return formats.metric(record.metrics.get(metric.name), metric.unit)

    def _show(self, history: History) -> None:
        self._history, self._metrics = history, history.metrics
        titles = (self.tr("Epoch"), *(shown(metric.short) for metric in self._metrics))
        self._headings = tuple(Heading(title, is_number=True) for title in titles)

"""The epochs of a run as a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from tlstudio.core.history import EpochRecord, History
from tlstudio.gui import formats

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractTableModel):
    """A row for each epoch, the latest on top."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = History()
        self._titles = (
            self.tr("Epoch"),
            self.tr("Train loss"),
            self.tr("Val loss"),
            self.tr("Train accuracy"),
            self.tr("Val accuracy"),
            self.tr("Learning rate"),
            self.tr("Time"),
            self.tr("Images/s"),
        )

    def set_history(self, history: History) -> None:
        """Show these epochs; more epochs of the same run are added, without a reset."""
        old, new = self._history.epochs, history.epochs
        if new[: len(old)] == old and len(new) > len(old):
            self.beginInsertRows(QModelIndex(), 0, len(new) - len(old) - 1)
            self._history = history
            self.endInsertRows()
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, 0))  # another is best
        else:
            self.beginResetModel()
            self._history = history
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._history.epochs)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole and 0 <= section < len(self._titles):
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._history.epochs):
            return None
        record = self._history.epochs[-1 - index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(record, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, record: EpochRecord, column: int) -> str:
        number = str(record.epoch)
        return (
            f"★ {number}" if record is self._history.best else number,
            formats.loss(record.train_loss),
            formats.loss(record.val_loss),
            formats.percent(record.train_accuracy),
            formats.percent(record.val_accuracy),
            formats.learning_rate(record.learning_rate),
            formats.duration(record.elapsed_s),
            formats.count(round(record.images_per_s)),
        )[column]

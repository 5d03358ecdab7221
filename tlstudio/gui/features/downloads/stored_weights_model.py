"""Pretrained weights on this machine, as a table."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from tlstudio.core.networks.catalog import WEIGHTS_PLACE_TITLES
from tlstudio.core.networks.downloads import StoredWeights
from tlstudio.gui.kit import formats, icons
from tlstudio.gui.kit.headings import Heading, header_data
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.model_table_model import PLACE_ICONS

Index = QModelIndex | QPersistentModelIndex

SORT_ROLE = Qt.ItemDataRole.UserRole
ROW_ROLE = Qt.ItemDataRole.UserRole + 1  # the StoredWeights themselves


class StoredColumn(IntEnum):
    """The columns, left to right."""

    MODEL = 0
    WEIGHTS = 1
    USED = 2
    SIZE = 3


class StoredWeightsModel(QAbstractTableModel):
    """A row for each file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[StoredWeights, ...] = ()
        self._headings = (
            Heading(self.tr("Model")),
            Heading(self.tr("Weights")),
            Heading(self.tr("Last used")),
            Heading(self.tr("Size"), is_number=True),
        )

    def set_rows(self, rows: tuple[StoredWeights, ...]) -> None:
        """Show other files."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(StoredColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], StoredColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column is StoredColumn.MODEL:
            return icons.icon(PLACE_ICONS[row.place])
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{core_text(WEIGHTS_PLACE_TITLES[row.place])}\n{row.path}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._headings[column].alignment
        if role == SORT_ROLE:
            return self._sort_key(row, column)
        if role == ROW_ROLE:
            return row
        return None

    def _text(self, row: StoredWeights, column: StoredColumn) -> str:
        match column:
            case StoredColumn.MODEL:
                others = len({name.model for name in row.names}) - 1
                more = " " + self.tr("and %n other(s)", "", others) if others else ""
                return row.title + more
            case StoredColumn.WEIGHTS:
                return row.name.weights
            case StoredColumn.USED:
                if not row.removable:
                    return self.tr("On board")
                used = QDateTime.fromSecsSinceEpoch(round(row.used_s)).date()
                return QLocale().toString(used, QLocale.FormatType.ShortFormat)
            case StoredColumn.SIZE:
                return formats.file_size(row.size_bytes)

    def _sort_key(self, row: StoredWeights, column: StoredColumn) -> str | float:
        match column:
            case StoredColumn.MODEL:
                return row.title.casefold()
            case StoredColumn.WEIGHTS:
                return row.name.weights.casefold()
            case StoredColumn.USED:
                return row.used_s
            case StoredColumn.SIZE:
                return float(row.size_bytes)


class StoredWeightsOrder(QSortFilterProxyModel):
    """The rows in the order that a person chooses."""

    def __init__(self, model: StoredWeightsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(SORT_ROLE)
        self.setSourceModel(model)

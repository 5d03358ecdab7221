"""Weights with known accuracy as a table: their worth, their cost, and how fast they run here."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPixmap

from tlstudio.core.compare import ComparedWeights, CompareFilter, SpeedRecord, Speeds, WeightsKey
from tlstudio.gui.kit import formats, icons, theme
from tlstudio.gui.kit.headings import Heading, header_data

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

SORT_ROLE = Role.UserRole + 1
ROW_ROLE = Role.UserRole + 2  # the `ComparedWeights`


class CompareColumn(IntEnum):
    """The columns of the table, left to right."""

    MODEL = 0
    WEIGHTS = 1
    TOP1 = 2
    GFLOPS = 3
    PARAMETERS = 4
    INPUT = 5
    DENSITY = 6
    INFERENCE = 7
    TRAINING = 8
    MEMORY = 9


MEASURED = (CompareColumn.INFERENCE, CompareColumn.TRAINING, CompareColumn.MEMORY)
_LOOKS = (Role.ForegroundRole, Role.FontRole, Role.DecorationRole)  # that tell the chosen row


class CompareTableModel(QAbstractTableModel):
    """One row for each set of weights; the chosen one is marked by a tick and bold letters."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[ComparedWeights, ...] = ()
        self.speeds: Speeds = {}
        self.chosen: WeightsKey | None = None
        self._no_mark = QPixmap(16, 16)  # so that names stand below each other
        self._no_mark.fill(Qt.GlobalColor.transparent)
        self._headings = self._make_headings()

    def set_rows(self, rows: Iterable[ComparedWeights]) -> None:
        """Show these; they stay in place where only facts changed."""
        new = tuple(rows)
        if [row.key for row in new] == [row.key for row in self.rows]:
            self.rows = new
            self._all_changed()
            return
        self.beginResetModel()
        self.rows = new
        self.endResetModel()

    def set_speeds(self, speeds: Speeds) -> None:
        """What was measured on this machine."""
        if speeds is not self.speeds:
            self.speeds = speeds
            self._all_changed()

    def set_chosen(self, key: WeightsKey | None) -> None:
        if key == self.chosen:
            return
        changed = {key, self.chosen}
        self.chosen = key
        for number, row in enumerate(self.rows):
            if row.key in changed:
                first, last = self.index(number, 0), self.index(number, len(CompareColumn) - 1)
                self.dataChanged.emit(first, last, list(_LOOKS))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(CompareColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        return header_data(self._headings, section, orientation, role)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], CompareColumn(index.column())
        is_chosen = row.key == self.chosen
        match role:
            case Role.DisplayRole:
                return self._text(row, column)
            case Role.TextAlignmentRole:
                return self._headings[column].alignment
            case Role.ToolTipRole:
                return self._tip(row, column)
            case Role.ForegroundRole if column is not CompareColumn.MODEL and not is_chosen:
                return QColor(theme.current().text_soft)
            case Role.FontRole if column is CompareColumn.MODEL and is_chosen:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Role.DecorationRole if column is CompareColumn.MODEL:
                return icons.icon("done", "accent") if is_chosen else self._no_mark
            case Role.AccessibleTextRole if column is CompareColumn.MODEL:
                chosen = self.tr("chosen") if is_chosen else ""
                return ", ".join(filter(None, (row.spec.title, row.weights.name, chosen)))
        if role == SORT_ROLE:
            return self._sort_key(row, column)
        if role == ROW_ROLE:
            return row
        return None

    def _make_headings(self) -> tuple[Heading, ...]:
        return (
            Heading(self.tr("Model"), self.tr("The network and its family")),
            Heading(
                self.tr("Weights"),
                self.tr("The name of its pretrained weights; some networks have several"),
            ),
            Heading(
                self.tr("Top-1"),
                self.tr("Accuracy on ImageNet-1k, as its library states it"),
                is_number=True,
            ),
            Heading(
                self.tr("GFLOPs"),
                self.tr("Billions of multiply-adds for one image: how slow it is"),
                is_number=True,
            ),
            Heading(
                self.tr("Parameters"),
                self.tr("Values that can be learned: size in memory and on disk"),
                is_number=True,
            ),
            Heading(
                self.tr("Input px"),
                self.tr("Side of the square image that it sees"),
                is_number=True,
            ),
            Heading(
                self.tr("%/M"),
                self.tr("Accuracy density: points of top-1 for each million parameters"),
                is_number=True,
            ),
            Heading(
                self.tr("Inference img/s"),
                self.tr("Measured on this machine: images per second, forward only"),
                is_number=True,
            ),
            Heading(
                self.tr("Training img/s"),
                self.tr("Measured on this machine: images per second, all layers training"),
                is_number=True,
            ),
            Heading(
                self.tr("Memory"),
                self.tr("Measured on this machine: the peak of one training step"),
                is_number=True,
            ),
        )

    def _text(self, row: ComparedWeights, column: CompareColumn) -> str:
        record = self.speeds.get(row.speed_key)
        match column:
            case CompareColumn.MODEL:
                return row.spec.title
            case CompareColumn.WEIGHTS:
                return row.weights.name
            case CompareColumn.TOP1:
                return formats.percent(row.top1)
            case CompareColumn.GFLOPS:
                return f"{row.gflops:,.2f}" if row.gflops else formats.NONE
            case CompareColumn.PARAMETERS:
                return formats.compact(row.parameters)
            case CompareColumn.INPUT:
                return str(row.image_px)
            case CompareColumn.DENSITY:
                return f"{row.density:.3g}"
            case CompareColumn.INFERENCE:
                return (
                    formats.images_per_s(record.inference_images_per_s) if record else formats.NONE
                )
            case CompareColumn.TRAINING:
                return (
                    formats.images_per_s(record.training_images_per_s) if record else formats.NONE
                )
            case CompareColumn.MEMORY:
                return memory_text(record) if record else formats.NONE

    def _sort_key(self, row: ComparedWeights, column: CompareColumn) -> str | float | None:
        record = self.speeds.get(row.speed_key)
        match column:
            case CompareColumn.MODEL:
                return row.spec.title.casefold()
            case CompareColumn.WEIGHTS:
                return row.weights.name.casefold()
            case CompareColumn.TOP1:
                return row.top1
            case CompareColumn.GFLOPS:
                return row.gflops or None
            case CompareColumn.PARAMETERS:
                return float(row.parameters)
            case CompareColumn.INPUT:
                return float(row.image_px)
            case CompareColumn.DENSITY:
                return row.density
            case CompareColumn.INFERENCE:
                return record.inference_images_per_s if record else None
            case CompareColumn.TRAINING:
                return record.training_images_per_s if record else None
            case CompareColumn.MEMORY:
                return record.memory_bytes if record else None

    def _tip(self, row: ComparedWeights, column: CompareColumn) -> str | None:
        record = self.speeds.get(row.speed_key)
        if record is None or column not in MEASURED:
            return None
        words = [
            self.tr("Measured on {date}: {device}, {precision}, {batch} images at once.").format(
                date=record.measured_on,
                device=record.device,
                precision=record.precision,
                batch=record.batch,
            )
        ]
        if column is CompareColumn.MEMORY and record.memory_source == "resident":
            words.append(self.tr("By how much the studio grew, weights and optimizer included."))
        if column is CompareColumn.MEMORY and record.memory_source == "allocated":
            words.append(self.tr("As torch allocated it on the card, weights included."))
        if not record.is_steady:
            words.append(self.tr("The machine was busy with other things: measure again."))
        return "\n".join(words)

    def _all_changed(self) -> None:
        if self.rows:
            last = self.index(len(self.rows) - 1, len(CompareColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


class CompareProxy(QSortFilterProxyModel):
    """The weights that a filter lets through; sorted by numbers, what is unknown always last."""

    def __init__(self, source: CompareTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = source
        self._filter = CompareFilter()
        self.setSourceModel(source)
        self.setSortRole(SORT_ROLE)

    def set_filter(self, wanted: CompareFilter) -> None:
        self.beginFilterChange()
        self._filter = wanted
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        return self._filter.passes(self._table.rows[row])

    def lessThan(self, left: Index, right: Index) -> bool:
        one, other = left.data(SORT_ROLE), right.data(SORT_ROLE)
        if one is None or other is None:
            falls = self.sortOrder() is Qt.SortOrder.DescendingOrder
            return other is not None if falls else one is not None
        return bool(one < other)


def memory_text(record: SpeedRecord) -> str:
    """The peak of a training step, or a dash."""
    return formats.NONE if record.memory_bytes is None else formats.file_size(record.memory_bytes)

"""Two tables of a comparison: the settings that differ, and the classes one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from tlstudio.core.runs.comparison import ClassRow, RunComparison, SettingRow
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.interval_bar import interval_text
from tlstudio.gui.kit.language import shown
from tlstudio.gui.kit.table import Column, RowTable, SortProxy, TableModel

FIRST_PX = 200
RUN_PX = 118


class ComparisonTables(QObject):
    """Makes the columns: one for what a row is about, and one a run."""

    def settings(self, comparison: RunComparison) -> list[Column[SettingRow]]:
        return [
            Column(self.tr("Setting"), lambda row: shown(row.title)),
            *(
                Column(name, _value_of(place), help=name, tip=_value_of(place))
                for place, name in enumerate(comparison.names)
            ),
        ]

    def classes(self, comparison: RunComparison) -> list[Column[ClassRow]]:
        return [
            Column(self.tr("Class"), lambda row: row.name),
            Column(
                self.tr("Images"),
                lambda row: formats.count(max(score.images for score in row.scores)),
                is_number=True,
                key=lambda row: max(score.images for score in row.scores),
            ),
            *(
                Column(
                    name,
                    _score_of(place),
                    help="\n".join((name, self.tr("Right of this class, with the 95% interval"))),
                    is_number=True,
                    key=_share_of(place),
                    tip=_interval_of(place),
                )
                for place, name in enumerate(comparison.names)
            ),
        ]


class ComparisonTable(RowTable):
    """A table whose columns of runs share the room evenly."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows_model: TableModel[Any] = TableModel(identity=lambda row: row.name)
        super().__init__(SortProxy(self.rows_model), parent)
        self.setSortingEnabled(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def show_rows(self, columns: list[Column[Any]], rows: tuple[Any, ...]) -> None:
        """Show these; the order of the dataset or the form until a column is clicked."""
        self.rows_model.set_columns(columns)
        self.rows_model.set_rows(rows)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(RUN_PX // 2)
        for column in range(len(columns)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, FIRST_PX)


def _value_of(place: int) -> Callable[[SettingRow], str]:
    return lambda row: shown(row.values[place])


def _score_of(place: int) -> Callable[[ClassRow], str]:
    def text(row: ClassRow) -> str:
        score, interval = row.scores[place], row.scores[place].interval
        if interval is None:
            return formats.NONE
        low, high = (formats.percent(end, 0).rstrip("%") for end in (interval.low, interval.high))
        return f"{score.right}/{score.images} ({low}–{high}%)"

    return text


def _share_of(place: int) -> Callable[[ClassRow], float | None]:
    return lambda row: row.scores[place].accuracy


def _interval_of(place: int) -> Callable[[ClassRow], str | None]:
    def text(row: ClassRow) -> str | None:
        score, interval = row.scores[place], row.scores[place].interval
        if interval is None or score.accuracy is None:
            return None
        return interval_text((interval.low, score.accuracy, interval.high))

    return text

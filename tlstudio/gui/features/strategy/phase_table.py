"""The phases of a plan as a table: since when, which layers, how many parameters, at what cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.table import Column, RowTable, TableModel

LEAST_ROWS = 3
HEADER_PX = 30


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """The row of a phase, as it is shown."""

    since: str
    layers: str
    trainable: str
    epoch: str
    memory: str


class PhaseTable(RowTable):
    """A table as high as its rows, where there is room for them."""

    def __init__(self, memory_tip: str, parent: QWidget | None = None) -> None:
        self._rows = TableModel[PhaseRow]()
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self._rows.columns = (
            Column(
                self.tr("From epoch"),
                lambda row: row.since,
                is_number=True,
                explained_by="phase",
            ),
            Column(
                self.tr("Begins to train"),
                lambda row: row.layers,
                tip=lambda row: row.layers,
                explained_by="phase",
            ),
            Column(
                self.tr("Trainable parameters"),
                lambda row: row.trainable,
                is_number=True,
                explained_by="trainable",
            ),
            Column(
                self.tr("Time per epoch"),
                lambda row: row.epoch,
                is_number=True,
                explained_by="forecast",
            ),
            Column(
                self.tr("Memory"),
                lambda row: row.memory,
                memory_tip,
                is_number=True,
                explained_by="memory",
            ),
        )
        self.setAccessibleName(self.tr("Phases of the plan"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.show_rows(())

    def show_rows(self, rows: Iterable[PhaseRow]) -> None:
        """Show these phases."""
        self._rows.set_rows(rows)
        count = self._rows.rowCount()
        self.setMaximumHeight(_height(count))
        self.setMinimumHeight(_height(min(LEAST_ROWS, count)))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _height(self._rows.rowCount()))

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell."""
        return str(self._rows.index(row, column).data())


def _height(rows: int) -> int:
    return HEADER_PX + max(1, rows) * theme.ROW_PX + 2

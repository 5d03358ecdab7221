"""The phases of a plan as a table: since when, which layers, how many parameters, at what cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from tlstudio.gui.kit import theme
from tlstudio.gui.kit.row_table import RowTable

LEAST_ROWS = 3
HEADER_PX = 30


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """One phase, as it is shown."""

    since: str
    layers: str
    trainable: str
    epoch: str
    memory: str


class PhaseTable(RowTable):
    """As high as its rows, where there is room for them."""

    def __init__(self, memory_tip: str, parent: QWidget | None = None) -> None:
        self._rows = QStandardItemModel(0, 5)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        titles = (
            self.tr("From epoch"),
            self.tr("Begins to train"),
            self.tr("Trainable parameters"),
            self.tr("Time per epoch"),
            self.tr("Memory"),
        )
        self._rows.setHorizontalHeaderLabels(titles)
        for column in range(5):
            item = self._rows.horizontalHeaderItem(column)
            item.setTextAlignment(_side(column))
        self._rows.horizontalHeaderItem(4).setToolTip(memory_tip)
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
        shown = list(rows)
        self._rows.setRowCount(len(shown))
        for number, row in enumerate(shown):
            texts = (row.since, row.layers, row.trainable, row.epoch, row.memory)
            for column, text in enumerate(texts):
                item = QStandardItem(text)
                item.setTextAlignment(_side(column))
                item.setToolTip(text if column == 1 else "")
                self._rows.setItem(number, column, item)
        self.setMaximumHeight(_height(len(shown)))
        self.setMinimumHeight(_height(min(LEAST_ROWS, len(shown))))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), _height(self._rows.rowCount()))

    def text(self, row: int, column: int) -> str:
        """What stands there."""
        return self._rows.item(row, column).text()


def _height(rows: int) -> int:
    return HEADER_PX + max(1, rows) * theme.ROW_PX + 2


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 1 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter

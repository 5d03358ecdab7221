"""The common part of the models of module trees: rows, parents and columns."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from tlstudio.gui.features.layers.rows import LayerRow, LayerRows
from tlstudio.gui.kit import theme
from tlstudio.gui.kit.table import Column, Index, header_data

Shown = TypeVar("Shown")


class ModuleTreeModel(QAbstractItemModel, Generic[Shown]):
    """Rows of a network, one a module; the models that derive from it bring the columns."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = LayerRows(None)
        self.columns: tuple[Column[Shown], ...] = ()

    def shown(self, row: LayerRow) -> Shown:
        """Return the value that the columns show of a row."""
        raise NotImplementedError

    @property
    def rows(self) -> list[LayerRow]:
        """The rows, parents before children."""
        return self._rows.rows

    def row_of(self, index: Index) -> LayerRow | None:
        """The row at `index`; None for the invalid index."""
        return self.rows[index.internalId()] if index.isValid() else None

    def index_of(self, path: str) -> QModelIndex:
        """The first column's index of the module at `path`; invalid if it has no row."""
        number = self._rows.by_path.get(path)
        return QModelIndex() if number is None else self._index_of(number, 0)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        siblings = self._children(parent)  # views ask thousands of times: no `hasIndex` here
        if parent.column() <= 0 and 0 <= row < len(siblings) and 0 <= column < self.columnCount():
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        if not index.isValid():
            return QModelIndex()
        rows = self._rows.rows
        above = rows[index.internalId()].parent
        return self.createIndex(rows[above].position, 0, above) if above >= 0 else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._children(parent)) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        return header_data(self.columns, section, orientation, role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row_of(index)
        return None if row is None else self.columns[index.column()].data(self.shown(row), role)

    def _children(self, index: Index) -> list[int]:
        row = self.row_of(index)
        return self._rows.top if row is None else row.children

    def _index_of(self, number: int, column: int) -> QModelIndex:
        return self.createIndex(self.rows[number].position, column, number)


def small_font() -> QFont:
    """Return the font of cells beside the name."""
    font = QFont()
    font.setPixelSize(theme.TEXT_SMALL_PX)
    return font

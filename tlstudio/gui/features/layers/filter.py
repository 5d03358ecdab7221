"""Filters the layers of a tree by a search and by whether they have parameters."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from tlstudio.gui.features.layers.module_tree_model import ModuleTreeModel
from tlstudio.gui.features.layers.rows import LayerRow

Index = QModelIndex | QPersistentModelIndex


class LayerFilter(QSortFilterProxyModel):
    """Lets through what matches, what leads to it and what is below it.

    Attributes:
        found: rows that match the search themselves, as positions in the model's rows; empty
            without a search.
    """

    def __init__(self, source: ModuleTreeModel[Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layers = source
        self._words: list[str] = []
        self._only_parameters = False
        self._shown: set[int] = set()
        self.found: list[int] = []
        self.setSourceModel(source)
        self.setDynamicSortFilter(False)
        source.modelAboutToBeReset.connect(self._on_model_about_to_be_reset)
        source.modelReset.connect(self._refresh)

    @property
    def is_searching(self) -> bool:
        return bool(self._words)

    def set_query(self, query: str) -> None:
        """Show modules whose path or type holds every word of `query`, ignoring case."""
        self._words = query.casefold().split()
        self._refresh()

    def set_only_parameters(self, only: bool) -> None:
        """Leave out what has no parameters, such as activations and pooling."""
        self._only_parameters = only
        self._refresh()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        if not self._is_filtering:
            return True
        index = self._layers.index(row, 0, parent)
        return index.internalId() in self._shown

    @property
    def _is_filtering(self) -> bool:
        return bool(self._words) or self._only_parameters

    def _refresh(self) -> None:
        self.beginFilterChange()
        rows = self._layers.rows
        self.found = [n for n, row in enumerate(rows) if self._matches(row)] if self._words else []
        self._shown = set(range(len(rows)))
        if self._words:
            self._shown = set()
            for number in self.found:
                self._shown.update(range(number, rows[number].last))
                parent = rows[number].parent
                while parent >= 0 and parent not in self._shown:
                    self._shown.add(parent)
                    parent = rows[parent].parent
        if self._only_parameters:
            self._shown = {number for number in self._shown if rows[number].layers}
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def _matches(self, row: LayerRow) -> bool:
        text = f"{row.node.path} {row.node.kind}".casefold()
        return not row.is_own and all(word in text for word in self._words)

    def _on_model_about_to_be_reset(self) -> None:
        self._shown, self.found = set(), []

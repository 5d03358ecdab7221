"""Searching a tree of modules: what is found is opened, and closed again afterwards."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLineEdit, QTreeView

from tlstudio.core.networks.layers import paths_above
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.module_tree_model import ModuleTreeModel
from tlstudio.gui.features.layers.tree_paths import expand_paths, expanded_paths

EXPAND_AT_MOST = 300  # a search that finds more opens nothing by itself


class LayerSearch(QObject):
    """Binds a field to a filter and its view, and remembers what was open.

    Signals:
        changed(): other rows are shown.
    """

    changed = Signal()

    def __init__(
        self, field: QLineEdit, view: QTreeView, rows: LayerFilter, model: ModuleTreeModel[Any]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._filter = rows
        self._model = model
        self._before: frozenset[str] | None = None
        field.textChanged.connect(self._on_searched)

    def open_paths(self) -> frozenset[str]:
        """Return the open paths, or those that were open before the search."""
        return expanded_paths(self._view, self._model) if self._before is None else self._before

    def set_open_paths(self, paths: frozenset[str]) -> None:
        """Open these rows in a new tree; while a search goes on, once it has ended."""
        expand_paths(self._view, paths, self._model)
        self._before = paths if self._filter.is_searching else None
        self._open_found()

    def set_only_parameters(self, only: bool) -> None:
        """Leave out what has no parameters; what is open stays open."""
        paths = expanded_paths(self._view, self._model)
        self._view.collapseAll()  # Qt looks at every open row for each that comes or goes
        self._filter.set_only_parameters(only)
        expand_paths(self._view, paths, self._model)
        self.changed.emit()

    def _on_searched(self, query: str) -> None:
        paths = expanded_paths(self._view, self._model)
        if query.strip() and not self._filter.is_searching:
            self._before = paths
        self._view.collapseAll()
        self._filter.set_query(query)
        if self._filter.is_searching:
            expand_paths(self._view, self._found_paths() or paths, self._model)
        elif self._before is not None:
            expand_paths(self._view, self._before, self._model)
            self._before = None
            self._view.scrollTo(self._view.currentIndex())
        self.changed.emit()

    def _open_found(self) -> None:
        paths = self._found_paths()
        if paths:
            expand_paths(self._view, paths, self._model)

    def _found_paths(self) -> frozenset[str]:
        """Return the paths to open so that all matches are visible; empty for too many matches."""
        found, rows = self._filter.found, self._model.rows
        if len(found) > EXPAND_AT_MOST:
            return frozenset()
        return frozenset(path for number in found for path in paths_above(rows[number].node.path))

"""Opening rows of a tree of modules by their paths, through whatever filter is in between."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QTreeView

from tlstudio.gui.features.layers.module_tree_model import ModuleTreeModel


def expanded_paths(view: QTreeView, model: ModuleTreeModel[Any]) -> frozenset[str]:
    """Module paths of the rows that are open now."""
    return frozenset(
        row.node.path
        for row in model.rows
        if row.children and view.isExpanded(_shown(view, model.index_of(row.node.path)))
    )


def expand_paths(view: QTreeView, paths: frozenset[str], model: ModuleTreeModel[Any]) -> None:
    """Open these rows and no others."""
    view.collapseAll()
    view.scheduleDelayedItemsLayout()  # one layout for all of them
    for path in paths:
        index = _shown(view, model.index_of(path))
        if index.isValid():
            view.expand(index)


def show_path(view: QTreeView, path: str, model: ModuleTreeModel[Any]) -> None:
    """Make the row of a module the current one, in sight; nothing if a search hides it."""
    index = _shown(view, model.index_of(path))
    if index.isValid():
        view.setCurrentIndex(index)
        view.scrollTo(index)


def _shown(view: QTreeView, index: QModelIndex) -> QModelIndex:
    map_from = getattr(view.model(), "mapFromSource", None)
    return index if map_from is None else map_from(index)

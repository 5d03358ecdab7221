"""Another plan in the layer tree, of a thousand modules beside a hundred.

One of the measurements of `tests.benchmarks.window`; a fresh interpreter each time.
"""

from __future__ import annotations

import statistics
import time

from PySide6.QtWidgets import QApplication

from tests.gui.networks import wide_tree
from tlstudio.core.networks.layers import LayerTree
from tlstudio.gui.features.layers.filter import LayerFilter
from tlstudio.gui.features.layers.layer_view import LayerView
from tlstudio.gui.features.layers.tree_model import LayerTreeModel

TURNS = 20
BLOCKS = {"few": 25, "many": 250}  # of four modules each


def measure() -> dict[str, float]:
    """Milliseconds from another plan to the painted tree, and their ratio; both take turns."""
    app = QApplication([])
    trees = {name: wide_tree(blocks) for name, blocks in BLOCKS.items()}
    shown = {name: _shown(tree) for name, tree in trees.items()}
    times: dict[str, list[float]] = {name: [] for name in shown}
    for turn in range(TURNS):
        for name, (model, view) in shown.items():
            every = {path for path, node in trees[name].nodes.items() if node.own_parameters}
            app.processEvents()
            begin = time.perf_counter()
            model.set_trainable(every if turn % 2 else {"head"})
            view.grab()
            times[name].append(time.perf_counter() - begin)
    medians = {name: 1000 * statistics.median(values) for name, values in times.items()}
    return {
        "replan_few_ms": medians["few"],
        "replan_many_ms": medians["many"],
        "replan_ratio": medians["many"] / medians["few"],
    }


def _shown(tree: LayerTree) -> tuple[LayerTreeModel, LayerView]:
    model = LayerTreeModel()
    filtered = LayerFilter(model, model)
    view = LayerView()
    view.setModel(filtered)
    view.set_up_columns()
    view.resize(380, 500)
    model.set_tree(tree)
    view.show()
    view.expandAll()
    view.grab()
    return model, view

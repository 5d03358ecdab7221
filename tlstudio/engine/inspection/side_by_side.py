"""Networks of the catalog side by side, each with the head that it was published with."""

from __future__ import annotations

from functools import lru_cache

from tlstudio.core.networks.blocks.side_by_side import SideBySide
from tlstudio.core.networks.blocks.side_by_side import side_by_side as put_side_by_side
from tlstudio.engine.inspection.blocks.graph import block_graph
from tlstudio.engine.inspection.layer_table import catalog_layer_table

PUBLISHED_CLASSES = 1000


@lru_cache(maxsize=4)
def side_by_side(models: tuple[str, ...]) -> SideBySide:
    """Run each network once on torch's meta device, and put what was seen side by side.

    Raises:
        ConfigError: the catalog has no such model.
    """
    graphs = [block_graph(model, PUBLISHED_CLASSES) for model in models]
    tables = [catalog_layer_table(model, PUBLISHED_CLASSES) for model in models]
    return put_side_by_side(graphs, tables)

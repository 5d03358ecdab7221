"""Networks of the catalog side by side, each with the head that it was published with."""

from __future__ import annotations

from functools import lru_cache

from tlstudio.core.networks.blocks.side_by_side import SideBySide
from tlstudio.core.networks.blocks.side_by_side import side_by_side as put_side_by_side
from tlstudio.engine.inspection.blocks.graph import block_graph
from tlstudio.engine.inspection.layer_table import catalog_layer_table
from tlstudio.engine.models.catalog import get_model


@lru_cache(maxsize=4)
def side_by_side(models: tuple[str, ...]) -> SideBySide:
    """Run each network once on torch's meta device, and put what was seen side by side.

    Raises:
        ConfigError: the catalog has no such model.
    """
    heads = [(model, get_model(model).num_classes) for model in models]
    graphs = [block_graph(*head) for head in heads]
    tables = [catalog_layer_table(*head) for head in heads]
    return put_side_by_side(graphs, tables)

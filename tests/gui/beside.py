"""Small networks side by side, without an engine."""

from __future__ import annotations

from dataclasses import replace

from tests.gui.graphs import chain, small_graph
from tests.gui.tables import small_table
from tlstudio.core.networks.blocks.graph import NetworkGraph
from tlstudio.core.networks.blocks.side_by_side import SideBySide, side_by_side

PAIR = ("resnet18", "alexnet")


def small_beside(models: tuple[str, ...]) -> SideBySide:
    """Small networks, of which each but the first has one block more."""
    graphs = [small_graph(models[0]), *(_longer(model) for model in models[1:])]
    return side_by_side(graphs, [small_table() for _ in models])


def _longer(model: str) -> NetworkGraph:
    network = small_graph(model)
    image, stem, body, *rest = network.root.nodes
    assert body.inside is not None
    block = body.inside.nodes[-1]
    more = replace(block, key="body.2", path="body.2")
    body = replace(body, inside=chain(*body.inside.nodes, more))
    return replace(network, root=chain(image, stem, body, *rest))

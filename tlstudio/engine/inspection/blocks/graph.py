"""The picture of a network: the graph of its blocks, found by running it once without data."""

from __future__ import annotations

import logging
from functools import lru_cache
from itertools import pairwise

import torch
from torch import nn

from tlstudio.core.networks.blocks.graph import (
    INPUT,
    OUTPUT,
    BlockGraph,
    BlockKind,
    BlockNode,
    NetworkGraph,
    edges_of,
)
from tlstudio.core.networks.blocks.grouping import refined, with_ends
from tlstudio.core.networks.build_config import BuildConfig
from tlstudio.engine.inspection.blocks.nesting import nested_graph
from tlstudio.engine.inspection.blocks.titles import leaf_kind, leaf_title, own_parameters
from tlstudio.engine.inspection.blocks.trace import Call, trace
from tlstudio.engine.models.build import AS_IT_IS
from tlstudio.engine.models.empty_pass import looked_through
from tlstudio.engine.models.tree import KEPT

_log = logging.getLogger(__name__)


@lru_cache(maxsize=KEPT)
def block_graph(model: str, num_classes: int, build: BuildConfig = AS_IT_IS) -> NetworkGraph:
    """The blocks of a catalog model with a head of `num_classes` outputs.

    Built on torch's meta device: no weights, no memory, well under a second.

    Raises:
        ConfigError: the catalog has no such model.
        ModelError: `num_classes` is below 1, or the network cannot be changed like that.
    """

    def look(network: nn.Module, image_px: int, channels: int) -> NetworkGraph:
        return graph_of(network, model, num_classes, image_px, channels)

    return looked_through(model, num_classes, build, look)


def graph_of(
    network: nn.Module, model: str, num_classes: int, image_px: int, channels: int = 3
) -> NetworkGraph:
    """The blocks of `network`, as one forward pass in eval mode connects them.

    The image is an empty one, ``[1, channels, image_px, image_px]``, on the network's own device. A
    network that cannot be run so is drawn in the order in which it lists its modules.
    """
    shape = (channels, image_px, image_px)
    try:
        device = next(network.parameters()).device
        traced = trace(network, torch.zeros(1, *shape, device=device))
        root, is_traced = refined(nested_graph(traced)), True
    except Exception as error:  # code of libraries, which may fail in any way
        _log.info("%s is drawn in the order of its modules: %r", type(network).__name__, error)
        root, is_traced = refined(_listed(network, "")), False
    ends = with_ends(root, shape, num_classes)
    return NetworkGraph(model, num_classes, shape, ends, is_traced)


def _listed(module: nn.Module, path: str) -> BlockGraph:
    """The modules inside of one, one after the other."""
    nodes = tuple(
        _listed_node(child, f"{path}.{name}" if path else name)
        for name, child in module.named_children()
        if not isinstance(child, nn.Identity)
    )
    keys = [INPUT, *(node.key for node in nodes), OUTPUT]
    return BlockGraph(nodes, edges_of(list(pairwise(keys))))


def _listed_node(module: nn.Module, path: str) -> BlockNode:
    call = Call(path, module, None, 0)
    inside = _listed(module, path)
    is_layer = not inside.nodes or type(module).__module__.startswith("torch.nn.modules.act")
    kind = (leaf_kind(call, []) or BlockKind.LAYER) if is_layer else BlockKind.GROUP
    return BlockNode(
        key=path,
        path=path,
        kind=kind,
        title=leaf_title(call, kind) if is_layer else "",
        class_name=type(module).__name__,
        parameters=own_parameters(module),
        inside=None if is_layer else inside,
    )

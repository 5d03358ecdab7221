"""Marks the blocks of a picture that train under a freeze plan."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from tlstudio.core.networks.blocks.graph import BlockKind, BlockNode, NetworkGraph
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies import FreezePlan


class Training(StrEnum):
    """Whether a block trains; ``none`` where it holds no parameters."""

    NONE = "none"
    FROZEN = "frozen"
    PARTLY = "partly"
    TRAINABLE = "trainable"


def block_training(
    network: NetworkGraph, tree: LayerTree, plan: FreezePlan | None
) -> dict[str, Training]:
    """Map the key of each node to what `plan` does with it; without a plan none trains."""
    trainable = plan.trainable if plan is not None else frozenset()
    layers: Counter[str] = Counter()  # at and below each path
    training: Counter[str] = Counter()
    own = {layer.path for layer in tree.layers}
    for path in own:
        above = path
        while True:
            layers[above] += 1
            training[above] += path in trainable
            if not above:
                break
            above = above.rpartition(".")[0]
    states: dict[str, Training] = {}

    def state(node: BlockNode) -> Training:
        if node.inside is not None:
            found = {state(part) for part in node.inside.nodes} - {Training.NONE}
            found |= {_state(node.path in trainable)} if node.path in own and node.path else set()
            result = Training.PARTLY if len(found) > 1 else next(iter(found), Training.NONE)
        elif node.kind is BlockKind.PARAMETER:
            result = _state(node.key.rpartition(".")[0] in trainable)
        elif not node.path or not layers[node.path]:
            result = Training.NONE
        elif training[node.path] in (0, layers[node.path]):
            result = _state(training[node.path] > 0)
        else:
            result = Training.PARTLY
        states[node.key] = result
        return result

    for node in network.root.nodes:
        state(node)
    return states


def _state(trains: bool) -> Training:
    return Training.TRAINABLE if trains else Training.FROZEN

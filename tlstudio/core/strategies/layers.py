"""Sets of layers that strategies are made of."""

from __future__ import annotations

from collections.abc import Iterable

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.strategies.plan import NormPolicy
from tlstudio.core.texts import QT_TRANSLATE_NOOP

SMALL_STAGE = 0.002  # of the parameters: too little to be unfrozen by itself


def layers_from(tree: LayerTree, path: str) -> frozenset[str]:
    """Paths of the layers that run at or after the first layer of `path`.

    Raises:
        ConfigError: the tree has no module at `path`; the hint names its stages.
    """
    if path not in tree.nodes:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} has no layer called “{path}”."),
            QT_TRANSLATE_NOOP("core", "Its stages are: {stages}."),
            model=tree.model,
            path=path,
            stages=", ".join(stage.path for stage in tree.stages),
        )
    start = tree.nodes[path].order
    return frozenset(layer.path for layer in tree.layers if layer.order >= start)


def default_train_from(tree: LayerTree) -> str:
    """A sensible start for partial fine-tuning: the last stage of real size before the head."""
    backbone = [stage for stage in tree.stages if not _is_only_head(stage)]
    total = sum(stage.parameters for stage in backbone)
    for stage in reversed(backbone):
        if stage.parameters >= 0.05 * total:
            return stage.path
    return tree.head_path


def head_layers(tree: LayerTree) -> frozenset[str]:
    """Paths of the layers of the head."""
    return frozenset(layer.path for layer in tree.layers if layer.is_head)


def backbone_steps(tree: LayerTree) -> tuple[frozenset[str], ...]:
    """The layers below the head in the order in which they are unfrozen, the last stage first.

    A stage with next to no parameters (a norm, a lone projection) goes with the one before it.
    Auxiliary classifiers go with what they stand behind. Every layer of the backbone is in exactly
    one step.
    """
    head = head_layers(tree)
    steps: list[set[str]] = []
    waiting: set[str] = set()
    total = sum(tree.nodes[layer.path].own_parameters for layer in tree.layers)
    stages = sorted(tree.stages, key=lambda stage: stage.order, reverse=True)
    for stage in stages:
        own = {layer.path for layer in tree.layers_below(stage.path)} - head
        if not own:
            continue
        waiting |= own
        size = sum(tree.nodes[path].own_parameters for path in waiting)
        if size >= SMALL_STAGE * total and not is_auxiliary(stage.path):
            steps.append(waiting)
            waiting = set()
    seen = set().union(*steps, waiting)
    rest = waiting | ({layer.path for layer in tree.layers} - seen - head)
    if rest and steps:
        steps[-1] |= rest  # the stem is too small, or parameters lie outside of all stages
    elif rest:
        steps.append(rest)
    return tuple(frozenset(step) for step in steps)


def moving_statistics(
    tree: LayerTree, trainable: Iterable[str], policy: NormPolicy
) -> frozenset[str]:
    """Paths of the normalisation layers whose running statistics move while `trainable` trains.

    Those without parameters of their own go with the module around them, if all of it trains.
    """
    if policy == "fixed":
        return frozenset()
    norms = {path for path, node in tree.nodes.items() if node.is_norm}
    if policy == "adapt":
        return frozenset(norms)
    wanted = set(trainable)
    moving = set()
    for path in norms:
        node = tree.nodes[path]
        if node.own_parameters:
            is_moving = path in wanted
        else:
            around = _nearest_with_parameters(tree, path)
            is_moving = all(n.path in wanted for n in around.walk() if n.own_parameters)
        if is_moving:
            moving.add(path)
    return frozenset(moving)


def _nearest_with_parameters(tree: LayerTree, path: str) -> LayerNode:
    while path:
        path = path.rpartition(".")[0]
        node = tree.nodes.get(path, tree.root)
        if node.parameters:
            return node
    return tree.root


def _is_only_head(stage: LayerNode) -> bool:
    """Whether nothing else in it holds parameters: some heads lie in a container with a dropout."""
    return all(node.is_head for node in stage.walk() if node.own_parameters)

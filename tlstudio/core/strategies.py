"""Freeze strategies: pure functions from a layer tree to a freeze plan.

The tree view, the trainer and the terminal all read the same `FreezePlan`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tlstudio.core.errors import ConfigError
from tlstudio.core.layers import LayerNode, LayerTree
from tlstudio.core.registry import Registry
from tlstudio.core.texts import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class FreezePlan:
    """Which layers train.

    Attributes:
        strategy: name of the strategy that made it.
        trainable: paths of the modules whose own parameters train; all others are frozen,
            parameters and normalisation statistics alike.
        trainable_parameters: elements of the parameters that train.
        total_parameters: elements of all parameters.
    """

    strategy: str
    trainable: frozenset[str]
    trainable_parameters: int
    total_parameters: int


@dataclass(frozen=True, slots=True)
class StrategySpec:
    """One row of the strategy table.

    Attributes:
        name: in configuration files and on the command line.
        title: for the window.
        help: one or two sentences for a person who has to choose.
        initialisation: ``pretrained`` or ``random``; None where both make sense.
        paths: ``(tree, train_from, trainable) -> paths`` of the layers that train.
    """

    name: str
    title: str
    help: str
    initialisation: str | None
    paths: Callable[[LayerTree, str, Iterable[str]], Iterable[str]]


def _head_only(tree: LayerTree, train_from: str, trainable: Iterable[str]) -> Iterable[str]:
    return (layer.path for layer in tree.layers if layer.is_head)


def _everything(tree: LayerTree, train_from: str, trainable: Iterable[str]) -> Iterable[str]:
    return (layer.path for layer in tree.layers)


def _from_layer(tree: LayerTree, train_from: str, trainable: Iterable[str]) -> Iterable[str]:
    return layers_from(tree, train_from or default_train_from(tree))


def _as_ticked(tree: LayerTree, train_from: str, trainable: Iterable[str]) -> Iterable[str]:
    known = {layer.path for layer in tree.layers}
    unknown = sorted(set(trainable) - known)
    if unknown:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} has no layer called “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a strategy again to reset the ticks."),
            model=tree.model,
            path=unknown[0],
        )
    return trainable


STRATEGIES = Registry(
    QT_TRANSLATE_NOOP("core", "strategy"),
    (
        StrategySpec(
            "feature_extraction",
            QT_TRANSLATE_NOOP("core", "Feature extraction"),
            QT_TRANSLATE_NOOP(
                "core",
                "Only the new head trains; the pretrained backbone stays as it is. "
                "Fast, and hard to spoil with few images.",
            ),
            "pretrained",
            _head_only,
        ),
        StrategySpec(
            "partial",
            QT_TRANSLATE_NOOP("core", "Partial fine-tuning"),
            QT_TRANSLATE_NOOP(
                "core",
                "Training begins at a layer that you choose; everything before it stays frozen. "
                "A middle way when images are few but different from ImageNet.",
            ),
            "pretrained",
            _from_layer,
        ),
        StrategySpec(
            "fine_tuning",
            QT_TRANSLATE_NOOP("core", "Fine-tuning"),
            QT_TRANSLATE_NOOP(
                "core",
                "Everything trains, starting from the pretrained values. "
                "Often the most accurate, slower, and wants more images.",
            ),
            "pretrained",
            _everything,
        ),
        StrategySpec(
            "from_scratch",
            QT_TRANSLATE_NOOP("core", "From scratch"),
            QT_TRANSLATE_NOOP(
                "core",
                "Everything trains from random values. "
                "Needs many images; good for seeing what pretraining is worth.",
            ),
            "random",
            _everything,
        ),
        StrategySpec(
            "custom",
            QT_TRANSLATE_NOOP("core", "Custom"),
            QT_TRANSLATE_NOOP("core", "The layers that you ticked in the tree train."),
            None,
            _as_ticked,
        ),
    ),
)


def freeze_plan(
    tree: LayerTree, strategy: str, *, train_from: str = "", trainable: Iterable[str] = ()
) -> FreezePlan:
    """Work out which layers train.

    Args:
        tree: the network's layers.
        strategy: a name of `STRATEGIES`.
        train_from: for ``partial``, the module path at which training begins; empty chooses one.
        trainable: for ``custom``, the paths of the layers that train.

    Raises:
        ConfigError: the strategy or a path is unknown, or nothing would train.
    """
    paths = frozenset(STRATEGIES[strategy].paths(tree, train_from, trainable))
    if not paths:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "No layer is ticked, so there is nothing to train."),
            QT_TRANSLATE_NOOP("core", "Tick at least the head in the layer tree."),
        )
    return FreezePlan(
        strategy=strategy,
        trainable=paths,
        trainable_parameters=sum(tree.nodes[path].own_parameters for path in paths),
        total_parameters=tree.parameters,
    )


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


def _is_only_head(stage: LayerNode) -> bool:
    """Whether nothing else in it holds parameters: some heads lie in a container with a dropout."""
    return all(node.is_head for node in stage.walk() if node.own_parameters)

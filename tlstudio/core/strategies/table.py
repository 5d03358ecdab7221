"""The freeze strategies: one row each, a pure function from a layer tree to steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.registry import Registry
from tlstudio.core.strategies.layers import (
    backbone_steps,
    default_train_from,
    head_layers,
    layers_from,
)
from tlstudio.core.strategies.plan import PlanOptions
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Steps = Iterable[tuple[int, Iterable[str]]]


@dataclass(frozen=True, slots=True)
class StrategySpec:
    """A freeze strategy: a row of the strategy table.

    Attributes:
        name: in configuration files and on the command line.
        title: for the window.
        help: one or two sentences for a person who has to choose.
        initialisation: ``pretrained`` or ``random``; None where both make sense.
        steps: ``(tree, options) -> (first epoch, paths of layers that train from then on)``.
        has_rates: whether the rule for the backbone's learning rates applies.
        probes_head: whether the head starts from a linear probe of the frozen features.
    """

    name: str
    title: str
    help: str
    initialisation: str | None
    steps: Callable[[LayerTree, PlanOptions], Steps]
    has_rates: bool = False
    probes_head: bool = False


def _head_only(tree: LayerTree, options: PlanOptions) -> Steps:
    return [(1, head_layers(tree))]


def _everything(tree: LayerTree, options: PlanOptions) -> Steps:
    return [(1, (layer.path for layer in tree.layers))]


def _from_layer(tree: LayerTree, options: PlanOptions) -> Steps:
    return [(1, layers_from(tree, options.train_from or default_train_from(tree)))]


def _head_first(tree: LayerTree, options: PlanOptions) -> Steps:
    everything = (layer.path for layer in tree.layers)
    return [(1, head_layers(tree)), (1 + options.head_epochs, everything)]


def _gradual(tree: LayerTree, options: PlanOptions) -> Steps:
    steps = [head_layers(tree), *backbone_steps(tree)]
    return [(1 + n * options.unfreeze_every, step) for n, step in enumerate(steps)]


def _as_ticked(tree: LayerTree, options: PlanOptions) -> Steps:
    known = {layer.path for layer in tree.layers}
    unknown = sorted(set(options.trainable) - known)
    if unknown:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} has no layer called “{path}”."),
            QT_TRANSLATE_NOOP("core", "Choose a strategy again to reset the ticks."),
            model=tree.model,
            path=unknown[0],
        )
    return [(1, options.trainable)]


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
            "discriminative",
            QT_TRANSLATE_NOOP("core", "Discriminative learning rates"),
            QT_TRANSLATE_NOOP(
                "core",
                "Everything trains, the pretrained layers more carefully than the new head: "
                "with a tenth of its learning rate, or less and less towards the input.",
            ),
            "pretrained",
            _everything,
            has_rates=True,
        ),
        StrategySpec(
            "gradual",
            QT_TRANSLATE_NOOP("core", "Gradual unfreezing"),
            QT_TRANSLATE_NOOP(
                "core",
                "The head trains first; then, every few epochs, one more stage joins, "
                "from the last to the first.",
            ),
            "pretrained",
            _gradual,
            has_rates=True,
        ),
        StrategySpec(
            "head_first",
            QT_TRANSLATE_NOOP("core", "Head first, then everything"),
            QT_TRANSLATE_NOOP(
                "core",
                "In the first epochs only the head trains, so that its random values do not "
                "disturb the backbone; then everything does.",
            ),
            "pretrained",
            _head_first,
            has_rates=True,
        ),
        StrategySpec(
            "probe_first",
            QT_TRANSLATE_NOOP("core", "Linear probe, then fine-tuning"),
            QT_TRANSLATE_NOOP(
                "core",
                "The head starts as the best linear classifier of the frozen features, found at "
                "once; then everything trains.",
            ),
            "pretrained",
            _everything,
            has_rates=True,
            probes_head=True,
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

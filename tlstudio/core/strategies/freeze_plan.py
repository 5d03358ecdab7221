"""Makes a freeze plan from a layer tree and a strategy; pure."""

from __future__ import annotations

from collections.abc import Mapping

from tlstudio.core.errors import ConfigError
from tlstudio.core.needs import Need, why_missing
from tlstudio.core.networks.auxiliary import is_auxiliary
from tlstudio.core.networks.layers import LayerTree
from tlstudio.core.strategies.layers import backbone_steps, head_layers, moving_statistics
from tlstudio.core.strategies.plan import FreezePlan, PlanOptions, PlanPhase
from tlstudio.core.strategies.table import STRATEGIES
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def freeze_plan(tree: LayerTree, options: PlanOptions) -> FreezePlan:
    """Work out which layers train, when, and with which learning rate.

    Raises:
        ConfigError: the strategy or a path is unknown, nothing would train, or the head is none
            that a linear probe could be put into.
    """
    spec = STRATEGIES[options.strategy]
    if spec.probes_head:
        _check_probe(tree)
    rates = layer_rates(tree, options) if spec.has_rates else {}
    phases: list[PlanPhase] = []
    trainable: frozenset[str] = frozenset()
    for first_epoch, paths in sorted(spec.steps(tree, options), key=lambda step: step[0]):
        if first_epoch > options.epochs:
            break
        trainable |= frozenset(paths)
        phase = PlanPhase(
            first_epoch=first_epoch,
            rates={path: rates.get(path, 1.0) for path in sorted(trainable)},
            statistics=moving_statistics(tree, trainable, options.norms),
            trainable_parameters=sum(tree.nodes[path].own_parameters for path in trainable),
        )
        if phases and phases[-1].first_epoch == first_epoch:
            phases.pop()
        phases.append(phase)
    if not trainable:
        raise why_missing(Need.PLAN)
    return FreezePlan(options.strategy, tuple(phases), tree.parameters, spec.probes_head)


def layer_rates(tree: LayerTree, options: PlanOptions) -> Mapping[str, float]:
    """Map each layer to its multiple of the learning rate under the rule; 1 for all heads."""
    head = head_layers(tree)
    rates = dict.fromkeys(sorted(head), 1.0)
    for distance, step in enumerate(backbone_steps(tree), start=1):
        match options.rate_rule:
            case "same":
                rate = 1.0
            case "backbone":
                rate = options.backbone_rate
            case "stages":
                rate = options.stage_decay**distance
        rates |= {path: 1.0 if is_auxiliary(path) else rate for path in sorted(step)}
    return rates


def _check_probe(tree: LayerTree) -> None:
    kinds = {layer.kind for layer in tree.layers if layer.is_head}
    if kinds - {"Linear"}:
        raise ConfigError(
            QT_TRANSLATE_NOOP(
                "core", "The head of {model} is not linear, so no linear probe fits into it."
            ),
            QT_TRANSLATE_NOOP("core", "Let the head train first instead, then everything."),
            model=tree.model,
        )

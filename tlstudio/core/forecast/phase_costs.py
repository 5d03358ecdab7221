"""The costs of a phase: seconds per image of its layers, and memory of a step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from tlstudio.core.config import RunConfig
from tlstudio.core.forecast.costs import RunCosts
from tlstudio.core.networks.layers import LayerNode, LayerTree
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.core.strategies import FreezePlan, PlanPhase

# With bfloat16 most of what is kept for the way back is half as large; measured, as in the
# engine's `memory_use`.
_SHORT_SHARE = 0.65


def first_trained(tree: LayerTree, phase: PlanPhase) -> int:
    """Place in the order of execution of the first layer that trains."""
    return min(tree.nodes[path].order for path in phase.trainable)


def first_changing(tree: LayerTree, phase: PlanPhase) -> int:
    """Return the order of the first layer that is not a fixed function of the image."""
    moving = (tree.nodes[path].order for path in phase.statistics)
    return min((first_trained(tree, phase), *moving))


def has_fixed_start(tree: LayerTree, phase: PlanPhase) -> bool:
    """Whether layers with parameters stay the same before the first one that changes."""
    start = first_changing(tree, phase)
    return any(layer.order < start for layer in tree.layers)


def tree_rows(tree: LayerTree, plan: FreezePlan, precision: str) -> tuple[FeatureRow, ...]:
    """The features at the cut of each phase, guessed from the tree alone.

    Where a network computes something between two modules, or passes several tensors, its cut
    may differ; the engine tells how large it really is (`planned_cuts.catalog_rows`).
    """
    sizes = (
        _feature_size(tree, first_changing(tree, phase)) if has_fixed_start(tree, phase) else 0
        for phase in plan.phases
    )
    return tuple(FeatureRow(size, precision) for size in sizes)


@dataclass(frozen=True, slots=True)
class PhaseParts:
    """Seconds per image of the network's parts, divided where the first layer changes.

    Attributes:
        frozen_s: of what lies before that, with all that makes inference fast.
        frozen_eval_s: of the same, where the network is not cut.
        train_s: of the rest, there and back.
        eval_s: of the rest, in validation.
    """

    frozen_s: float
    frozen_eval_s: float
    train_s: float
    eval_s: float

    @classmethod
    def of(cls, costs: RunCosts, tree: LayerTree, phase: PlanPhase) -> PhaseParts:
        has_prefix = has_fixed_start(tree, phase)
        start, back_to = first_changing(tree, phase), first_trained(tree, phase)
        last_order = _last_orders(tree)
        frozen_s = frozen_eval_s = train_s = eval_s = 0.0
        for path, node in tree.nodes.items():
            cost = costs.by_path.get(path)
            if cost is None or not path:  # the root's own part is that of a step
                continue
            if last_order[path] < start:
                frozen_s += cost.forward_s
                frozen_eval_s += cost.eval_s
                continue
            eval_s += cost.eval_s
            if last_order[path] < back_to and start < back_to:
                train_s += cost.eval_s  # its statistics move, but no gradient comes here
                continue
            trains = path in phase.trainable or not node.own_parameters
            train_s += cost.train_forward_s if trains else cost.eval_s
            train_s += cost.backward_s if trains else cost.input_backward_s
            if has_prefix and node.order == back_to and not node.children:
                train_s -= min(cost.input_backward_s, cost.backward_s)  # nobody asks below it
        return cls(frozen_s, frozen_eval_s, train_s, eval_s)


def step_memory(
    tree: LayerTree, phase: PlanPhase, config: RunConfig, precision: str = "float32"
) -> int:
    """Bytes that the network takes while a batch is trained in a phase, added up from its shapes.

    All weights; for what trains its gradient, the optimizer's memory, and a copy of the best
    values so far; the average of the weights, if one is kept; and what the way back needs of the
    outputs of one batch: one output for each module, which for most networks is within a quarter
    of what torch keeps, and within a half for all that were tried. The program itself, images
    that wait, and features that are kept come on top.
    """
    states = {"sgd": int(config.momentum > 0), "adam": 2, "adamw": 2}[config.optimizer]
    copies = 1 + states + 1  # gradient, optimizer, best values
    parameters = tree.parameters * (1 + bool(config.ema_decay))
    parameters += copies * phase.trainable_parameters
    start = first_trained(tree, phase)
    leaves = [node for node in tree.nodes.values() if not node.children]
    kept = sum(prod(node.output_shape) for node in leaves if node.order >= start)
    kept += _feature_size(tree, start)
    share = _SHORT_SHARE if precision == "bfloat16" else 1.0
    passing = _largest(node for node in leaves if node.order < start)
    values = max(kept, passing) * share
    return round(4 * parameters + 4 * config.batch_size * values)


def _largest(nodes: Iterable[LayerNode]) -> int:
    """Numbers that pass from one module to the next at the widest place."""
    sizes = [prod(node.output_shape) for node in sorted(nodes, key=lambda node: node.order)]
    return max((a + b for a, b in pairwise(sizes)), default=sum(sizes))


def _last_orders(tree: LayerTree) -> dict[str, int]:
    """Map each module to the order of the last module within it."""
    last: dict[str, int] = {}

    def visit(node: LayerNode) -> int:
        last[node.path] = max((visit(child) for child in node.children), default=node.order)
        return last[node.path]

    visit(tree.root)
    return last


def _feature_size(tree: LayerTree, start: int) -> int:
    """Numbers that the last module before `start` puts out; 0 where there is none."""
    before = [n for n in tree.nodes.values() if n.order < start and not n.children]
    shaped = [node for node in before if node.output_shape]
    return prod(max(shaped, key=lambda node: node.order).output_shape) if shaped else 0

"""Freeze strategies: pure functions from a layer tree and options to a freeze plan.

The tree view, the trainer, the forecast and the terminal all read the same `FreezePlan`.
"""

from tlstudio.core.strategies.freeze_plan import freeze_plan, layer_rates
from tlstudio.core.strategies.layers import backbone_steps, default_train_from, layers_from
from tlstudio.core.strategies.plan import FreezePlan, NormPolicy, PlanOptions, PlanPhase, RateRule
from tlstudio.core.strategies.table import STRATEGIES, StrategySpec

__all__ = [
    "STRATEGIES",
    "FreezePlan",
    "NormPolicy",
    "PlanOptions",
    "PlanPhase",
    "RateRule",
    "StrategySpec",
    "backbone_steps",
    "default_train_from",
    "freeze_plan",
    "layer_rates",
    "layers_from",
]

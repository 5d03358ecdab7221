"""The dense block lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.dense import DenseCosts as DenseCosts
    from tlstudio.engine.lessons.dense import dense_costs as dense_costs
else:
    dense_costs = later("tlstudio.engine.lessons.dense", "dense_costs")

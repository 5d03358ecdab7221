"""The inception lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.inception import InceptionCosts as InceptionCosts
    from tlstudio.engine.lessons.inception import inception_costs as inception_costs
else:
    inception_costs = later("tlstudio.engine.lessons.inception", "inception_costs")

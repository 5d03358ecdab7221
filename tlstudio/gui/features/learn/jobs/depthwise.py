"""The depthwise lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.depthwise import DepthwiseCosts as DepthwiseCosts
    from tlstudio.engine.lessons.depthwise import DepthwiseMaps as DepthwiseMaps
    from tlstudio.engine.lessons.depthwise import depthwise_costs as depthwise_costs
    from tlstudio.engine.lessons.depthwise import depthwise_maps as depthwise_maps
else:
    depthwise_costs = later("tlstudio.engine.lessons.depthwise", "depthwise_costs")
    depthwise_maps = later("tlstudio.engine.lessons.depthwise", "depthwise_maps")

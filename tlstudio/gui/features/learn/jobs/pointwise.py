"""The 1x1 lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.pointwise import PointwiseSum as PointwiseSum
    from tlstudio.engine.lessons.pointwise import pointwise_sum as pointwise_sum
else:
    pointwise_sum = later("tlstudio.engine.lessons.pointwise", "pointwise_sum")

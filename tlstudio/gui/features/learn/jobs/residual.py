"""The residual lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.residual import Block as Block
    from tlstudio.engine.lessons.residual import ResidualSum as ResidualSum
    from tlstudio.engine.lessons.residual import residual_blocks as residual_blocks
    from tlstudio.engine.lessons.residual import residual_sum as residual_sum
else:
    residual_blocks = later("tlstudio.engine.lessons.residual", "residual_blocks")
    residual_sum = later("tlstudio.engine.lessons.residual", "residual_sum")

"""The pooling lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.pooling import Pooled as Pooled
    from tlstudio.engine.lessons.pooling import pool_shifted as pool_shifted
else:
    pool_shifted = later("tlstudio.engine.lessons.pooling", "pool_shifted")

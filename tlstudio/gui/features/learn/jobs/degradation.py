"""The question of the lesson on depth; needs no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.lessons.degradation import Degradation as Degradation
    from tlstudio.core.lessons.degradation import latest as latest
else:
    latest = later("tlstudio.core.lessons.degradation", "latest")

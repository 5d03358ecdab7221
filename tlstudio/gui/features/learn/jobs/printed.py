"""The counts beside printed numbers, asked of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.printed import count_all as count_all
else:
    count_all = later("tlstudio.engine.lessons.printed", "count_all")

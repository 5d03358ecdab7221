"""The counts beside printed numbers, asked of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.printed import count_all as count_all
    from tlstudio.engine.lessons.printed import layer_connections as layer_connections
else:
    layer_connections = later("tlstudio.engine.lessons.printed", "layer_connections")
    count_all = later("tlstudio.engine.lessons.printed", "count_all")

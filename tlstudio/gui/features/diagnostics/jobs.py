"""Diagnostics, for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.diagnostics import gather_all as gather_all
else:
    gather_all = later("tlstudio.engine.diagnostics", "gather_all")

"""The question to the engine of the lesson on groups and shuffle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.groups import GroupMixing as GroupMixing
    from tlstudio.engine.lessons.groups import group_mixing as group_mixing
else:
    group_mixing = later("tlstudio.engine.lessons.groups", "group_mixing")

"""The padding lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.padding import Padded as Padded
    from tlstudio.engine.lessons.padding import padded_photo as padded_photo
else:
    padded_photo = later("tlstudio.engine.lessons.padding", "padded_photo")

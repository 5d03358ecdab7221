"""The photos that lessons show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.photo import sample_photos as sample_photos
else:
    sample_photos = later("tlstudio.engine.lessons.photo", "sample_photos")

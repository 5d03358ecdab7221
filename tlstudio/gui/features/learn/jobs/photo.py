"""The photos that lessons show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.photo import photo_pixels as photo_pixels
    from tlstudio.engine.lessons.photo import sample_photos as sample_photos
else:
    photo_pixels = later("tlstudio.engine.lessons.photo", "photo_pixels")
    sample_photos = later("tlstudio.engine.lessons.photo", "sample_photos")

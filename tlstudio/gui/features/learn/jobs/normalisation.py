"""The normalisation lesson's question to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.normalisation import NormalisedPicture as NormalisedPicture
    from tlstudio.engine.lessons.normalisation import normalised_picture as normalised_picture
else:
    normalised_picture = later("tlstudio.engine.lessons.normalisation", "normalised_picture")

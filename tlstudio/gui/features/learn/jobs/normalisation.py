"""The normalisation lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.normalisation import NormalisedAnswers as NormalisedAnswers
    from tlstudio.engine.lessons.normalisation import NormalisedPicture as NormalisedPicture
    from tlstudio.engine.lessons.normalisation import normalised_answers as normalised_answers
    from tlstudio.engine.lessons.normalisation import normalised_picture as normalised_picture
else:
    normalised_answers = later("tlstudio.engine.lessons.normalisation", "normalised_answers")
    normalised_picture = later("tlstudio.engine.lessons.normalisation", "normalised_picture")

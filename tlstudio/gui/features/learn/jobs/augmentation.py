"""The augmentation lesson's questions to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.engine.lessons.augmentation import View as View
    from tlstudio.engine.lessons.augmentation import ViewAnswers as ViewAnswers
    from tlstudio.engine.lessons.augmentation import varied_views as varied_views
    from tlstudio.engine.lessons.augmentation import view_answers as view_answers
else:
    varied_views = later("tlstudio.engine.lessons.augmentation", "varied_views")
    view_answers = later("tlstudio.engine.lessons.augmentation", "view_answers")

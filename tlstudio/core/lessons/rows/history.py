"""Lessons on the history of the ImageNet challenge."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "history",
        Chapter.HISTORY,
        QT_TRANSLATE_NOOP("core", "The ImageNet challenge"),
        QT_TRANSLATE_NOOP(
            "core",
            "A thousand classes, five guesses for each photo: from 2010 to 2017 the winners' error "
            "fell from 28 to 2%, while networks grew deeper.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag through the years; each bar leads to its network."),
        target=Target(step="model", tab="picture", models=("alexnet_2012",)),
    ),
)

"""The lesson on depth: plain networks get worse, residual ones do not."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "degradation",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Depth and shortcuts"),
        QT_TRANSLATE_NOOP(
            "core",
            "More layers could copy what fewer do, and yet a deep plain network is worse even on "
            "the images that it learns from. With shortcuts, nearly all of that is gone.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag through the epochs, and see what depth adds to either error."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may call this overfitting, because the validation error is worse too; but "
            "an overfitted network is good on its training images, and this one is not.",
        ),
        terms=("residual",),
        target=Target(tab="race", dataset="digits", recipe="degradation"),
        target_title=QT_TRANSLATE_NOOP("core", "Let plain and residual networks race"),
    ),
)

"""Lessons on what goes in, and on what happens while a network trains."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "batch_norm",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Batch normalisation"),
        QT_TRANSLATE_NOOP(
            "core",
            "Each channel is brought to mean β and deviation γ: in training by the mean and "
            "variance of its batch, in evaluation by running averages. So one image gets other "
            "numbers in each mode.",
        ),
        QT_TRANSLATE_NOOP(
            "core", "Drag the size of the batch, and the light on all of its images."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that freezing a layer freezes BatchNorm, because its γ and β do "
            "stop; its running averages move on in training mode unless it is put in evaluation.",
        ),
        terms=("batchnorm", "statistics-move", "statistics-fixed"),
        target=Target(step="model", tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the BatchNorm layers of a network"),
    ),
    Lesson(
        "receptive_field",
        Chapter.TRAINING,
        QT_TRANSLATE_NOOP("core", "Receptive field"),
        QT_TRANSLATE_NOOP(
            "core",
            "One value of a layer depends on a square of the photo, which grows with every kernel "
            "and faster after every stride. Most of its gradient comes from a smaller part.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag along the bars from layer to layer, or drag on the photo."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that two 3x3 convolutions see as much as one 5x5, because 3 + 2 = "
            "5: so it is with stride 1 in front, and after a stride of 2 they see 4 px more each.",
        ),
        terms=("receptive-field", "stride-padding"),
        target=Target(step="model", tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the receptive fields of all layers"),
    ),
)

"""Lessons on convolution, padding and pooling."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "convolution",
        Chapter.CONVOLUTION,
        QT_TRANSLATE_NOOP("core", "Convolution"),
        QT_TRANSLATE_NOOP(
            "core",
            "A kernel lies on the image; each pixel below it is multiplied by a weight, and all "
            "products are added up. That sum is one pixel of the feature map.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the square over the photo, and choose another kernel."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may turn the kernel by 180° first, because mathematics does; deep learning "
            "leaves that out and still says convolution.",
        ),
        terms=("convolution", "kernel", "feature-map"),
        target=Target(step="model", tab="features"),
        target_title=QT_TRANSLATE_NOOP("core", "See the feature maps of a network"),
    ),
)

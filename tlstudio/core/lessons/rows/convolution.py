"""Lessons on convolution, padding, pooling, and how far a value sees."""

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
    Lesson(
        "padding",
        Chapter.CONVOLUTION,
        QT_TRANSLATE_NOOP("core", "Padding and stride"),
        QT_TRANSLATE_NOOP(
            "core",
            "Without padding a map is smaller than its picture, as the kernel has to lie inside. "
            "Zeros around the picture make up for that; a stride above 1 makes the map smaller.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the kernel into a corner, and move the sliders."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have 227 × 227 for AlexNet, because 224 without padding does not give "
            "the 55 of its paper; torchvision pads 224 by 2 instead.",
        ),
        terms=("stride-padding", "kernel", "output-shape"),
        target=Target(tab="layers", models=("alexnet",)),
        target_title=QT_TRANSLATE_NOOP("core", "See the layers of AlexNet"),
    ),
    Lesson(
        "pooling",
        Chapter.CONVOLUTION,
        QT_TRANSLATE_NOOP("core", "Pooling and shifts"),
        QT_TRANSLATE_NOOP(
            "core",
            "Pooling keeps one number of each window, its maximum or its average. A shift that "
            "stays inside the windows changes little; the larger the window, the less.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the frame by a few pixels, and choose another window."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may say that pooling makes a network invariant to shifts, because it "
            "helps; small windows do so only in part.",
        ),
        terms=("pooling", "feature-map"),
        target=Target(tab="features"),
        target_title=QT_TRANSLATE_NOOP("core", "See the feature maps of a network"),
    ),
    Lesson(
        "receptive_field",
        Chapter.CONVOLUTION,
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
            "5: so it is where the first has stride 1; where it has stride 2, it is 3 + 2·2 = 7.",
        ),
        terms=("receptive-field", "stride-padding"),
        target=Target(step="model", tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the receptive fields of all layers"),
    ),
)

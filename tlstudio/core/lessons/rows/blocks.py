"""Lessons on the blocks that networks are built of."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "depthwise",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "Depthwise separable convolution"),
        QT_TRANSLATE_NOOP(
            "core",
            "An ordinary kernel filters and mixes all maps at once. The separable one takes two "
            "steps: a kernel of its own filters each map, then a 1x1 convolution mixes them.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the sizes, and see where the saving comes from."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may call 1/N + 1/Dk² the saving, because it is the ratio of both costs; it "
            "is the share that is left, about 1/9 with kernels of 3x3.",
        ),
        terms=("depthwise", "multiply-adds"),
        target=Target(models=("tf_efficientnet_lite0",), tab="layers"),
        target_title=QT_TRANSLATE_NOOP("core", "See the layers of such a network"),
    ),
    Lesson(
        "residual",
        Chapter.BLOCKS,
        QT_TRANSLATE_NOOP("core", "The residual sum"),
        QT_TRANSLATE_NOOP(
            "core",
            "A residual block adds what it computes to what comes in. Take a block out, and x "
            "still passes by its shortcut: the network goes on answering by all the other paths.",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Choose a block and drag how much of it is added; at 0 it is gone. How many can go?",
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have a ReLU after the sum, because ResNet of 2015 has one; this "
            "network has none there, as in MobileNetV2.",
        ),
        terms=("residual",),
        target=Target(models=("plain20", "resnet20"), tab="picture"),
        target_title=QT_TRANSLATE_NOOP("core", "See a network with and without shortcuts"),
    ),
)

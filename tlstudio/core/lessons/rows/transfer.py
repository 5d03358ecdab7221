"""Lessons on the forms of transfer learning and its four cases."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Chapter, Lesson
from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP

ROWS: tuple[Lesson, ...] = (
    Lesson(
        "forms",
        Chapter.TRANSFER,
        QT_TRANSLATE_NOOP("core", "Forms of transfer learning"),
        QT_TRANSLATE_NOOP(
            "core",
            "A pretrained network is taken over, but for its head. What lies left of a border "
            "stays frozen, what lies right of it trains on your images.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the border along the network."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may use the words otherwise: some courses call fine-tuning transfer "
            "learning as well, some call only training the head so.",
        ),
        terms=("feature-extraction", "partial", "fine-tuning"),
        target=Target(step="model", tab="choose", strategy="partial"),
    ),
    Lesson(
        "cases",
        Chapter.TRANSFER,
        QT_TRANSLATE_NOOP("core", "The four cases"),
        QT_TRANSLATE_NOOP(
            "core",
            "Two questions decide what of a pretrained network to train: how many images there "
            "are, and how much they are like those it has learned from.",
        ),
        QT_TRANSLATE_NOOP("core", "Drag the point over the plane."),
        QT_TRANSLATE_NOOP(
            "core",
            "Your slide may have 1 and 4 the other way round, because some courses begin with many "
            "and different images; these are the numbers of the notes of Stanford's CS231n.",
        ),
        terms=("feature-extraction", "discriminative"),
        target=Target(step="train", tab="advice"),
        target_title=QT_TRANSLATE_NOOP("core", "See the advice for your images"),
    ),
)

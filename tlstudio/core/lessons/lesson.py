"""A lesson: one idea on one screen, with one thing to drag and the numbers that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tlstudio.core.lessons.target import Target
from tlstudio.core.texts import QT_TRANSLATE_NOOP


class Chapter(StrEnum):
    """What lessons are about, in reading order."""

    CONVOLUTION = "convolution"
    BLOCKS = "blocks"
    TRAINING = "training"
    TRANSFER = "transfer"
    HISTORY = "history"


CHAPTER_TITLES = {
    Chapter.CONVOLUTION: QT_TRANSLATE_NOOP("core", "Convolution"),
    Chapter.BLOCKS: QT_TRANSLATE_NOOP("core", "Building blocks"),
    Chapter.TRAINING: QT_TRANSLATE_NOOP("core", "Inputs and training"),
    Chapter.TRANSFER: QT_TRANSLATE_NOOP("core", "Transfer learning"),
    Chapter.HISTORY: QT_TRANSLATE_NOOP("core", "History"),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: a row of `LESSONS`. All texts are marked for translation.

    Attributes:
        id: stable; links and class packs name it, and its modules are called so.
        title: short, for the contents.
        idea: what it shows, in one or two sentences.
        drag: what to drag or choose with the hand, in one sentence.
        slide: "Your slide may have X, because …" in one sentence; empty where courses agree.
        terms: ids of what the glossary says of it.
        target: what *Try it in the studio* sets up; None for a lesson that has nothing to try.
        target_title: what that button does, as a verb; empty for *Try it in the studio*.
    """

    id: str
    chapter: Chapter
    title: str
    idea: str
    drag: str
    slide: str = ""
    terms: tuple[str, ...] = ()
    target: Target | None = None
    target_title: str = ""

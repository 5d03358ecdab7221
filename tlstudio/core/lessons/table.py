"""All lessons, in reading order."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson
from tlstudio.core.lessons.rows import (
    blocks,
    convolution,
    degradation,
    history,
    training,
    transfer,
)

LESSONS: tuple[Lesson, ...] = (
    *convolution.ROWS,
    *blocks.ROWS,
    *degradation.ROWS,
    *training.ROWS,
    *transfer.ROWS,
    *history.ROWS,
)
_BY_ID = {lesson.id: lesson for lesson in LESSONS}


def find_lesson(name: str) -> Lesson | None:
    """The lesson with this id; None where there is none."""
    return _BY_ID.get(name)

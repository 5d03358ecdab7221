"""Lessons on the history of the ImageNet challenge."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson

ROWS: tuple[Lesson, ...] = ()

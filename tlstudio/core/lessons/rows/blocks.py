"""Lessons on the blocks that networks are built of."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson

ROWS: tuple[Lesson, ...] = ()

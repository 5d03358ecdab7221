"""Lessons on what goes in, and on what happens while a network trains."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson

ROWS: tuple[Lesson, ...] = ()

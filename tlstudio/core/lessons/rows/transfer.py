"""Lessons on the forms of transfer learning and its four cases."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson

ROWS: tuple[Lesson, ...] = ()

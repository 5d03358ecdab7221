"""The lesson on depth: plain networks get worse, residual ones do not."""

from __future__ import annotations

from tlstudio.core.lessons.lesson import Lesson

ROWS: tuple[Lesson, ...] = ()

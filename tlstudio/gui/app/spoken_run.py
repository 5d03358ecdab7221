"""What a screen reader says of a run by itself: that it began, each quarter of it, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from tlstudio.core.runs.events import RunEnded
from tlstudio.gui.kit import accessible
from tlstudio.gui.state.run import RunStatus
from tlstudio.gui.state.session import Session

if TYPE_CHECKING:
    from tlstudio.gui.state.run_texts import RunTexts

PARTS = 4  # of a run, each of which is worth a word; more would talk over everything else


class SpokenRun(QObject):
    """Announces the run of a session in the name of a window."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._run = session.run
        self._texts: RunTexts | None = None
        self._part = 0
        session.run.status_changed.connect(self._on_status_changed)
        session.run.progressed.connect(self._on_progressed)
        session.run.ended.connect(self._on_ended)

    def _on_status_changed(self, status: RunStatus) -> None:
        if status in (RunStatus.PREPARING, RunStatus.PAUSED, RunStatus.STOPPING):
            self._part = 0 if status is RunStatus.PREPARING else self._part
            self._say(self._title())

    def _on_progressed(self) -> None:
        progress = self._run.record.progress
        part = int(PARTS * progress.progress) if progress is not None else 0
        if self._part < part < PARTS:
            self._part = part
            self._say(self._title())

    def _on_ended(self, end: RunEnded) -> None:
        if QAccessible.isActive():
            self._say(". ".join((self._title(), " ".join(self._words().summary(self._run)))))

    def _title(self) -> str:
        return self._words().phase_title(self._run) if QAccessible.isActive() else ""

    def _say(self, text: str) -> None:
        accessible.announce(self._window, text)

    def _words(self) -> RunTexts:
        if self._texts is None:
            from tlstudio.gui.state.run_texts import RunTexts  # not needed before the first paint

            self._texts = RunTexts(self)
        return self._texts

"""The application object, which on macOS is told what to open by events instead of arguments."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """One process of the studio.

    Signals:
        open_wanted(Path): a folder or file was dropped on its icon, or opened with it in Finder.
    """

    open_wanted = Signal(Path)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.open_wanted.emit(Path(event.file()))
            return True
        return super().event(event)

"""Asks before the window closes while something would be lost or cut short."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from tlstudio.gui.app import dialogs
from tlstudio.gui.state.runs import run_title
from tlstudio.gui.state.session import Session


class Closing(QObject):
    """Asks about a run that goes on, and about runs that the disk did not take.

    All others are kept, so there is nothing to ask.

    Args:
        window: to be closed.
        save: asks where to save the weights in hand, and does what it is given once they are.
    """

    def __init__(
        self, session: Session, window: QWidget, save: Callable[[Callable[[], object]], None]
    ) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._save = save

    def asks(self) -> bool:
        """Ask if there is something to ask; returns whether the window must stay open meanwhile."""
        if self._session.run.active:
            dialogs.ask_stop(self._window, self._stop_and_close)
            return True
        unkept = self._session.runs.unkept
        if unkept:
            titles = [run_title(entry) for entry in unkept]
            dialogs.ask_discard(self._window, titles, self._save_and_close, self._close_for_good)
            return True
        return False

    def _save_and_close(self) -> None:
        """Save the first that is not kept, and close, which asks again if there are more.

        The window stays where the file dialog is cancelled or the file cannot be written.
        """
        runs = self._session.runs
        if not runs.unkept:
            self._window.close()
        elif runs.current is None or runs.current.id != runs.unkept[0].id:
            runs.open(runs.unkept[0].id, self._save_and_close)
        else:
            self._save(self._on_saved)

    def _on_saved(self) -> None:
        current = self._session.runs.current
        if current is not None:
            self._session.runs.let_go(current.id)
        self._window.close()

    def _stop_and_close(self) -> None:
        """Close as soon as the run has ended, which is within one batch."""
        run = self._session.run
        if run.active:
            run.ended.connect(self._window.close, Qt.ConnectionType.SingleShotConnection)
            run.stop()
        else:
            self._window.close()

    def _close_for_good(self) -> None:
        for entry in self._session.runs.unkept:  # a person said so
            self._session.runs.let_go(entry.id)
        self._window.close()

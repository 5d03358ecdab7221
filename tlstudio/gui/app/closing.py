"""Asks before the window closes, so that nothing that was trained is lost unasked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from tlstudio.gui.app import dialogs
from tlstudio.gui.state.session import Session


class Closing(QObject):
    """Asks about a run that goes on and about weights that were not saved.

    Args:
        window: to be closed.
        save: the command that asks where to save the weights.
    """

    def __init__(self, session: Session, window: QWidget, save: QAction) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._save = save

    def asks(self) -> bool:
        """Ask if there is something to ask; returns whether the window must stay open meanwhile."""
        if self._session.run.active:
            dialogs.ask_stop(self._window, self._stop_and_save, self._stop_and_close)
            return True
        if not self._session.classifier.is_saved:
            dialogs.ask_discard(self._window, self._save.trigger, self._close_for_good)
            return True
        return False

    def _stop_and_save(self) -> None:
        """Stop, and ask where to save what was learned; the window stays."""
        self._when_ended(self._save.trigger)

    def _stop_and_close(self) -> None:
        """Close as soon as the run has ended, which is within one batch."""
        self._when_ended(self._close_for_good)

    def _when_ended(self, act: Callable[[], object]) -> None:
        run = self._session.run
        if run.active:
            run.ended.connect(act, Qt.ConnectionType.SingleShotConnection)
            run.stop()
        else:
            act()

    def _close_for_good(self) -> None:
        self._session.classifier.is_saved = True  # a person said so
        self._window.close()

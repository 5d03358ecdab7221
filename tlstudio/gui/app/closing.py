"""Asks before the window closes, so that nothing that was trained is lost unasked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from tlstudio.gui.app import dialogs
from tlstudio.gui.state.models import model_title
from tlstudio.gui.state.session import Session


class Closing(QObject):
    """Asks about a run that goes on and about weights that were not saved.

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
            dialogs.ask_stop(self._window, self._stop_and_save, self._stop_and_close)
            return True
        models = self._session.models
        if models.unsaved or not self._session.classifier.is_saved:
            titles = [model_title(model) for model in models.unsaved]
            dialogs.ask_discard(self._window, titles, self._save_and_close, self._close_for_good)
            return True
        return False

    def _save_and_close(self) -> None:
        """Save the first that is not, and close, which asks again if there are more.

        The window stays where the file dialog is cancelled or the file cannot be written.
        """
        models = self._session.models
        if models.unsaved and models.current is not models.unsaved[0]:
            models.go_back(models.unsaved[0], self._save_and_close)
        elif models.unsaved or not self._session.classifier.is_saved:
            self._save(self._window.close)
        else:
            self._window.close()

    def _stop_and_save(self) -> None:
        self._when_ended(self._save_and_close)

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
        self._session.models.set_saved()  # a person said so
        self._window.close()

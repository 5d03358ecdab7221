"""Garbage collection on the GUI thread only, and never while Qt walks through its widgets."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000
FULL_EVERY = 20  # collections; those between leave alone what has survived two


class GarbageCollector(QObject):
    """Looks for garbage from the event loop, in place of Python, which does so anywhere.

    Python collects on whatever thread has just made many objects, in the middle of whatever that
    was. Widgets that only refer to each other are garbage too: a worker's thread would destroy
    them beside the GUI thread, and a `changeEvent` would while Qt dresses all widgets, itself among
    them (``QApplication.setPalette`` then goes on to a widget that is gone). Both end the program.

    From the first one on, automatic collection is off for good.

    Args:
        is_starting: asked each time; what libraries make while they are imported stays, and a
            look through it would hold the window for a sixteenth of a second.
    """

    def __init__(
        self, parent: QObject | None = None, is_starting: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(parent)
        gc.disable()
        self._is_starting = is_starting
        self._until_full = FULL_EVERY
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    def collect_due(self) -> None:
        """Collect if as many objects were made as Python would have waited for."""
        made, _, _ = gc.get_count()
        if self._until_full and made < gc.get_threshold()[0]:
            return
        if self._until_full and self._is_starting():
            gc.freeze()
            gc.unfreeze()  # all that is there counts as old now: only a full collection looks at it
            return
        gc.collect(1 if self._until_full else 2)
        self._until_full = self._until_full - 1 if self._until_full else FULL_EVERY

    def make_next_full(self) -> None:
        """Something large has ended: next time, look through everything in any case."""
        self._until_full = 0

"""The images that are being sorted into folders, and the last ones that were."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tlstudio.core.errors import TLStudioError
from tlstudio.core.use.sorting import Sorted, SortFolders, SortProgressed, SortUndone
from tlstudio.gui.features.use import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.work import WorkState


class SortState(WorkState):
    """Goes on while the dialog is closed.

    Attributes:
        sorted: the last sorting; None before there is one, and once it is undone.
        undone: what undoing has removed.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.sorted: Sorted | None = None
        self.undone: SortUndone | None = None
        self.is_undoing = False

    @property
    def active(self) -> bool:
        return self._worker.active or self.is_undoing

    def sort(self, target: Path, folders: SortFolders) -> None:
        """Begin to copy the images that are answered; one sorting at a time."""
        answers = tuple(self._session.classifier.answers)
        if self.active or not answers:
            return
        self.sorted = self.undone = None
        self._begin(partial(jobs.sort_into, answers, folders, target))

    def undo(self, place: Path) -> None:
        """Remove what a sorting has copied: that of a log, or the newest one in a folder."""
        if self.active:
            return
        self.is_undoing, self.error, self.undone = True, None, None
        task = self._session.disk_pool.submit(
            jobs.undo_sort, place, done=self._on_undone, failed=self._on_undo_failed
        )
        task.must_end = True
        self.changed.emit()

    def cancel(self) -> None:
        """What is copied stays, and can be undone."""
        super().cancel()

    def take(self, event: SortProgressed | Sorted) -> None:
        if isinstance(event, Sorted):
            self.sorted = event
        else:
            self.progress = event

    def _on_undone(self, undone: SortUndone) -> None:
        self.is_undoing, self.sorted, self.undone = False, None, undone
        self.changed.emit()

    def _on_undo_failed(self, error: TLStudioError) -> None:
        self.is_undoing, self.error = False, error
        self.changed.emit()

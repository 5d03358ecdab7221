"""The clean copy that is being written, and the last one that was."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.health import HealthProgressed
from tlstudio.gui.features.health import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.work import WorkState

if TYPE_CHECKING:
    from tlstudio.gui.features.health.jobs import CleanCopy


class CopyState(WorkState):
    """Goes on while the dialog is closed; stopped or failed, nothing stays behind.

    Attributes:
        written: the last one; None before there is one, and while another is written.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.written: CleanCopy | None = None

    def write(self, folder: Path, *, by_split: bool, links: bool) -> None:
        """Begin to write what is used of the open dataset; one at a time."""
        index = self._session.datasets.index
        if index is None or self.active:
            return
        self.written = None
        self._begin(partial(jobs.write_clean_copy, index, folder, by_split, links))

    def take(self, event: HealthProgressed | CleanCopy) -> None:
        if isinstance(event, HealthProgressed):
            self.progress = event
        else:
            self.written = event

"""The cross-validation that is going on, or the last one of the open dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.folds import (
    USUAL_FOLDS,
    FoldEnded,
    FoldSaid,
    FoldsEnded,
    FoldsEvent,
    FoldsRecord,
    FoldsStarted,
    FoldStarted,
)
from tlstudio.core.needs import TRAINING
from tlstudio.core.runs.events import BatchEnded, FeaturesProgressed, StopToken
from tlstudio.gui.features.folds import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState


class FoldsState(StudyState):
    """What the folds have told.

    Attributes:
        folds: how many the next one has.
        record: results so far; None without one for the open dataset.
        running: the fold that validates now; 0 for none.
        progress: share that is done, 0..1.

    Signals:
        progressed(): at most ten times a second.
    """

    progressed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.folds = USUAL_FOLDS
        self.record: FoldsRecord | None = None
        self.running, self.progress = 0, 0.0
        self._index: DatasetIndex | None = None
        session.network.settings_changed.connect(self._on_settings_changed)
        session.datasets.changed.connect(self._on_dataset_changed)

    @property
    def can_start(self) -> bool:
        return self._session.missing(TRAINING) is None

    def start(self) -> None:
        """Train once for each fold, with the present settings and images."""
        index = self._session.datasets.index
        if index is None or not self.can_start or self.active:
            return
        config, folds = self._session.network.config, self.folds
        self._index, self.error = index, None
        self.record, self.progress = None, 0.0

        def work(stop: StopToken) -> Iterator[FoldsEvent]:
            return jobs.cross_validate(config, index, folds, stop)

        self._start(work)

    def _on_event(self, event: FoldsEvent) -> None:
        match event:
            case FoldsStarted() | FoldEnded() | FoldsEnded():
                self.record, self.running = event.record, 0
            case FoldStarted():
                self.running = event.fold
            case FoldSaid():
                if isinstance(event.event, BatchEnded | FeaturesProgressed) and self.record:
                    self.progress = (event.fold - 1 + event.event.progress) / self.record.folds
                    self.progressed.emit()
                return
            case _:
                assert_never(event)
        self.changed.emit()

    def _on_ended(self) -> None:
        self.running = 0
        self._session.runs.refresh()  # its runs are kept
        if self.error is not None:
            self._session.notifications.error(self.error)

    def _on_settings_changed(self, _settings: object) -> None:
        self.changed.emit()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Results of other images, or of another split, say nothing about these."""
        if not self.active and self._index is not None and not self._index.is_same_as(index):
            self._index, self.record = None, None
        self.changed.emit()

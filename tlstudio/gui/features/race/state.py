"""The race of the open dataset: the one that is going on, or the last one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, assert_never

from PySide6.QtCore import Signal

from tlstudio.core.race.race import (
    RaceEnded,
    RaceEvent,
    RaceRunEnded,
    RaceRunSaid,
    RaceRunStarted,
    RaceStarted,
)
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    RunEvent,
    StopToken,
)
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.features.race import jobs
from tlstudio.gui.features.race.choice import RaceChoice, RaceField
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.race.race import RaceConfig, RaceRecord
    from tlstudio.core.race.verdict import RaceVerdict


class RaceState(StudyState):
    """The race that is running, or the last one; its record comes back with the dataset.

    Attributes:
        choice: what the next race would be.
        record: results so far; None where the dataset never had a race.
        verdict: what they say.
        is_stale: whether the dataset's images or their split are others than those of the race.
        is_cancelled: whether a person asked to end the race that is going on.
        is_stopped: whether a person ended the last race of this session before its time.
        running: place of the entry and seed of the run that is going on; None between runs.
        number: which of the runs that is, counts from 1.
        live: what that run has told.
        progress: share of the race that is done, 0..1; every run counts the same.

    Signals:
        advanced(): an epoch ended, or a run began.
        choice_requested(): the next race shall be chosen, and the choice is another.
        progressed(): at most ten times a second.
    """

    advanced = Signal()
    choice_requested = Signal()
    progressed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._pool = session.disk_pool
        self._datasets = session.datasets
        self._notifications = session.notifications
        self._runs = session.runs
        self._index: DatasetIndex | None = None  # of the race in this session
        self.choice = RaceChoice(session.network)
        self.record: RaceRecord | None = None
        self.verdict: RaceVerdict | None = None
        self.running: tuple[int, int] | None = None
        self._show(None)
        session.datasets.changed.connect(self._on_dataset_changed)
        self._on_dataset_changed(session.datasets.index)

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The kept runs of the race: all with the first seed, then all with the second."""
        results = self.record.results if self.record is not None else ()
        return tuple(r.run.run_id for r in results if r.run.run_id and r.history.epochs)

    @property
    def can_go_on(self) -> bool:
        """Whether the race ended before its time, on the images that are open now."""
        record, index = self.record, self._datasets.index
        if record is None or index is None or self.active or self.is_stale:
            return False
        return bool(record.results) and not record.is_complete

    def choose_recipe(self) -> None:
        """Let the published experiment be the next race."""
        self.choice.field = RaceField.RECIPE
        self.choice_requested.emit()

    def go_on(self) -> None:
        """Run what is left of a race that was stopped, or that the program did not live to end."""
        if self.record is not None and self._datasets.index is not None and self.can_go_on:
            self.start(self.record.config, self._datasets.index, self.record)

    def start(
        self, config: RaceConfig, index: DatasetIndex, before: RaceRecord | None = None
    ) -> None:
        """Begin a race; its caller sees to it that nothing else is going on.

        Args:
            before: the same race as far as it came: what came to its end is not run again.
        """
        if self.active:
            return
        from tlstudio.core.race.race import RaceRecord  # with it comes pydantic

        self._forget_look_up()
        self._show(before or RaceRecord(config, images=0, dataset=""))
        self._index = index
        self._start(partial(_race, config, index, before))

    def cancel(self) -> None:
        """End after the present batch; runs that are over stay."""
        super().cancel()
        self.is_cancelled = self.active
        self.changed.emit()

    def _show(
        self,
        record: RaceRecord | None,
        verdict: RaceVerdict | None = None,
        *,
        is_stale: bool = False,
    ) -> None:
        self.record, self.verdict, self.is_stale = record, verdict, is_stale
        self.is_stopped = self.is_cancelled = False
        self.running, self.number, self.live = None, 0, RunRecord()
        self.progress = 0.0

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        if self.active:  # it goes on with the dataset that it began with
            return
        self._forget_look_up()
        self._show(None)
        if index is not None:
            self._look_up(self._pool, jobs.last, index, done=self._on_found)
        self.changed.emit()

    def _on_found(self, found: tuple[RaceRecord, RaceVerdict, bool] | None) -> None:
        if found is not None and not self.active:
            record, verdict, is_stale = found
            self._show(record, verdict, is_stale=is_stale)
            self.changed.emit()

    def _on_event(self, said: tuple[RaceEvent, RaceVerdict | None]) -> None:
        event, verdict = said
        match event:
            case RaceStarted() | RaceRunEnded():
                self.record, self.verdict = event.record, verdict
                self.running, self.live = None, RunRecord()
                self.changed.emit()
            case RaceEnded():
                self.record, self.verdict = event.record, verdict
                self.is_stopped = event.is_stopped
            case RaceRunStarted():
                self.running, self.number = (event.entry, event.seed), event.number
                self.live = RunRecord()
                self._set_progress(0.0)
                self.advanced.emit()
            case RaceRunSaid():
                self._on_run_said(event.event)
            case _:
                assert_never(event)

    def _on_run_said(self, event: RunEvent) -> None:
        self.live = self.live.with_event(event)
        if isinstance(event, EpochEnded):
            self.advanced.emit()
        elif isinstance(event, BatchEnded | FeaturesProgressed):
            self._set_progress(event.progress)
            self.progressed.emit()

    def _set_progress(self, of_run: float) -> None:
        runs = len(self.record.config.runs) if self.record else 1
        self.progress = (self.number - 1 + of_run) / runs

    def _on_ended(self) -> None:
        self.running, self.live = None, RunRecord()
        self._runs.refresh()  # its runs are kept, and those that were stopped too
        if self.error is not None:
            self._notifications.error(self.error)
        index = self._datasets.index
        results = self.record.results if self.record is not None else ()
        has_results = any(result.history.epochs or result.error for result in results)
        if not has_results or index is None or not index.is_same_as(self._index):
            # nothing came of it, or another dataset was opened meanwhile
            self._on_dataset_changed(index)


def _race(
    config: RaceConfig, index: DatasetIndex, before: RaceRecord | None, stop: StopToken
) -> Iterator[Any]:
    return jobs.race(config, index, stop, before)

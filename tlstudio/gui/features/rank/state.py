"""The leaderboard: which networks can be ranked for the open dataset, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.needs import RANKING
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.features.rank import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.rank import (
        Candidate,
        LeaderboardRecord,
        RankEvent,
        RankFailure,
        RankProgressed,
    )


class RowStage(StrEnum):
    """The stages of a candidate's row."""

    UNKNOWN = "unknown"  # not ranked yet
    WAITING = "waiting"  # its turn comes
    WORKING = "working"
    FAILED = "failed"
    RANKED = "ranked"


class RankingState(StudyState):
    """Ranks the networks whose weights are on this machine, one after another, on request.

    Attributes:
        record: the rows for the open dataset; None while there are none.
        is_stale: the images, or how they are put in, changed since `record` was made.
        with_random: whether networks with random values are ranked, too.
        queue: what is ranked in the present study, in this order.
        progress: of the candidate that is at work.
        failures: candidates that could not be ranked, with the reason.
        is_complete: the last study ranked all that it was asked for, or tried to.
        was_cancelled: a person ended the last study before all were ranked.

    Signals:
        changed(): any of these, or the candidates.
        progressed(): `progress` alone.
    """

    progressed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        network, datasets = session.network, session.datasets
        self._pool = session.engine_pool
        self._network = network
        self._datasets = datasets
        self.record: LeaderboardRecord | None = None
        self.is_stale = False
        self.with_random = False
        self.queue: tuple[Candidate, ...] = ()
        self.progress: RankProgressed | None = None
        self.failures: dict[Candidate, RankFailure] = {}
        self.is_complete = self.was_cancelled = False
        self._done: set[Candidate] = set()  # of the queue
        self._index: DatasetIndex | None = None  # that was looked up or ranked last
        self._inputs: tuple[object, ...] = ()  # of the settings, then
        self._is_looked_up = False  # what the disk knows of the open dataset
        self._root = datasets.index.root if datasets.index is not None else None
        self._is_wanted = False
        network.models_changed.connect(self.changed)
        network.engine_ready.connect(self._load)
        network.settings_changed.connect(self._on_settings_changed)
        datasets.changed.connect(self._on_dataset_changed)

    # -- what there is ---------------------------------------------------------------------------

    @property
    def ready_candidates(self) -> tuple[Candidate, ...]:
        """The sets of weights on this machine, in the order of the catalog."""
        from tlstudio.core.rank import Candidate

        return tuple(
            Candidate(spec.name, weights.name)
            for spec in self._network.models
            for weights in spec.weights
            if weights.ready
        )

    @property
    def random_candidates(self) -> tuple[Candidate, ...]:
        """The networks of `ready_candidates` with random values."""
        from tlstudio.core.rank import Candidate

        models = dict.fromkeys(candidate.model for candidate in self.ready_candidates)
        return tuple(Candidate(model, initialisation="random") for model in models)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The candidates that a ranking would include."""
        return self.ready_candidates + (self.random_candidates if self.with_random else ())

    @property
    def shown(self) -> tuple[Candidate, ...]:
        """The candidates, those that are being ranked, and those that were before."""
        known = [row.candidate for row in self.record.rows] if self.record else []
        keys = dict.fromkeys((*self.candidates, *self.queue, *known, *self.failures))
        return tuple(key for key in keys if self.with_random or not key.is_random)

    def stage_of(self, candidate: Candidate) -> RowStage:
        """Return the stage of one of `shown`."""
        if self.active and candidate in self.queue and candidate not in self._done:
            is_now = self.progress is not None and self.progress.candidate == candidate
            return RowStage.WORKING if is_now else RowStage.WAITING
        if candidate in self.failures:
            return RowStage.FAILED
        is_there = self.record is not None and self.record.row_of(candidate) is not None
        return RowStage.RANKED if is_there else RowStage.UNKNOWN

    @property
    def missing(self) -> tuple[Candidate, ...]:
        """The candidates without a row that holds."""
        if self.record is None or self.is_stale:
            return self.candidates
        return tuple(key for key in self.candidates if self.record.row_of(key) is None)

    @property
    def can_rank(self) -> bool:
        """Whether there is all that ranking needs, and something to rank."""
        return self._session.missing(RANKING) is None and bool(self.missing)

    # -- what a person does ----------------------------------------------------------------------

    def load(self) -> None:
        """Load earlier rankings, from now on; before a view asks, nobody needs them."""
        self._is_wanted = True
        self._load()

    def set_with_random(self, wanted: bool) -> None:
        """Rank networks with random values, too: what pretraining is worth."""
        if wanted != self.with_random:
            self.with_random = wanted
            self.changed.emit()

    def rank(self) -> None:
        """Rank all candidates; rows that are known and still hold come back at once."""
        index = self._datasets.index
        if index is None or not self.can_rank:
            return
        self._forget_look_up()
        candidates, config = self.candidates, self._network.config
        self.queue, self._done = candidates, set()
        self.progress, self.failures, self.skipped = None, {}, ()
        self.is_complete = self.was_cancelled = False
        self.error = None
        self._index, self._inputs, self._is_wanted = index, _inputs(config), True
        self._is_looked_up = True

        def work(stop: StopToken) -> Iterator[RankEvent]:
            yield from jobs.rank(candidates, config, index, stop)

        self._start(work)

    def cancel(self) -> None:
        """End soon; the rows that are there stay."""
        if self.active:
            self.was_cancelled = True
            super().cancel()
            self.changed.emit()

    def use(self, candidate: Candidate) -> None:
        """Make a pretrained candidate the network of the next run."""
        from tlstudio.core.config import RunConfig

        config = self._network.config
        starts_random = STRATEGIES[config.strategy].initialisation == "random"
        self._network.change(
            model=candidate.model,
            weights=candidate.weights,
            initialisation=candidate.initialisation,
            strategy=RunConfig().strategy if starts_random else config.strategy,
        )

    # -- following -------------------------------------------------------------------------------

    def _on_event(self, event: RankEvent) -> None:
        from tlstudio.core import rank as leaderboard

        if isinstance(event, leaderboard.RankProgressed):
            is_same = self.progress is not None and self.progress.candidate == event.candidate
            self.progress = event
            (self.progressed if is_same else self.changed).emit()
            return
        if self._index is None or not self._index.is_same_as(self._datasets.index):
            return  # rows of images that are no longer open
        match event:
            case leaderboard.RankStarted():
                self.record, self.is_stale = event.record, False
            case leaderboard.RowRanked():
                assert self.record is not None  # it begins with `RankStarted`
                self.record = self.record.with_row(event.row)
                self._done.add(event.row.candidate)
            case leaderboard.RowFailed():
                self.failures = {**self.failures, event.failure.candidate: event.failure}
                self._done.add(event.failure.candidate)
            case SampleSkipped():
                self.skipped = tuple(dict.fromkeys((*self.skipped, event.path)))
            case leaderboard.RankEnded():
                self.record, self.is_complete = event.record, event.is_complete
            case _:
                assert_never(event)
        self.changed.emit()

    def _on_ended(self) -> None:
        self.queue, self.progress = (), None
        self._load()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        root = index.root if index is not None else None
        self._forget_look_up()
        if root != self._root:
            self.record, self.is_stale = None, False
        self._root = root
        if self._index is None or not self._index.is_same_as(index):
            super().cancel()
            self.failures, self.skipped, self.error, self.was_cancelled = {}, (), None, False
        self._is_looked_up = False  # what is in the images may be something else all the same
        self.changed.emit()
        self._load()

    def _on_settings_changed(self, _settings: object) -> None:
        self._load()

    def _load(self) -> None:
        """Look up what was ranked before for exactly these images and inputs."""
        index, config = self._datasets.index, self._network.config
        if not (self._is_wanted and self._network.is_ready and index) or self.active:
            return
        if self._is_looked_up and self._inputs == _inputs(config):
            return
        self._index, self._inputs, self._is_looked_up = index, _inputs(config), True
        self._look_up(self._pool, jobs.known_leaderboard, config, index, done=self._on_known)

    def _on_known(self, record: LeaderboardRecord | None) -> None:
        if record is not None:
            self.record, self.is_stale = record, False
            self.with_random |= any(row.candidate.is_random for row in record.rows)
        else:
            self.is_stale = self.record is not None
        self.changed.emit()


def _inputs(config: RunConfig) -> tuple[object, ...]:
    """The settings that decide what a candidate is worth."""
    return *config.input_settings[1:], config.precision, config.device

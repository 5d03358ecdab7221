"""The learning-rate finder: what it was asked, how far it is, and which rate is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import Signal

from tlstudio.core import rate_finder as rate_range
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.needs import RATE_FINDER
from tlstudio.core.rate_finder import (
    FeaturesCounted,
    RangeEnd,
    RangeEnded,
    RangeEvent,
    RangeStarted,
    RatePoint,
    RateRange,
)
from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.gui.features.rate_finder import jobs
from tlstudio.gui.state.session import Session
from tlstudio.gui.state.study import StudyState

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A range test that ended, with the settings and images it was made with."""

    result: RateRange
    config: RunConfig
    index: DatasetIndex


class RateState(StudyState):
    """The range test that is running, and the last one that ended.

    Attributes:
        found: the last test that ended; None without one for the open dataset.
        chosen: the learning rate that a person would take: the suggestion, or another one.
        started: what the present test is; None until its network is built.
        features: what its first steps wait for; None where they do not.
        points: of the present test.

    Signals:
        progressed(): more points, or features.
        chosen_changed(): another rate was chosen.
    """

    progressed = Signal()
    chosen_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        network, datasets = session.network, session.datasets
        self._network = network
        self._datasets = datasets
        self.found: FoundRate | None = None
        self.chosen: float | None = None
        self.started: RangeStarted | None = None
        self.features: FeaturesCounted | None = None
        self.points: list[RatePoint] = []
        self._config: RunConfig | None = None
        self._index: DatasetIndex | None = None
        self._clock = RunClock()
        network.settings_changed.connect(self._on_settings_changed)
        network.models_changed.connect(self.changed)
        network.field_problems_changed.connect(self.changed)
        datasets.changed.connect(self._on_dataset_changed)
        datasets.loading_changed.connect(self._on_loading_changed)

    @property
    def can_find(self) -> bool:
        """Whether there is all that a test needs."""
        return self._session.missing(RATE_FINDER) is None

    @property
    def changed_since(self) -> tuple[str, ...]:
        """Titles of the settings that are no longer those of `found`, marked in context core."""
        if self.found is None:
            return ()
        return rate_range.changed_settings(self.found.config, self._network.config)

    @property
    def has_other_images(self) -> bool:
        """Whether the folder was read again since `found`, with another outcome."""
        index = self._datasets.index
        return (
            self.found is not None and index is not None and not index.is_same_as(self.found.index)
        )

    @property
    def remaining_s(self) -> float | None:
        """Seconds to the highest rate, from the steps so far; None until it can be told."""
        if self.started is None or len(self.points) < 2:
            return None
        left = self.started.steps - len(self.points)
        return left * self._clock.elapsed_s / (len(self.points) - 1)

    def find(self) -> None:
        """Begin a test with the present settings and images."""
        index = self._datasets.index
        if index is None or not self.can_find:
            return
        settings = self._network.settings
        self._forget_look_up()
        self._config, self._index = settings.config, index
        self.started, self.features, self.error = None, None, None
        self.points, self.skipped = [], ()

        def work(stop: StopToken) -> Iterator[RangeEvent | SampleSkipped]:
            return jobs.find_rate(settings, index, stop)

        self._start(work)

    def choose(self, rate: float) -> None:
        """Take another rate than the suggestion into consideration."""
        if rate != self.chosen:
            self.chosen = rate
            self.chosen_changed.emit()

    def use(self) -> None:
        """Let the next run train with the chosen rate."""
        if self.chosen is not None:
            self._network.change(learning_rate=self.chosen)

    def _on_event(self, event: RangeEvent | SampleSkipped) -> None:
        match event:
            case RatePoint():
                if not self.points:
                    self._clock = RunClock()
                self.points.append(event)
                self.progressed.emit()
                return
            case FeaturesCounted():
                self.features = event
                self.progressed.emit()
                return
            case RangeStarted():
                self.started = event
            case SampleSkipped():
                self.skipped = (*self.skipped, event.path)
            case RangeEnded():
                has_better = event.result.end is RangeEnd.STOPPED and self.found is not None
                if has_better:
                    return
                if self._datasets.index is not None and self._config and self._index:
                    self.found = FoundRate(event.result, self._config, self._index)
                    self.choose_suggestion()
            case _:
                assert_never(event)
        self.changed.emit()

    def choose_suggestion(self) -> None:
        """Go back to what the last test suggests."""
        self.chosen = self.found.result.suggestion if self.found is not None else None
        self.chosen_changed.emit()

    def _on_ended(self) -> None:
        self.started, self.features, self.points = None, None, []

    def _on_settings_changed(self, _settings: object) -> None:
        self.changed.emit()

    def _on_loading_changed(self, _loading: object) -> None:
        self.changed.emit()

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        """Forget the result where another dataset was opened."""
        if self._index is None or not self._index.is_same_as(index):
            self.cancel()
            self._index, self.error = None, None
        known = self.found.index.root if self.found is not None else None
        if known is not None and (index is None or index.root != known):
            self.found = None
            self.choose_suggestion()
        if index is not None and self.found is None and not self.active:
            self._look_up(self._session.disk_pool, jobs.last_rate, index, done=self._on_found)
        self.changed.emit()

    def _on_found(self, known: tuple[RunConfig, RateRange] | None) -> None:
        """Show the last test of the dataset, of another session."""
        index = self._datasets.index
        if known is not None and index is not None and self.found is None and not self.active:
            self.found = FoundRate(known[1], known[0], index)
            self.choose_suggestion()
            self.changed.emit()

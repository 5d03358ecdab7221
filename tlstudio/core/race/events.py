"""What a race says while it goes. Events are frozen and picklable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tlstudio.core.runs.events import RunEvent

if TYPE_CHECKING:
    from tlstudio.core.race.race import RaceRecord, RunResult


@dataclass(frozen=True, slots=True)
class RaceStarted:
    """The first event: who races, with nothing run yet."""

    record: RaceRecord


@dataclass(frozen=True, slots=True)
class RaceRunStarted:
    """A run is about to be built.

    Attributes:
        entry: place of the entry, counts from 0.
        seed: of this run.
        number: which of the runs, counts from 1.
        runs: how many there are.
    """

    entry: int
    seed: int
    number: int
    runs: int


@dataclass(frozen=True, slots=True)
class RaceRunSaid:
    """What the run that is going on says; predictions of its images are not passed on."""

    entry: int
    seed: int
    event: RunEvent


@dataclass(frozen=True, slots=True)
class RaceRunEnded:
    """A run is over; `record` holds its result as its last."""

    record: RaceRecord

    @property
    def result(self) -> RunResult:
        return self.record.results[-1]


@dataclass(frozen=True, slots=True)
class RaceEnded:
    """The last event. `is_stopped`: a person ended it before its time."""

    record: RaceRecord
    is_stopped: bool = False


RaceEvent = RaceStarted | RaceRunStarted | RaceRunSaid | RaceRunEnded | RaceEnded

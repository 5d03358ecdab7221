"""Races without an engine: runs that answer as they are told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.helpers import epoch_record, run_record
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.race.race import (
    EpochAnswers,
    RaceConfig,
    RaceEnded,
    RaceEvent,
    RaceRecord,
    RaceRunEnded,
    RaceRunSaid,
    RaceRunStarted,
    RaceStarted,
    RunResult,
    save_race,
)
from tlstudio.core.race.verdict import RaceVerdict, race_verdict
from tlstudio.core.runs.events import BatchEnded, EpochEnded, EpochPart, RunEndReason, StopToken
from tlstudio.core.runs.history import EpochRecord, History
from tlstudio.gui.features.race import jobs


def epoch(number: int, accuracy: float) -> EpochRecord:
    return epoch_record(number, 0.5, 0.9, 0.5, accuracy, 0.001, 2.0, 100.0)


class Racer:
    """Takes the place of the engine's races.

    Attributes:
        asked: every race that began.
        right: share of images that an entry tells rightly, by its place.
        goes_on: cleared, the race waits in the middle of its second run.
        failing: place of an entry that fails.
        keeps: whether runs have the ids of kept ones, ``run-<place>``.
        refusal: why no race can start.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[RaceConfig] = []
        self.right = [0.5, 1.0, 0.55, 0.2]
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.failing = -1
        self.keeps = False
        self.refusal: TLStudioError | None = None
        monkeypatch.setattr(jobs, "race", self._race)

    def _race(
        self,
        config: RaceConfig,
        index: DatasetIndex,
        stop: StopToken,
        before: RaceRecord | None = None,
    ) -> Iterator[tuple[RaceEvent, RaceVerdict | None]]:
        for event in self._events(config, index, stop, before):
            record = getattr(event, "record", None)
            yield event, race_verdict(record) if record is not None else None

    def _events(
        self,
        config: RaceConfig,
        index: DatasetIndex,
        stop: StopToken,
        before: RaceRecord | None,
    ) -> Iterator[RaceEvent]:
        self.asked.append(config)
        if self.refusal is not None:
            raise self.refusal
        images = len(index.by_split[Split.VAL])
        record = RaceRecord(config, images, index.fingerprint, "cpu", "2026-11-22")
        if before is not None:
            record = before.begun_again()
        done = {(result.entry, result.seed) for result in record.results}
        yield RaceStarted(record)
        for number, (place, seed) in enumerate(config.runs, 1):
            if stop.stopped:
                break
            if (place, seed) in done:
                continue
            yield RaceRunStarted(place, seed, number, len(config.runs))
            history = History()
            for n in (1, 2):
                history = history.with_epoch(epoch(n, self.right[place] - 0.05 * (2 - n)))
                batch = BatchEnded(n, EpochPart.VAL, 1, 1, 0.5, 100.0, n / 2, None)
                yield RaceRunSaid(place, seed, batch)
                yield RaceRunSaid(place, seed, EpochEnded(history.epochs[-1], True))
                if number == 2:
                    self.goes_on.wait(60)
            record = record.with_result(self._result(place, seed, images, history, stop))
            save_race(record, index.root)
            yield RaceRunEnded(record)
        yield RaceEnded(record, stop.stopped)

    def _result(
        self, place: int, seed: int, images: int, history: History, stop: StopToken
    ) -> RunResult:
        if place == self.failing:
            error = TrainingError("It broke off.")
            return RunResult(place, seed, run_record(RunEndReason.FAILED, error=error))
        right = round(images * self.right[place])
        answers = EpochAnswers(2, "1" * right + "0" * (images - right))
        reason = RunEndReason.STOPPED if stop.stopped else RunEndReason.FINISHED
        seconds = (40.0, 100.0, 50.0, 60.0)[place]
        run = run_record(reason, history, elapsed_s=seconds)
        run = replace(run, run_id=f"run-{place}" if self.keeps else "")
        return RunResult(place, seed, run, answers, answers)

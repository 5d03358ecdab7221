"""A race: several settings trained one after another on the same split and with the same seeds."""

from __future__ import annotations

import gc
import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import DatasetError, StorageError, TLStudioError
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
    answers_of,
    save_race,
    val_digest,
)
from tlstudio.core.runs.events import (
    EpochEnded,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
    StopToken,
)
from tlstudio.core.runs.history import History
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.build import build_classifier, missing_weights
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.training.failures import explain
from tlstudio.engine.training.run_checks import check_run
from tlstudio.engine.training.trainer import train

_log = logging.getLogger(__name__)


def race(
    config: RaceConfig, index: DatasetIndex, stop: StopToken, *, keep: bool = True
) -> Iterator[RaceEvent]:
    """Train every entry with every seed; networks are let go as soon as they have answered.

    An entry that fails is told of and the race goes on. The first event is `RaceStarted`, the last
    one `RaceEnded`. What every finished run says of every validation image is in the record.

    Args:
        config: who races.
        index: the dataset; entries see the same images in the same order of the same seed.
        stop: read before every batch.
        keep: whether the record becomes the last race of the dataset, after each run.

    Raises:
        TLStudioError: it cannot start; holds every problem of every entry.
    """
    if problems := check_race(config, index):
        raise TLStudioError.of(problems)
    record = RaceRecord(
        config,
        images=len(index.by_split[Split.VAL]),
        val_digest=val_digest(index),
        made_on=date.today().isoformat(),
    )
    yield RaceStarted(record)
    runs = config.runs
    for number, (entry, seed) in enumerate(runs, 1):
        if stop.wait_while_paused():
            break
        yield RaceRunStarted(entry, seed, number, len(runs))
        tale = _Tale(index)
        yield from _run(config.config_of(entry, seed), index, stop, entry, tale)
        record = replace(record, device=tale.device or record.device)
        record = record.with_result(tale.result(entry, seed))
        if keep and any(result.history.epochs for result in record.results):
            _keep(record, index.root)
        yield RaceRunEnded(record)
    yield RaceEnded(record, stop.stopped)


def check_race(config: RaceConfig, index: DatasetIndex) -> list[TLStudioError]:
    """Every problem of every entry, each sentence once; empty if the race can start."""
    problems = config.problems
    if not index.by_split[Split.VAL]:
        problems.append(
            DatasetError(
                QT_TRANSLATE_NOOP(
                    "core", "A race is decided by validation images: there are none."
                ),
                QT_TRANSLATE_NOOP("core", "Set some images aside for validation."),
            )
        )
    for entry in config.entries:
        problems += check_run(entry.config, index)
        problems += _weights_problems(entry.config)
    return list({str(problem): problem for problem in reversed(problems)}.values())[::-1]


def _weights_problems(config: RunConfig) -> list[TLStudioError]:
    """Pretrained values that are not on this machine, found before anything trains."""
    try:
        spec = get_model(config.model)
        if config.initialisation == "random" or pretrained_path(config.model, config.weights):
            return []
        return [missing_weights(spec, spec.weights_named(config.weights))]
    except TLStudioError as error:
        return [error]


def _run(
    config: RunConfig, index: DatasetIndex, stop: StopToken, entry: int, tale: _Tale
) -> Generator[RaceRunSaid]:
    """One run, from its network to its last word; nothing of it stays in memory."""
    try:
        classifier = build_classifier(config, index.classes)
    except Exception as failure:
        error = explain(failure)
        end = RunEnded(RunEndReason.FAILED, 0, None, None, 0.0, error)
        tale.hear(end)
        yield RaceRunSaid(entry, config.seed, end)
        return
    for event in train(config, index, stop, classifier):
        tale.hear(event)
        if not isinstance(event, PredictionsReady):
            yield RaceRunSaid(entry, config.seed, event)
    del classifier
    gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()


@dataclass
class _Tale:
    """What is remembered of the events of one run."""

    index: DatasetIndex
    history: History = field(default_factory=History)
    final: EpochAnswers | None = None
    best: EpochAnswers | None = None
    device: str = ""
    trainable: int = 0
    total: int = 0
    views: dict[int, FeaturesProgressed] = field(default_factory=dict)  # last word of each epoch
    end: RunEnded | None = None

    def __post_init__(self) -> None:
        samples = self.index.by_split[Split.VAL]
        self._places = {sample.path: place for place, sample in enumerate(samples)}

    def hear(self, event: RunEvent) -> None:
        match event:
            case RunStarted():
                self.device, self.total = event.device, event.total_parameters
                self.trainable = event.trainable_parameters
            case PhaseStarted():
                self.trainable = max(self.trainable, event.trainable_parameters)
            case FeaturesProgressed():
                self.views[event.epoch] = event
            case EpochEnded():
                self.history = self.history.with_epoch(event.record)
            case PredictionsReady():
                self.final = answers_of(event.epoch, event.predictions, self._places)
                best = self.history.best
                if best is not None and best.epoch == event.epoch:
                    self.best = self.final
            case RunEnded():
                self.end = event

    def result(self, entry: int, seed: int) -> RunResult:
        assert self.end is not None, "a run ends with RunEnded"
        total = sum(event.total for event in self.views.values())
        kept = sum(event.from_cache for event in self.views.values())
        return RunResult(
            entry=entry,
            seed=seed,
            reason=self.end.reason,
            history=self.history,
            final=self.final,
            best=self.best,
            elapsed_s=self.end.elapsed_s,
            trainable_parameters=self.trainable,
            total_parameters=self.total,
            kept_share=kept / total if total else 0.0,
            error=self.end.error,
        )


def _keep(record: RaceRecord, root: Path) -> None:
    try:
        save_race(record, root)
    except StorageError as error:  # a full disk is no reason to lose a race
        _log.warning("%s", error)

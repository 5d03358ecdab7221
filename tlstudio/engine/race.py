"""A race: several settings trained one after another on the same split and with the same seeds."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import StorageError, TLStudioError
from tlstudio.core.needs import Need, why_missing
from tlstudio.core.race.race import (
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
    is_of,
    save_race,
)
from tlstudio.core.runs.events import PredictionsReady, StopToken
from tlstudio.core.runs.kept import RACE_NAME, RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.engine.device import resolve_device
from tlstudio.engine.models.build import build_classifier, missing_weights
from tlstudio.engine.models.catalog import get_model, pretrained_path
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.runs.study_run import run_of_study
from tlstudio.engine.training.run_checks import check_run

FORWARD_SHARE = 1 / 3  # of a step of training
LEAST_STEPS, TIMED_S = 3, 1.0

_log = logging.getLogger(__name__)


def race(
    config: RaceConfig,
    index: DatasetIndex,
    stop: StopToken,
    *,
    keep: bool = True,
    before: RaceRecord | None = None,
) -> Iterator[RaceEvent]:
    """Train every entry with every seed; networks are let go as soon as they have answered.

    An entry that fails is told of and the race goes on. The first event is `RaceStarted`, the last
    one `RaceEnded`. What every finished run says of every validation image is in the record.

    Args:
        config: who races.
        index: the dataset; entries see the same images in the same order of the same seed.
        stop: read before every batch.
        keep: whether the runs are kept, and the record becomes the last race of the dataset, after
            each run.
        before: this race as far as it came, however it was ended: its whole runs are taken over.

    Raises:
        TLStudioError: it cannot start; holds every problem of every entry.
    """
    if problems := check_race(config, index):
        raise TLStudioError.of(problems)
    whole, index = index, config.images_of(index)
    record = RaceRecord(
        config,
        images=len(index.by_split[Split.VAL]),
        dataset=whole.fingerprint,
        made_on=date.today().isoformat(),
    )
    if before is not None and before.config == config and is_of(before, whole):
        record = before.begun_again()
    done = {(result.entry, result.seed) for result in record.results}
    store = RunStore() if keep else None
    yield RaceStarted(record)
    runs = config.runs
    for number, (entry, seed) in enumerate(runs, 1):
        if (entry, seed) in done:
            continue
        if stop.wait_while_paused():
            break
        yield RaceRunStarted(entry, seed, number, len(runs))
        name = RACE_NAME.format(entry=config.entries[entry].name, seed=seed)
        run = yield from _run(config.config_of(entry, seed), index, stop, entry, name, store)
        if run.started is not None:
            record = replace(record, device=run.started.device)
        record = record.with_result(_result(entry, seed, run, index))
        if keep and any(result.history.epochs for result in record.results):
            _keep(record, index.root)
        yield RaceRunEnded(record)
    yield RaceEnded(record, stop.stopped)


def check_race(config: RaceConfig, index: DatasetIndex) -> list[TLStudioError]:
    """Return the problems of all entries, each sentence once; empty if the race can start."""
    problems = config.problems
    if not index.by_split[Split.VAL]:
        problems.append(why_missing(Need.VAL_IMAGES))
    for entry in config.entries:
        problems += check_run(entry.config, index)
        problems += _weights_problems(entry.config)
    return list({str(problem): problem for problem in reversed(problems)}.values())[::-1]


def expected_seconds(config: RaceConfig, index: DatasetIndex) -> tuple[float, ...]:
    """About how long one run of each entry takes on this machine, without its start.

    A step of the entry with the fewest multiply-adds is timed; the others take as much longer as
    they have more. Meant for networks that train whole and are of one kind, as those of a recipe.
    """
    specs = [get_model(entry.config.model) for entry in config.entries]
    lightest = min(range(len(specs)), key=lambda place: specs[place].gflops)
    step_s = _step_seconds(config.entries[lightest].config, index.classes)
    counts = config.images_of(index).by_split
    found = []
    for entry, spec in zip(config.entries, specs, strict=True):
        work = spec.gflops / max(specs[lightest].gflops, 1e-9)
        images = len(counts[Split.TRAIN]) + len(counts[Split.VAL]) * FORWARD_SHARE
        found.append(entry.config.epochs * images * work * step_s / entry.config.batch_size)
    return tuple(found)


def _step_seconds(config: RunConfig, classes: tuple[str, ...]) -> float:
    """Wall seconds of a step of training on noise, the quickest of those that a second holds."""
    device = resolve_device(config.device)
    network = build_classifier(config, classes).network.to(device).train()
    inputs = torch.randn(config.batch_size, 3, config.image_px, config.image_px, device=device)
    seconds: list[float] = []
    while len(seconds) < LEAST_STEPS or sum(seconds) < TIMED_S:
        start = perf_counter()
        network(inputs).square().mean().backward()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        seconds.append(perf_counter() - start)
    return min(seconds[1:])  # the first one makes its plans


def _weights_problems(config: RunConfig) -> list[TLStudioError]:
    """Pretrained values that are not on this machine, found before anything trains."""
    try:
        spec = get_model(config.model)
        if config.initialisation != "pretrained" or pretrained_path(config.model, config.weights):
            return []
        return [missing_weights(spec, spec.weights_named(config.weights))]
    except TLStudioError as error:
        return [error]


def _run(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    entry: int,
    name: str,
    store: RunStore | None,
) -> Generator[RaceRunSaid, None, RunRecord]:
    """Carry out one run and tell what it says."""
    events = run_of_study(config, index, stop, store, RunOrigin.RACE, name)
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            run: RunRecord = end.value
            return run
        if not isinstance(event, PredictionsReady):
            yield RaceRunSaid(entry, config.seed, event)


def _result(entry: int, seed: int, run: RunRecord, index: DatasetIndex) -> RunResult:
    places = {sample.image: place for place, sample in enumerate(index.by_split[Split.VAL])}
    final, best = (
        None if told is None else answers_of(told.epoch, told.predictions, places)
        for told in (run.predictions, run.best_predictions)
    )
    return RunResult(entry, seed, run.archived(), final, best)


def _keep(record: RaceRecord, root: Path) -> None:
    try:
        save_race(record, root)
    except StorageError as error:  # a full disk is no reason to lose a race
        _log.warning("%s", error)

"""Runs are kept while they train: what is on the disk at which moment, whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import StorageError, TrainingError
from tlstudio.core.runs.events import (
    EpochEnded,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunNotKept,
    RunStarted,
    StopToken,
)
from tlstudio.core.runs.history import History
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.runs import files, recording
from tlstudio.engine.runs.checkpoint import read_checkpoint
from tlstudio.engine.runs.commit import Commit
from tlstudio.engine.runs.lock import is_locked
from tlstudio.engine.runs.recording import keep_run, resumed_record
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.training.trainer import train
from tlstudio.engine.weights.load import load_weights

MEASURED = ("elapsed_s", "images_per_s")  # times, which no two runs share
VALUES = {
    "model": "lenet5",
    "initialisation": "random",
    "strategy": "from_scratch",
    "device": "cpu",
    "epochs": 4,
    "batch_size": 4,
    "image_px": 32,
    "learning_rate": 0.05,
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path_factory.mktemp("photos"), train=6, val=4))


@pytest.fixture
def store() -> RunStore:
    return RunStore()


@pytest.fixture
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as can be."""
    monkeypatch.setattr(recording, "SHARE", 1e9)


def config(**values: Any) -> RunConfig:
    return RunConfig().changed(**{**VALUES, **values})


def kept(
    index: DatasetIndex, store: RunStore, stop: StopToken | None = None, **options: Any
) -> Iterator[RunEvent]:
    settings = Settings(options.pop("config", None) or config())
    classifier = build_classifier(settings.config, index.classes)
    options = {"run_id": "a", "origin": RunOrigin.TERMINAL, **options}
    yield from keep_run(settings, index, stop or StopToken(), classifier, store=store, **options)


def plain_history(index: DatasetIndex, **values: Any) -> list[dict[str, Any]]:
    made = config(**values)
    classifier = build_classifier(made, index.classes)
    events = train(made, index, StopToken(), classifier)
    return told(History(tuple(e.record for e in events if isinstance(e, EpochEnded))))


def told(history: History) -> list[dict[str, Any]]:
    return [{n: v for n, v in row.items() if n not in MEASURED} for row in history.to_dicts()]


def test_a_run_is_kept_whole(index: DatasetIndex, store: RunStore) -> None:
    settings = Settings(config())
    classifier = build_classifier(settings.config, index.classes)
    record = RunRecord(settings, index.name, index.fingerprint, index.classes, run_id="a")
    events = keep_run(
        settings, index, StopToken(), classifier, store=store, run_id="a", origin=RunOrigin.RACE
    )
    for event in events:
        record = record.with_event(event)
        if isinstance(event, EpochEnded):
            history = files.read_history(store.folder / "a")
            assert history.epochs[-1] == event.record  # on the disk before anybody hears of it
            assert store.entry("a").is_running
    (entry,) = store.entries()
    assert (entry.origin, entry.end, entry.is_running) == (
        RunOrigin.RACE,
        RunEndReason.FINISHED,
        False,
    )
    assert (entry.epochs, entry.planned_epochs, entry.images) == (4, 4, 8)
    assert record.best is not None and entry.best_epoch == record.best.epoch
    assert entry.right == round((record.best.val_accuracy or 0) * 8)
    assert entry.has_weights and entry.can_extend and not entry.can_continue
    run = store.open("a", index)
    assert run.record.archived() == record.archived()
    assert run.record.best_predictions == record.best_predictions
    assert run.split is not None and run.split["classes"] == list(index.classes)
    assert run.environment["torch"] == torch.__version__
    assert run.environment["device"] == "cpu"
    again = store.classifier("a")
    for name, value in classifier.network.state_dict().items():
        assert torch.equal(again.network.state_dict()[name], value), name
    assert again.history == classifier.history
    assert (again.last_state is None) == (classifier.last_state is None)
    assert told(record.history) == plain_history(index)
    assert not list((store.folder / "a").glob("*.part"))


def test_what_never_learned_is_not_kept(index: DatasetIndex, store: RunStore) -> None:
    stop = StopToken()
    for event in kept(index, store, stop):
        if isinstance(event, RunStarted):
            stop.stop()
    assert isinstance(event, RunEnded)
    assert store.entries() == ()
    assert not (store.folder / "a").exists()


@pytest.mark.parametrize("strategy", ["from_scratch", "feature_extraction"])
def test_an_abandoned_run_is_there_as_it_was(
    strategy: str, index: DatasetIndex, store: RunStore, every_epoch: None
) -> None:
    events = kept(index, store, config=config(strategy=strategy, epochs=9))
    for event in events:
        if isinstance(event, EpochEnded) and event.record.epoch == 3:
            break
    events.close()  # type: ignore[attr-defined]
    (entry,) = store.entries()
    assert entry.is_interrupted and entry.can_continue
    assert entry.epochs == 3
    classifier = store.classifier("a")
    assert classifier.history.best is not None
    assert classifier.history.best.epoch == entry.best_epoch
    record = resumed_record(store, "a", Settings(config(strategy=strategy, epochs=9)))
    again = kept(index, store, config=config(strategy=strategy, epochs=9), resume=True)
    for event in again:
        record = record.with_event(event)
    assert told(record.history) == plain_history(index, strategy=strategy, epochs=9)
    assert store.entry("a").end is RunEndReason.FINISHED
    assert store.open("a").record.history == record.history


def test_the_weights_of_an_interrupted_run_are_those_of_its_best_epoch(
    index: DatasetIndex, store: RunStore, every_epoch: None
) -> None:
    settings = Settings(config(strategy="feature_extraction", epochs=99))
    classifier = build_classifier(settings.config, index.classes)
    states = {}
    events = keep_run(settings, index, StopToken(), classifier, store=store, run_id="a")
    for event in events:
        if isinstance(event, EpochEnded):
            network = classifier.network.state_dict().items()
            states[event.record.epoch] = {name: value.clone() for name, value in network}
            if event.record.epoch == 20:
                break
    events.close()  # type: ignore[attr-defined]
    assert (store.folder / "a" / files.WEIGHTS).exists()
    for _ in range(2):
        again = store.classifier("a")
        best = again.history.best
        assert best is not None
        for name, value in states[best.epoch].items():
            assert torch.equal(again.network.state_dict()[name], value), name
        (store.folder / "a" / files.WEIGHTS).unlink(missing_ok=True)  # killed before it was there


def test_a_checkpoint_comes_with_the_predictions_of_its_best_epoch(
    index: DatasetIndex, store: RunStore, every_epoch: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = recording.commit
    found: list[tuple[float | None, float | None]] = []

    @contextmanager
    def looked_at(folder: Path) -> Iterator[Commit]:
        with commit(folder) as new:
            yield new
        state = read_checkpoint(folder)
        told = files.read_predictions(folder, Split.VAL, index.classes, index)
        right = sum(one.predicted == one.target for one in told)
        best = History.from_dicts(state["history"]).best
        assert best is not None
        found.append((best.val_accuracy, right / len(told) if told else None))

    monkeypatch.setattr(recording, "commit", looked_at)
    list(kept(index, store, config=config(epochs=12)))
    assert len(found) > 1
    assert all(accuracy == said for accuracy, said in found), found


def test_a_run_is_trained_by_one_process(index: DatasetIndex, store: RunStore) -> None:
    events = kept(index, store)
    next(events)
    with pytest.raises(TrainingError, match="already"):
        next(kept(index, store))
    assert is_locked(store.folder / "a")
    list(events)
    assert not is_locked(store.folder / "a")


def test_a_disk_that_takes_nothing_ends_no_run(
    index: DatasetIndex, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "a").write_text("a file where the folder would be")
    events = list(kept(index, store))
    problems = [event for event in events if isinstance(event, RunNotKept)]
    assert [problem.is_last for problem in problems] == [False, True]
    assert "cannot be written" in str(problems[0].error)
    rescued = problems[1].weights
    assert rescued is not None and str(rescued) in str(problems[1].error)
    assert len(load_weights(rescued).classifier.history.epochs) == 4
    assert isinstance(events[-1], RunEnded)
    assert events[-1].reason is RunEndReason.FINISHED
    assert store.entries() == ()


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
    index: DatasetIndex, store: RunStore, every_epoch: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = recording.write_checkpoint
    written: list[bytes] = []

    def full_at_last(folder: Path, state: Any) -> None:
        if written:
            raise OSError(28, os.strerror(28))
        write(folder, state)
        written.append((folder / files.CHECKPOINT).read_bytes())

    monkeypatch.setattr(recording, "write_checkpoint", full_at_last)
    events = list(kept(index, store))
    assert sum(isinstance(event, RunNotKept) for event in events) == 1
    assert (store.folder / "a" / files.CHECKPOINT).read_bytes() == written[0]
    assert len(store.open("a").record.history.epochs) == 4


def test_a_full_disk_is_told_of_before_it_trains(
    index: DatasetIndex, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=70_000_000)  # with what is left for everybody else, 3 MB
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert isinstance(next(kept(index, store)), RunStarted)  # of a small network
    with pytest.raises(StorageError, match="too full"):
        next(kept(index, store, config=config(model="squeezenet1_1", image_px=64), run_id="b"))
    assert not (store.folder / "b").exists()


TRAIN_A_CHILD = """
import sys
from pathlib import Path
import torch
from tests.engine.runs.test_recording import config, kept
from tlstudio.core.runs.events import EpochEnded
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.runs.store import RunStore
torch.set_num_threads(1)
index = open_dataset(Path(sys.argv[1]))
for event in kept(index, RunStore(), config=config(epochs=1000)):
    if isinstance(event, EpochEnded):
        print(event.record.epoch, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_process_loses_no_epoch_that_it_told(index: DatasetIndex, store: RunStore) -> None:
    command = [sys.executable, "-c", TRAIN_A_CHILD, str(index.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        last = 0
        for line in child.stdout:
            last = int(line)
            if last == 20:
                break
        (entry,) = store.entries()
        assert entry.is_running
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
    last = int(rest[-1]) if rest else last
    (entry,) = store.entries()
    assert entry.is_interrupted and entry.can_continue
    assert entry.epochs >= last
    assert store.classifier("a").history.epochs
    made = config(epochs=1000)
    record = resumed_record(store, "a", Settings(made))
    stop = StopToken()
    for event in kept(index, store, stop, config=made, resume=True):
        record = record.with_event(event)
        if isinstance(event, EpochEnded) and event.record.epoch >= last:
            stop.stop()
    assert len(record.history.epochs) >= last
    assert told(record.history)[:30] == told(files.read_history(store.folder / "a"))[:30]

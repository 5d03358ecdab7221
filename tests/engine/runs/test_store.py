"""The store of runs: what it lists, and what it does when its index is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.runs.runs import append_epochs, some_runs, write_kept
from tests.helpers import epoch_record, make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import StorageError
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.kept import RunMarks, RunOrigin
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import data_dir
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.runs import files
from tlstudio.engine.runs.index import FILE
from tlstudio.engine.runs.lock import RunLock
from tlstudio.engine.runs.store import RunStore


@pytest.fixture
def store() -> RunStore:
    return RunStore()


def ids_of(store: RunStore) -> list[str]:
    return [entry.id for entry in store.entries()]


def test_nothing_yet(store: RunStore) -> None:
    assert store.entries() == ()
    assert store.folder == data_dir() / "runs"
    assert store.new_id() != store.new_id()
    with pytest.raises(StorageError, match="no run “gone”"):
        store.entry("gone")


def test_what_is_listed(store: RunStore) -> None:
    write_kept(store.folder / "a")
    (entry,) = store.entries()
    assert entry.folder == store.folder / "a"
    assert (entry.id, entry.dataset, entry.fingerprint, entry.root) == ("a", "fotos", "f0", "/data")
    assert (entry.model, entry.strategy) == (RunConfig().model, RunConfig().strategy)
    assert (entry.planned_epochs, entry.epochs, entry.best_epoch) == (3, 3, 2)
    assert (entry.accuracy, entry.right, entry.images) == (0.75, 3, 4)
    assert entry.accuracies == (0.5, 0.75, 0.6)
    assert (entry.elapsed_s, entry.end) == (9.0, RunEndReason.FINISHED)
    assert entry.size_bytes == sum(path.stat().st_size for path in entry.folder.iterdir())
    assert (entry.origin, entry.is_running) == (RunOrigin.TERMINAL, False)
    assert store.entries() == (entry,)  # as the index has it
    assert store.entry("a") == entry


def test_the_newest_comes_first_and_folders_tell_what_is_there(store: RunStore) -> None:
    some_runs(store)
    assert ids_of(store) == ["run-2", "run-1", "run-0"]
    shutil.rmtree(store.folder / "run-1")
    shutil.copytree(store.folder / "run-0", store.folder / "a copy")
    (store.folder / "nothing").mkdir()
    assert set(ids_of(store)) == {"run-2", "run-0", "a copy"}
    assert set(ids_of(RunStore())) == {"run-2", "run-0", "a copy"}


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database " * 500)


def break_in_the_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def of_another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 77")


def without_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE runs")


def of_wrong_values(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET origin = 'elsewhere'")


@pytest.mark.parametrize(
    "spoil",
    [
        Path.unlink,
        overwrite,
        break_in_the_middle,
        of_another_version,
        without_a_table,
        of_wrong_values,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
    ],
)
def test_an_index_that_is_lost_is_made_again(
    spoil: Callable[[Path], object], store: RunStore, tmp_path: Path
) -> None:
    some_runs(store, 2)
    store.find(write_kept(tmp_path / "outside", "out", created=5.0))
    before = store.entries()
    assert [entry.id for entry in before] == ["out", "run-1", "run-0"]
    for rest in ("-wal", "-shm"):
        (store.folder / (FILE + rest)).unlink(missing_ok=True)
    spoil(store.folder / FILE)
    assert store.entries() == before
    with closing(sqlite3.connect(store.folder / FILE)) as database:
        rows = database.execute("SELECT id, state FROM run_list").fetchall()
    assert rows == [("out", "finished"), ("run-1", "finished"), ("run-0", "finished")]


def test_without_an_index_that_can_be_written(store: RunStore) -> None:
    some_runs(store, 2)
    (store.folder / FILE).mkdir()
    assert ids_of(store) == ["run-1", "run-0"]
    assert store.set_marks("run-0", RunMarks("mine")).name == "mine"
    assert store.entry("run-0").name == "mine"


def test_anybody_may_read_the_index(store: RunStore) -> None:
    write_kept(store.folder / "a", end=None)
    store.entries()
    place = f"file:{store.folder / FILE}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        query = "SELECT id, accuracy_percent, epochs, state FROM run_list"
        assert database.execute(query).fetchall() == [("a", 75.0, "3 of 3", "interrupted")]


def test_marks(store: RunStore) -> None:
    some_runs(store)
    marks = RunMarks("Äpfel", True, ("first", "두 번째"), "a note\nof two lines")
    assert store.set_marks("run-1", marks).marks == marks
    assert store.entry("run-1").marks == marks
    (store.folder / FILE).unlink()
    assert store.entry("run-1").marks == marks


def test_damaged_files_are_no_run_and_no_harm(store: RunStore) -> None:
    some_runs(store, 2)
    for number, text in enumerate(("", "{", "[]", '{"record": {}}', '{"id": "x", "record": 3}')):
        folder = store.folder / f"bad-{number}"
        folder.mkdir()
        (folder / files.RUN).write_text(text)
    (store.folder / "run-0" / files.MARKS).write_text("{")
    assert {"run-0", "run-1"} <= set(ids_of(store))
    assert not {"bad-0", "bad-1", "bad-2", "bad-4"} & set(ids_of(store))


def test_a_line_that_was_not_written_to_its_end(store: RunStore) -> None:
    folder = write_kept(store.folder / "a", end=None, accuracies=(0.5, 0.75))
    whole = (folder / files.HISTORY).read_bytes()
    (folder / files.HISTORY).write_bytes(whole + whole.splitlines()[-1][:9])
    assert len(files.read_history(folder).epochs) == 2
    append_epochs(folder, epoch_record(3, val_accuracy=0.9))
    append_epochs(folder, epoch_record(2, val_accuracy=0.25))  # once more, after resuming
    history = files.read_history(folder)
    assert [epoch.val_accuracy for epoch in history.epochs] == [0.5, 0.25, 0.9]


def test_a_run_whose_process_died(store: RunStore) -> None:
    folder = write_kept(store.folder / "a", end=None)
    lock = RunLock(folder)
    assert lock.take()
    (entry,) = store.entries()
    assert entry.is_running and not entry.is_interrupted
    append_epochs(folder, epoch_record(4, val_accuracy=0.9))
    lock.release()
    (entry,) = store.entries()
    assert entry.is_interrupted
    assert entry.epochs == 4
    assert (entry.best_epoch, entry.accuracy) == (2, 0.75)  # whose weights were kept
    assert store.entries() == (entry,)
    assert len(store.open("a").record.history.epochs) == 4


def test_deleting_and_restoring(store: RunStore) -> None:
    some_runs(store)
    before = store.entries()
    store.delete(["run-0", "run-2"])
    assert ids_of(store) == ["run-1"]
    assert store.size_bytes() > store.entry("run-1").size_bytes
    store.restore(["run-2", "run-0"])
    assert store.entries() == before
    store.delete(["run-0"])
    store.empty_deleted()
    assert store.size_bytes() == sum(entry.size_bytes for entry in store.entries())
    with pytest.raises(StorageError):
        store.restore(["run-0"])


def test_a_running_run_is_not_deleted(store: RunStore) -> None:
    some_runs(store, 1)
    lock = RunLock(store.folder / "run-0")
    assert lock.take()
    store.delete(["run-0"])
    lock.release()
    assert ids_of(store) == ["run-0"]


def test_what_else_lies_in_a_persons_folder_stays_there(store: RunStore, tmp_path: Path) -> None:
    folder = write_kept(tmp_path / "mine", "out")
    (folder / "letter.txt").write_text("dear")
    store.find(folder)
    store.delete(["out"])
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    assert store.entries() == ()
    store.rebuild()
    assert store.entries() == ()
    store.restore(["out"])
    (entry,) = store.entries()
    assert entry.folder == folder
    assert len(store.open("out").record.history.epochs) == 3


def test_what_is_offered_for_deletion(store: RunStore, tmp_path: Path) -> None:
    some_runs(store, 5)
    store.find(write_kept(tmp_path / "outside", "out", created=-1.0))
    store.set_marks("run-1", RunMarks(is_starred=True))
    sizes = {entry.id: entry.size_bytes for entry in store.entries()}
    assert store.over_budget(sum(sizes.values())) == ()
    limit = sum(sizes.values()) - sizes["run-0"] - 1
    assert [entry.id for entry in store.over_budget(limit)] == ["run-0", "run-2"]


def test_a_run_is_read_back(store: RunStore, tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path / "photos"))
    folder = write_kept(store.folder / "a")
    values = json.loads((folder / files.RUN).read_text())
    values["record"]["classes"] = list(index.classes)
    (folder / files.RUN).write_text(json.dumps(values))
    samples = index.by_split[Split.VAL]
    told = tuple(
        PredictionRecord(sample.image, (1 / 3, 2 / 3), sample.class_index) for sample in samples
    )
    store.set_predictions("a", Split.VAL, told, index)
    kept = store.open("a")
    assert kept.record.run_id == "a"
    assert kept.record.best_predictions is not None
    assert kept.record.best_predictions.epoch == 2
    assert kept.record.best_predictions.predictions == told
    assert kept.record.shown_predictions.predictions == told
    assert store.predictions("a", Split.VAL, index) == told
    assert store.predictions("a", Split.TEST) == ()
    assert replace(kept.record, predictions=None, best_predictions=None, run_id="").to_values()


def test_weights_from_a_file_are_an_entry(store: RunStore) -> None:
    config = RunConfig().changed(model="lenet5", initialisation="random", image_px=32)
    classifier = build_classifier(config, ("a", "b"))
    entry = store.add_weights(classifier, "mine.pth")
    assert (entry.name, entry.origin, entry.model) == ("mine.pth", RunOrigin.FILE, "lenet5")
    assert entry.has_weights and not entry.is_interrupted and not entry.can_extend
    assert store.entries() == (entry,)
    again = store.classifier(entry.id)
    for name, value in classifier.network.state_dict().items():
        assert again.network.state_dict()[name].equal(value)
    assert store.open(entry.id).record.classes == ("a", "b")


def test_many_threads_at_once(store: RunStore) -> None:
    some_runs(store, 4)
    problems: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                RunStore().set_marks(f"run-{number}", RunMarks(f"turn {turn}"))
                RunStore().entries()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert {entry.name for entry in store.entries()} == {"turn 4"}

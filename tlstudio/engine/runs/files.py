"""The files of a run in its folder: names, writing and reading. Needs no torch."""

from __future__ import annotations

import csv
import io
import json
import logging
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import tlstudio
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.errors import StorageError
from tlstudio.core.evaluation.calibration import temperature_of, tempered
from tlstudio.core.runs.events import PredictionsReady, RunEndReason
from tlstudio.core.runs.history import EpochRecord, History, selection_accuracy
from tlstudio.core.runs.kept import RunEntry, RunMarks, RunOrigin, thinned
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.storage import atomic_write, cached_record, read_json, write_record
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.health.report_file import open_findings
from tlstudio.engine.runs.commit import settle
from tlstudio.engine.runs.lock import LOCK, is_locked

VERSION = 1

RUN = "run.json"
MARKS = "marks.json"
CONFIG = "config.json"
SPLIT = "split.json"
HISTORY = "history.csv"
WEIGHTS = "weights.safetensors"
LAST_WEIGHTS = "last.safetensors"
PLAIN_WEIGHTS = "weights.pth"  # the best ones once more, where the terminal names the folder
PLAIN_LAST_WEIGHTS = "last_weights.pth"
CHECKPOINT = "checkpoint.pt"
CALIBRATION = "calibration.json"
NOVELTY = "novelty.json"
PREDICTIONS = {split: f"predictions_{split.value}.csv" for split in Split}

ALL_FILES = (
    *(RUN, MARKS, CONFIG, SPLIT, HISTORY, WEIGHTS, LAST_WEIGHTS, CHECKPOINT, LOCK),
    *(CALIBRATION, NOVELTY, PLAIN_WEIGHTS, PLAIN_LAST_WEIGHTS),
    *PREDICTIONS.values(),
)
_ABOUT_IMAGE = ("key", "path", "true", "predicted", "probability")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunFacts:
    """What `run.json` says of a run beside its record.

    Attributes:
        created: seconds since 1970, UTC.
        root: where the dataset was.
        environment: versions and devices by name.
        images: that the predictions of the best epoch are about; None before there are any.
    """

    id: str
    origin: RunOrigin
    created: float
    root: str = ""
    environment: Mapping[str, str] | None = None
    images: int | None = None


# Writing


def write_run(folder: Path, facts: RunFacts, record: RunRecord) -> None:
    """Write `run.json`, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    values = {
        "version": VERSION,
        "id": facts.id,
        "origin": facts.origin.value,
        "created": facts.created,
        "studio": tlstudio.__version__,
        "dataset": record.dataset,
        "fingerprint": record.fingerprint,
        "root": facts.root,
        "environment": dict(facts.environment or {}),
        "images": facts.images,
        "record": replace(record, run_id=facts.id).to_values(),
    }
    atomic_write(folder / RUN, json.dumps(values, allow_nan=False, indent=1))


def write_marks(folder: Path, marks: RunMarks) -> None:
    """Write what a person said of a run.

    Raises:
        StorageError: it cannot be written.
    """
    write_record(folder / MARKS, marks)


def split_values(index: DatasetIndex) -> dict[str, object]:
    """List the images of each split, with paths relative to the dataset where they lie in it."""
    return {
        "root": str(index.root.resolve()),
        "layout": index.layout.value,
        "split_config": index.split_config and index.split_config.to_values(),
        "options": replace(index.options, values=index.values).to_values(),
        "manifest": index.manifest.to_values(),
        "classes": list(index.classes),
        "samples": {
            split.value: [[index.key_of(s.image), s.class_index] for s in samples]
            for split, samples in index.by_split.items()
            if samples or split is not Split.TEST
        },
    }


def write_split(folder: Path, index: DatasetIndex) -> None:
    """Write which image is in which split, and how much was found to be wrong with them.

    Raises:
        StorageError: it cannot be written.
    """
    values = {**split_values(index), "findings": open_findings(index)}
    atomic_write(folder / SPLIT, json.dumps(values, ensure_ascii=False, indent=1))


class HistoryFile:
    """Writes `history.csv`, a line as an epoch ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / HISTORY
        self._columns: list[str] = []
        self._file: BinaryIO | None = None
        self._lock = threading.Lock()

    def append(self, record: EpochRecord) -> None:
        """Hand a line over to the system, which outlives this process.

        Raises:
            OSError: it cannot be written.
        """
        with self._lock:
            values, text = record.to_dict(), io.StringIO()
            if self._file is None:
                self._columns = _columns(self._path)
                self._file = self._path.open("ab+", buffering=0)
                size = self._file.seek(0, os.SEEK_END)
                self._file.seek(max(0, size - 1))
                if size and self._file.read(1) != b"\n":
                    text.write("\n")  # after a line that was not written to its end
            writer = csv.writer(text, lineterminator="\n")
            if not self._columns:
                self._columns = list(values)
                writer.writerow(self._columns)
            writer.writerow([values.get(name) for name in self._columns])
            try:
                self._file.write(text.getvalue().encode())
            except OSError:
                self._close()  # what there is of the line is looked at before the next one
                raise

    def write(self, history: History) -> None:
        """Write all epochs, whole or not at all.

        Raises:
            StorageError: it cannot be written.
        """
        with self._lock:
            self._close()
            atomic_write(self._path, history.to_csv())

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None


def write_predictions(
    folder: Path,
    split: Split,
    predictions: Iterable[PredictionRecord],
    classes: Sequence[str],
    index: DatasetIndex,
) -> None:
    """Write a line per image: key, path, classes, and the probability of each class.

    Raises:
        StorageError: it cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*_ABOUT_IMAGE, *classes))
    for told in predictions:
        path = told.path
        writer.writerow(
            (
                index.key_of(told.image),
                "" if path is None else path,
                "" if told.target is None else classes[told.target],
                classes[told.predicted],
                told.confidence,
                *told.probabilities,
            )
        )
    atomic_write(folder / PREDICTIONS[split], text.getvalue())


def write_temperature(folder: Path, temperature: float, best_epoch: int | None) -> None:
    """Write what the logits of the best weights are to be divided by.

    The files of predictions keep those of temperature 1; `read_predictions` applies this one, so
    that it holds for all of them at once. Other best weights, after more epochs, have none.

    Raises:
        StorageError: it cannot be written.
    """
    values = {"temperature": temperature, "epoch": best_epoch}
    atomic_write(folder / CALIBRATION, json.dumps(values))


# Reading


def read_facts(folder: Path) -> dict[str, Any] | None:
    """The values of `run.json`; None where there is none that can be read."""
    settle(folder)
    values = read_json(folder / RUN)
    if isinstance(values, dict) and isinstance(values.get("record"), dict):
        return values
    return None


def config_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in the values of `run.json`; empty where they are not known."""
    return (values["record"].get("settings") or {}).get("config") or {} if values else {}


def read_marks(folder: Path) -> RunMarks:
    """What a person said of a run; nothing where there is nothing of use."""
    return cached_record(folder / MARKS, RunMarks) or RunMarks()


def read_history(folder: Path) -> History:
    """The epochs in `history.csv`, the latest line of each; a line that is not whole is no epoch.

    A run that goes on from a checkpoint may write an epoch once more.
    """
    try:
        text = (folder / HISTORY).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return History()
    epochs: dict[int, EpochRecord] = {}
    for row in csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1])):
        try:
            values: dict[str, Any] = {name: float(value) for name, value in row.items() if value}
            record = EpochRecord.from_dict({**values, "epoch": int(values["epoch"])})
        except (KeyError, ValueError, TypeError):
            continue
        epochs[record.epoch] = record
    return History(tuple(epochs[number] for number in sorted(epochs)))


def read_entry(folder: Path, run_id: str = "") -> RunEntry | None:
    """What the list says of the run in `folder`; None where there is none.

    Args:
        run_id: how it is called where the folder's name says so; else the file does.
    """
    values = read_facts(folder)
    if values is None:
        return None
    try:
        return _entry(folder, run_id or str(values["id"]), values)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        _log.warning("“%s” is no run (%r)", folder, problem)
        return None


def read_run(folder: Path, entry: RunEntry, index: DatasetIndex | None = None) -> RunRecord:
    """The record of a run, with its predictions.

    Args:
        index: the dataset, where it is open: images that lie in no file of their own come from it.

    Raises:
        StorageError: there is none that can be read.
    """
    values = read_facts(folder)
    try:
        if values is None:
            raise ValueError("no run.json")
        record = RunRecord.from_values(values["record"])
    except ValueError as error:
        raise damaged(RUN) from error
    record = replace(record, run_id=entry.id, history=_longer(record.history, folder))
    best = entry.best_epoch
    temperature = read_temperature(folder, best)
    told = read_predictions(folder, Split.VAL, record.classes, index, temperature)
    if told and best is not None:
        ready = PredictionsReady(best, told)
        record = replace(record, predictions=ready, best_predictions=ready)
    return record


def read_temperature(folder: Path, best_epoch: int | None) -> float:
    """What the logits of the best weights are to be divided by; 1 where nothing was fitted."""
    told = read_json(folder / CALIBRATION)
    if not isinstance(told, dict) or told.get("epoch") != best_epoch:
        return 1.0
    return temperature_of(told.get("temperature"))


def read_predictions(
    folder: Path,
    split: Split,
    classes: Sequence[str],
    index: DatasetIndex | None = None,
    temperature: float = 1.0,
) -> tuple[PredictionRecord, ...]:
    """The predictions of a split at this temperature; empty where there are none of use."""
    try:
        text = (folder / PREDICTIONS[split]).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    images = {index.key_of(s.image): s.image for s in index.samples} if index else {}
    numbers = {name: number for number, name in enumerate(classes)}
    records: list[PredictionRecord] = []
    first = len(_ABOUT_IMAGE)
    for row in csv.reader(io.StringIO(text)):
        try:
            if row[first:] == list(classes):
                continue
            image = images.get(row[0]) or _image(row[0], row[1])
            probabilities = tuple(float(text) for text in row[first:])
            if len(probabilities) != len(classes):
                return ()
            records.append(PredictionRecord(image, probabilities, numbers.get(row[2])))
        except (ValueError, IndexError):
            return ()
    return tempered(records, temperature)


def size_of(folder: Path) -> int:
    """Bytes of the run's files."""
    total = 0
    for name in ALL_FILES:
        try:
            total += os.stat(folder / name).st_size  # noqa: PTH116 - thousands of them
        except OSError:
            continue
    return total


def damaged(name: str) -> StorageError:
    """The error for a file that is gone or of no use."""
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” is damaged, or was not written to its end."), name=name
    )


# How it is done


def _entry(folder: Path, run_id: str, values: dict[str, Any]) -> RunEntry | None:
    record, end = values["record"], values["record"].get("end")
    config = config_of(values)
    history = _longer(_safe(record), folder)
    # the weights of a run that was interrupted are those that its last checkpoint knew
    best = (history if end else _safe(record)).best
    accuracy = None if best is None else best.val_accuracy
    images = values.get("images") or (record.get("started") or {}).get("val_samples")
    is_running = is_locked(folder)
    has_checkpoint, has_all = (folder / CHECKPOINT).exists(), (folder / WEIGHTS).exists()
    if not (is_running or history.epochs or has_checkpoint or has_all):
        return None  # its process died before the first epoch
    return RunEntry(
        id=run_id,
        folder=folder,
        marks=read_marks(folder),
        origin=RunOrigin(values.get("origin", RunOrigin.WINDOW)),
        created=float(values.get("created", 0.0)),
        dataset=str(values.get("dataset", "")),
        fingerprint=str(values.get("fingerprint", "")),
        root=str(values.get("root", "")),
        model=str(config.get("model", "")),
        strategy=str(config.get("strategy", "")),
        learning_rate=float(config.get("learning_rate", 0.0)),
        planned_epochs=int(config.get("epochs", 0)),
        epochs=len(history.epochs),
        best_epoch=None if best is None else best.epoch,
        accuracy=accuracy,
        right=None if accuracy is None or not images else round(accuracy * images),
        images=None if accuracy is None else images,
        accuracies=thinned([selection_accuracy(epoch) for epoch in history.epochs]),
        elapsed_s=float(end["elapsed_s"]) if end else sum(e.elapsed_s for e in history.epochs),
        size_bytes=size_of(folder),
        end=RunEndReason(end["reason"]) if end and not is_running else None,
        is_running=is_running,
        has_weights=has_all or has_checkpoint,
        has_checkpoint=has_checkpoint,
    )


def _safe(record: Mapping[str, Any]) -> History:
    return History.from_dicts(record.get("history") or [])


def _longer(history: History, folder: Path) -> History:
    """The file's epochs where it has more of them: it is written first."""
    found = read_history(folder)
    return found if len(found.epochs) > len(history.epochs) else history


def _columns(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            line = file.readline()
    except FileNotFoundError:
        return []
    return next(csv.reader([line]), []) if line.endswith("\n") else []


@cache
def _container(folder: Path) -> FolderContainer:
    return FolderContainer(folder)


def _image(key: str, path: str) -> ImageRef:
    """Refer to an image in a file as the dataset does, so that both are equal."""
    file = path.replace(os.sep, "/")
    if key and file.endswith("/" + key):
        return ImageRef(_container(Path(path[: -len(key) - 1])), key)
    return ImageRef.of_file(Path(path or key))

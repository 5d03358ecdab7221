"""The store of all runs that are kept: list, read, mark, delete, bring back."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import RunMissingError, StorageError
from tlstudio.core.evaluation.calibration import tempered
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.kept import KeptRun, RunEntry, RunMarks, RunOrigin
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.storage import atomic_write, read_json, runs_dir, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.runs import files
from tlstudio.engine.runs.commit import COMMITTED, STAGED, commit
from tlstudio.engine.runs.index import FILE, IndexLostError, RunIndex
from tlstudio.engine.runs.lock import RunLock, is_locked

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.engine.models.classifier import Classifier

DELETED = ".deleted"
OUTSIDE = "outside.json"
FROM = "from.json"  # where a deleted run was, if not in the studio's folder

_log = logging.getLogger(__name__)
_listing = threading.Lock()  # of one process; others are kept apart by SQLite

_Row = tuple[RunEntry, bool, bool]  # with whether it lies outside, and whether it is open


class RunStore:
    """Kept runs: a folder each, and an index of them all (see `engine.runs.index`).

    Cheap to make; any thread and several processes may use it at once. What a folder says holds:
    the index is made again from the folders where it is lost, damaged or of another version.

    Args:
        folder: of the runs; by default the one of the preferences, else in the user's data folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = runs_dir() if folder is None else folder
        self._index = RunIndex(self.folder / FILE)

    def new_id(self) -> str:
        """Return a name that no run has, e.g. ``20261130-061502-3fa2``."""
        return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    def free_name(self, dataset: str) -> str:
        """Return the name for the next run on a dataset, e.g. ``food4 3``."""
        try:
            taken = {entry.name for entry, _, _ in self._index.rows()}
        except IndexLostError:
            taken = {entry.name for entry in self.entries()}
        numbers = (f"{dataset} {number}" for number in itertools.count(1))
        return next(name for name in numbers if name not in taken)

    # Reading

    def entries(self) -> tuple[RunEntry, ...]:
        """List all runs, newest first, as their folders are now."""
        with _listing:
            try:
                return self._listed(self._index.rows())
            except IndexLostError:
                return self._made_again()

    def entry(self, run_id: str) -> RunEntry:
        """Return one run.

        Raises:
            RunMissingError: there is none of this name.
        """
        try:
            row = self._index.row(run_id)
        except IndexLostError:
            row = None
        if row is not None and not row[2]:
            return row[0]
        folder = row[0].folder if row is not None else self.folder / run_id
        found = files.read_entry(folder, run_id) if run_id else None
        if found is None:
            found = next((entry for entry in self.entries() if entry.id == run_id), None)
        if found is None:
            raise RunMissingError(
                QT_TRANSLATE_NOOP("core", "There is no run “{name}”."), name=run_id
            )
        return found

    def find(self, folder: Path) -> RunEntry:
        """Return the run in a folder; one that lies outside is listed from now on.

        Raises:
            RunMissingError: there is none.
        """
        folder = folder.expanduser().absolute()
        is_inside = self._is_inside(folder)
        entry = files.read_entry(folder, folder.name if is_inside else "")
        if entry is None:
            raise RunMissingError(
                QT_TRANSLATE_NOOP("core", "There is no run in “{name}”."), name=folder
            )
        self.put(entry)
        return entry

    def find_any(self, name: str) -> RunEntry:
        """Return the run in the folder of this name, else the one with this id.

        Raises:
            RunMissingError: there is neither.
        """
        folder = Path(name)
        if files.read_facts(folder) is not None:
            return self.find(folder)
        return self.entry(name)

    def open(self, run_id: str, index: DatasetIndex | None = None) -> KeptRun:
        """Read a run with its history and the predictions of its best epoch.

        Args:
            index: the dataset, where it is open: images that lie in no file of their own, members
                of an archive, come from it.

        Raises:
            StorageError: it is gone or cannot be read.
        """
        entry = self.entry(run_id)
        record = files.read_run(entry.folder, entry, index)
        values = files.read_facts(entry.folder) or {}
        told, split = values.get("environment"), read_json(entry.folder / files.SPLIT)
        environment = {str(k): str(v) for k, v in told.items()} if isinstance(told, dict) else {}
        return KeptRun(entry, record, environment, split if isinstance(split, dict) else None)

    def classifier(self, run_id: str, which: Literal["best", "last"] = "best") -> Classifier:
        """Read the network of a run, on the CPU.

        Args:
            which: the weights of the best epoch, or those after the last one.

        Raises:
            StorageError, WeightsError: it is gone, or of no use.
        """
        from tlstudio.engine.runs.weights import read_classifier

        return read_classifier(self.entry(run_id).folder, which)

    def size_bytes(self) -> int:
        """Bytes of all runs, deleted ones among them."""
        kept = sum(entry.size_bytes for entry in self.entries())
        return kept + sum(files.size_of(folder) for folder in self._deleted())

    def over_budget(self, limit_bytes: int) -> tuple[RunEntry, ...]:
        """The runs that may be offered for deletion so that the others fit; none if all do.

        The oldest without a star that are over; never those that a person keeps elsewhere.
        """
        entries = self.entries()
        too_much = sum(entry.size_bytes for entry in entries) - limit_bytes
        offered = []
        for entry in reversed(entries):
            if too_much <= 0:
                break
            if entry.marks.is_starred or entry.is_running or not self._is_inside(entry.folder):
                continue
            offered.append(entry)
            too_much -= entry.size_bytes
        return tuple(offered)

    # Changing

    def set_marks(self, run_id: str, marks: RunMarks) -> RunEntry:
        """Write what a person says of a run.

        Raises:
            StorageError: it is gone, or cannot be written.
        """
        entry = self.entry(run_id)
        files.write_marks(entry.folder, marks)
        entry = replace(entry, marks=marks, size_bytes=files.size_of(entry.folder))
        self.put(entry)
        return entry

    def delete(self, ids: Iterable[str]) -> None:
        """Put runs aside until `empty_deleted`; those that are running stay.

        Raises:
            StorageError: one cannot be moved.
        """
        for run_id in ids:
            entry = self.entry(run_id)
            if is_locked(entry.folder):
                continue
            target = self.folder / DELETED / run_id
            is_inside = self._is_inside(entry.folder)
            try:
                if not is_inside:
                    atomic_write(target / FROM, json.dumps(str(entry.folder)))
                _move(entry.folder, target, whole=is_inside)
            except OSError as error:
                raise unwritable(entry.folder, error) from error
            self._forget([run_id])
            self._note_outside(entry.folder, is_there=False)

    def restore(self, ids: Iterable[str]) -> None:
        """Bring deleted runs back to where they were.

        Raises:
            StorageError: one is gone, or its place is taken.
        """
        for run_id in ids:
            source = self.folder / DELETED / run_id
            told = read_json(source / FROM)
            folder = Path(told) if isinstance(told, str) else self.folder / run_id
            try:
                if (folder / files.RUN).exists():
                    raise FileExistsError(f"{folder} is taken")
                _move(source, folder, whole=self._is_inside(folder))
            except OSError as error:
                raise unwritable(folder, error) from error
            self.find(folder)

    def empty_deleted(self) -> None:
        """Give the space of deleted runs back, as far as that is possible."""
        for folder in self._deleted():
            shutil.rmtree(folder, ignore_errors=True)

    def add_weights(self, classifier: Classifier, name: str) -> RunEntry:
        """Keep a network that was read from a file as an entry of its own.

        Args:
            name: of the entry.

        Raises:
            StorageError: it cannot be written.
        """
        from tlstudio.engine.runs.weights import environment
        from tlstudio.engine.weights.save import save_weights

        run_id = self.new_id()
        folder = self.folder / run_id
        history, best = classifier.history, classifier.history.best
        end = RunEnded(
            RunEndReason.FINISHED,
            len(history.epochs),
            best.epoch if best else None,
            best.val_accuracy if best else None,
            sum(epoch.elapsed_s for epoch in history.epochs),
        )
        record = RunRecord(
            Settings(classifier.config), classes=classifier.classes, history=history, end=end
        )
        facts = files.RunFacts(run_id, RunOrigin.FILE, time.time(), environment=environment())
        try:
            save_weights(classifier, folder / files.WEIGHTS)
            files.write_marks(folder, RunMarks(name))
            files.write_run(folder, facts, record)  # last: with it the run is there
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self.find(folder)

    def set_predictions(
        self,
        run_id: str,
        split: Split,
        predictions: Iterable[PredictionRecord],
        index: DatasetIndex,
    ) -> None:
        """Keep what the run's best weights say of a split.

        Raises:
            StorageError: it cannot be written.
        """
        entry = self.entry(run_id)
        temperature = files.read_temperature(entry.folder, entry.best_epoch)
        plain = tempered(predictions, 1 / temperature)
        files.write_predictions(entry.folder, split, plain, index.classes, index)

    def set_temperature(self, run_id: str, temperature: float) -> None:
        """Keep what the logits of the run's best weights are to be divided by; 1 for nothing.

        Its network and all of its predictions are read with it from now on; its weights files,
        which may be used by themselves, get it as well. Where one cannot be written, none has it.

        Raises:
            StorageError, WeightsError: it cannot be read or written.
        """
        entry = self.entry(run_id)
        from tlstudio.engine.weights.save import save_weights

        names = [n for n in (files.WEIGHTS, files.PLAIN_WEIGHTS) if (entry.folder / n).exists()]
        lock = RunLock(entry.folder)
        try:
            if not lock.take():  # its process writes the files themselves
                files.write_temperature(entry.folder, temperature, entry.best_epoch)
                return
            classifier = self.classifier(entry.id) if names else None
            with commit(entry.folder) as new:
                files.write_temperature(new.folder, temperature, entry.best_epoch)
                if classifier is not None:
                    classifier.temperature = temperature
                    for name in names:
                        save_weights(classifier, new.folder / name)
        except OSError as error:
            raise unwritable(entry.folder, error) from error
        finally:
            lock.release()

    def predictions(
        self, run_id: str, split: Split, index: DatasetIndex | None = None
    ) -> tuple[PredictionRecord, ...]:
        """Read what the run's best weights say of a split; empty where that was not kept.

        Raises:
            StorageError: there is no such run.
        """
        entry = self.entry(run_id)
        record = files.read_run(entry.folder, entry, index)
        temperature = files.read_temperature(entry.folder, entry.best_epoch)
        return files.read_predictions(entry.folder, split, record.classes, index, temperature)

    def rebuild(self) -> None:
        """Make the index again from the folders."""
        with _listing:
            self._made_again()

    def put(self, entry: RunEntry) -> None:
        """Write a run's row; where that fails, the folder still tells all."""
        is_outside = not self._is_inside(entry.folder)
        if is_outside:
            self._note_outside(entry.folder, is_there=True)
        try:
            self._index.put([(entry, is_outside, entry.is_running)])
        except IndexLostError as error:
            if not error.is_temporary:
                self.rebuild()

    def discard(self, run_id: str, folder: Path) -> None:
        """Remove the files of a run that came to nothing, and its row."""
        self._forget([run_id])
        self._note_outside(folder, is_there=False)
        with contextlib.suppress(OSError):
            for name in files.ALL_FILES:
                (folder / name).unlink(missing_ok=True)
            for name in (STAGED, COMMITTED):
                shutil.rmtree(folder / name, ignore_errors=True)
            folder.rmdir()

    def forget(self, folder: Path) -> None:
        """Remove the row of the run in `folder`, whose files are gone from there."""
        with contextlib.suppress(IndexLostError):
            rows = self._index.rows()
            self._forget([entry.id for entry, _, _ in rows if entry.folder == folder])

    # How it is done

    def _listed(self, rows: list[_Row]) -> tuple[RunEntry, ...]:
        """The rows, as far as their folders are there, and the folders that have none."""
        names = self._names()
        new = names - {entry.id for entry, is_outside, _ in rows if not is_outside}
        found, changed, gone = [], [], []
        for entry, is_outside, is_open in rows:
            if not (is_outside or entry.id in names):
                gone.append(entry.id)
            elif is_outside and not (entry.folder / files.RUN).exists():
                continue  # on a drive that may come back
            elif is_open:
                now = files.read_entry(entry.folder, entry.id) or entry
                if not now.is_running:
                    changed.append((now, is_outside, False))
                found.append(now)
            else:
                found.append(entry)
        for name in new:
            added = files.read_entry(self.folder / name, name)
            if added is not None:
                changed.append((added, False, added.is_running))
                found.append(added)
        try:
            if changed:
                self._index.put(changed)
            if gone:
                self._index.remove(gone)
        except IndexLostError as error:
            _log.warning("the index of the runs was not written (%r)", error.__cause__)
        return _newest_first(found)

    def _names(self) -> set[str]:
        try:
            with os.scandir(self.folder) as found:
                return {item.name for item in found if item.name[0] != "." and item.is_dir()}
        except OSError:
            return set()

    def _made_again(self) -> tuple[RunEntry, ...]:
        rows = list(self._read_all())
        if rows or self.folder.is_dir():
            try:
                self._index.make(rows)
            except OSError as error:
                _log.warning("the index of the runs was not written (%s)", error)
        return _newest_first([entry for entry, _, _ in rows])

    def _read_all(self) -> Iterator[_Row]:
        for name in sorted(self._names()):
            entry = files.read_entry(self.folder / name, name)
            if entry is not None:
                yield entry, False, entry.is_running
        for folder in self._outside():
            entry = files.read_entry(folder)
            if entry is not None:
                yield entry, True, entry.is_running

    def _outside(self) -> list[Path]:
        told = read_json(self.folder / OUTSIDE, [])
        rows = told if isinstance(told, list) else []
        return [Path(text) for text in rows if isinstance(text, str)]

    def _note_outside(self, folder: Path, *, is_there: bool) -> None:
        """Remember where a run is that does not lie in the studio's folder."""
        if self._is_inside(folder):
            return
        with _listing:
            known = self._outside()
            if is_there is (folder in known):
                return
            kept = [*known, folder] if is_there else [one for one in known if one != folder]
            try:
                atomic_write(
                    self.folder / OUTSIDE, json.dumps([str(one) for one in kept], indent=1)
                )
            except StorageError as error:
                _log.warning("%s", error)

    def _forget(self, ids: list[str]) -> None:
        try:
            self._index.remove(ids)
        except IndexLostError as error:
            _log.warning("the index of the runs was not written (%r)", error.__cause__)

    def _deleted(self) -> list[Path]:
        try:
            return [path for path in (self.folder / DELETED).iterdir() if path.is_dir()]
        except OSError:
            return []

    def _is_inside(self, folder: Path) -> bool:
        return folder.parent == self.folder.absolute()


def _newest_first(entries: list[RunEntry]) -> tuple[RunEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.created, entry.id), reverse=True))


def _move(source: Path, target: Path, *, whole: bool) -> None:
    """Move a run; of a folder that is a person's own, the files of the run alone.

    Raises:
        OSError: it cannot be moved.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if whole:
        source.rename(target)
        return
    target.mkdir(exist_ok=True)
    for name in files.ALL_FILES:
        if (source / name).exists():
            shutil.move(source / name, target / name)
    (source / FROM).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # there is something else in it
        source.rmdir()

"""Keeping a run while it trains: its folder is up to date after every epoch.

A line of `history.csv` is in the hands of the system before an epoch is told. All else is written
on a thread of its own, as often as costs a hundredth of the run's time by that thread's clock.
The folder holds what `engine.runs.files` names, each file whole or not there, and all of one moment
(see `engine.runs.commit`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import StorageError, TLStudioError, TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochPart,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunNotKept,
    StopToken,
)
from tlstudio.core.runs.history import History
from tlstudio.core.runs.kept import RunMarks, RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.storage import atomic_write, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.runs import files
from tlstudio.engine.runs.checkpoint import read_checkpoint, write_checkpoint
from tlstudio.engine.runs.commit import Commit, commit
from tlstudio.engine.runs.lock import RunLock
from tlstudio.engine.runs.room import check_room_for, save_elsewhere
from tlstudio.engine.runs.store import RunStore
from tlstudio.engine.runs.weights import environment
from tlstudio.engine.training.run import Run
from tlstudio.engine.training.run_checks import check_resume
from tlstudio.engine.training.trainer import train_run
from tlstudio.engine.weights.save import save_state, save_weights

SHARE = 0.01  # of the run's time that keeping it may take
WITHIN_EPOCH_S = 120.0  # an epoch that lasts longer is kept while it goes on
INDEX_EVERY_S = 2.0
RETRY_S = 10.0  # after something could not be written
WEIGHTS_PER_S = 100e6  # bytes; a guess, for the first time that all weights are written

_log = logging.getLogger(__name__)


def keep_run(
    settings: Settings,
    index: DatasetIndex,
    stop: StopToken,
    classifier: Classifier,
    *,
    store: RunStore,
    run_id: str = "",
    origin: RunOrigin = RunOrigin.WINDOW,
    folder: Path | None = None,
    name: str = "",
    resume: bool = False,
    plain_weights: bool = False,
) -> Iterator[RunEvent]:
    """Train as `trainer.train` does, and keep the run from its first epoch on.

    A disk that is too small for it is told of before it trains. What cannot be written later never
    ends a run: it is told once, as `RunNotKept`, and tried again; weights that find no room at the
    end are written elsewhere. When the generator ends, everything is written, at one moment for all
    files. One that ends before its first epoch leaves nothing.

    Args:
        settings: of the run; with `resume` there may be more epochs than before.
        index: the dataset.
        stop: read before every batch.
        classifier: as for `trainer.train`; with `resume` as the run began.
        store: where the run is listed.
        run_id: how it is called; empty makes a new name.
        origin: where it comes from.
        folder: for its files; None is one in the studio's own folder.
        name: what the list calls it; empty gives it that of the dataset and a number.
        resume: whether the run of this id goes on from its checkpoint.
        plain_weights: whether the weights are written as ``.pth`` files as well.

    Raises:
        StorageError: there is nothing to go on with, or the disk is too full.
        TrainingError: it is being trained already, or has had its epochs.
    """
    run_id = run_id or store.new_id()
    if resume:
        folder = store.entry(run_id).folder
    keeper = _Keeper(
        store,
        folder or store.folder / run_id,
        run_id,
        origin,
        index,
        settings,
        plain_weights=plain_weights,
    )
    check_room_for(
        keeper.folder, classifier, settings.config, settings.plan, is_plain=plain_weights
    )
    run = Run(settings.config, index, stop, classifier)
    if resume:
        state = read_checkpoint(keeper.folder)
        is_over = store.entry(run_id).end in (RunEndReason.FINISHED, RunEndReason.EARLY)
        check_resume(settings.config, state, is_over=is_over)
        run.resume_from = state
        keeper.record = resumed_record(store, run_id, settings)
    keeper.begin(run, name)
    try:
        for event in train_run(run, settings.plan):
            keeper.keep(event)
            if keeper.problem is not None:
                yield keeper.problem
                keeper.problem = None
            yield event
    finally:
        keeper.close()


def resumed_record(store: RunStore, run_id: str, settings: Settings) -> RunRecord:
    """Return the record that the events of a resumed run are added to: the epochs before them.

    Raises:
        StorageError: there is nothing to go on with.
    """
    entry = store.entry(run_id)
    record = files.read_run(entry.folder, entry)
    epochs = History.from_dicts(read_checkpoint(entry.folder)["history"]).epochs
    best = record.best_predictions
    kept = best if best is not None and best.epoch <= len(epochs) else None
    return replace(
        record,
        settings=settings,
        history=History(epochs),
        phases=tuple(phase for phase in record.phases if phase.epoch <= len(epochs)),
        predictions=kept,
        best_predictions=kept,
        progress=None,
        end=None,
    )


@dataclass(frozen=True)
class _Pending:
    """What is to be written: the run as it was at one moment.

    Attributes:
        state: of `Run.state_dict`; None leaves the checkpoint as it is.
        capture_s: what it took to copy it.
    """

    record: RunRecord
    state: Mapping[str, Any] | None = None
    capture_s: float = 0.0
    is_last: bool = False


class _Keeper:
    """Writes a run's folder. All but `_write` and what it calls is for the training thread.

    Attributes:
        record: of the run so far.
        problem: what could not be written and was not told yet.
    """

    def __init__(
        self,
        store: RunStore,
        folder: Path,
        run_id: str,
        origin: RunOrigin,
        index: DatasetIndex,
        settings: Settings,
        *,
        plain_weights: bool = False,
    ) -> None:
        self.folder = folder
        self.record = RunRecord(
            settings, index.name, index.fingerprint, index.classes, run_id=run_id
        )
        self.problem: RunNotKept | None = None
        self._plain_weights = plain_weights
        self._store = store
        self._index = index
        self._facts = files.RunFacts(run_id, origin, time.time(), str(index.root.resolve()))
        self._lock = RunLock(folder)
        self._history = files.HistoryFile(folder)
        self._run: Run | None = None
        self._is_told = False
        self._is_resumed = False
        self._next_s = 0.0  # when the next writing is due; of `time.perf_counter`
        self._all_weights_s = 0.0
        self._captured_s = time.perf_counter()
        self._is_due = False
        self._changed = threading.Condition()
        self._pending: _Pending | None = None
        self._is_over = False
        self._written_predictions = 0  # epoch
        self._indexed_s = 0.0
        self._has_all_weights = False
        self._has_last_weights = False
        self._thread: threading.Thread | None = None

    # The training thread

    def begin(self, run: Run, name: str) -> None:
        """Lock the folder and write what is known before the run.

        Raises:
            TrainingError: another process trains in it.
        """
        self._run = run
        run.wants_state = True
        values = files.read_facts(self.folder)
        self._is_resumed = run.resume_from is not None
        if self._is_resumed and values is not None:
            self._facts = replace(
                self._facts,
                origin=RunOrigin(values["origin"]),
                created=float(values["created"]),
                images=values.get("images"),
            )
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not self._lock.take():
                raise TrainingError(
                    QT_TRANSLATE_NOOP("core", "This run is being trained already."),
                    QT_TRANSLATE_NOOP("core", "Look for another window or terminal of the studio."),
                )
            if self._is_resumed:
                self._history.write(self._known_lines(values))
            else:
                name = name or self._store.free_name(self._index.name)
                files.write_marks(self.folder, RunMarks(name))
            atomic_write(self.folder / files.CONFIG, run.config.to_json())
            files.write_split(self.folder, self._index)
            files.write_run(self.folder, self._facts, self.record)
        except OSError as error:
            self._tell(unwritable(self.folder, error))
        except StorageError as error:
            self._tell(error)
        size = sum(t.numel() * t.itemsize for t in run.classifier.network.state_dict().values())
        self._all_weights_s = time.perf_counter() + size / WEIGHTS_PER_S / SHARE
        self._put_row()
        self._thread = threading.Thread(target=self._work, name="run-keeper", daemon=True)
        self._thread.start()

    def _known_lines(self, before: Mapping[str, Any] | None) -> History:
        """The epochs of before; those after the checkpoint come once more, and alike.

        Unless the schedule is another one by now.
        """
        assert self._run is not None
        planned = files.config_of(before or {}).get("epochs")
        is_alike = planned == self._run.config.epochs
        return files.read_history(self.folder) if is_alike else self.record.history

    def keep(self, event: RunEvent) -> None:
        """Take in what the run tells; returns when the last event is on the disk."""
        self.record = self.record.with_event(event)
        assert self._run is not None
        now = time.perf_counter()
        if self._is_due and not isinstance(event, RunEnded):
            self._capture()  # with the predictions of the epoch, where it tells any
        match event:
            case EpochEnded():
                try:
                    self._history.append(event.record)
                except OSError as error:
                    self._tell(unwritable(self.folder / files.HISTORY, error))
                is_last = self._run.is_complete or self._run.is_early
                self._is_due = now >= self._next_s and not is_last
            case BatchEnded(part=EpochPart.TRAIN) if now - self._captured_s > WITHIN_EPOCH_S:
                self._capture()
            case RunEnded():
                self._end()

    def close(self) -> None:
        """Let go of the folder, also where nobody listens to the run any more."""
        self._finish_thread()
        self._history.close()
        self._lock.release()

    def _capture(self) -> None:
        assert self._run is not None
        self._is_due = False
        begin = time.perf_counter()
        state = self._run.state_dict()
        self._captured_s = time.perf_counter()
        self._hand_over(_Pending(self.record, state, self._captured_s - begin))

    def _hand_over(self, pending: _Pending) -> None:
        with self._changed:
            self._pending = pending  # what waited before is out of date
            self._next_s = float("inf")  # until the writer has told what it took
            self._changed.notify()

    def _end(self) -> None:
        assert self._run is not None
        has_learned = bool(self.record.history.epochs) or self._has_file(files.CHECKPOINT)
        if has_learned:
            self._hand_over(_Pending(self.record, self._run.final_state, is_last=True))
        self._finish_thread()
        self._history.close()
        self._lock.release()
        if self.record.history.epochs and not self._has_last_weights:
            self._save_elsewhere()
        if has_learned:
            self._put_row()
        else:
            self._store.discard(self._facts.id, self.folder)

    def _save_elsewhere(self) -> None:
        assert self._run is not None
        about = replace(self._run.classifier, history=self.record.history)
        suffix = ".pth" if self._plain_weights else ".safetensors"
        path = save_elsewhere(about, f"{self._index.name} {self._facts.id}", suffix)
        hint = QT_TRANSLATE_NOOP("core", "Make room on the disk.")
        if path is not None:
            sentence = QT_TRANSLATE_NOOP(
                "core", "“{name}” did not take the weights: they are in “{path}”."
            )
        else:
            sentence = QT_TRANSLATE_NOOP("core", "No disk took the weights of the run.")
        error = StorageError(sentence, hint, name=self.folder, path=path)
        _log.warning("%s", error)
        self.problem = RunNotKept(error, path, is_last=True)

    def _finish_thread(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            with self._changed:
                self._is_over = True
                self._changed.notify()
            thread.join()

    def _has_file(self, name: str) -> bool:
        return (self.folder / name).exists()

    # The writing thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending is not None or self._is_over)
                pending, self._pending = self._pending, None
            if pending is None:
                return
            begin = time.thread_time()
            error = self._written(pending)
            if error is not None and pending.is_last and pending.state is not None:
                self._written(replace(pending, state=None))  # the weights matter more
            wait_s = (pending.capture_s + time.thread_time() - begin) / SHARE
            with self._changed:
                if self._pending is None:
                    self._next_s = time.perf_counter() + (wait_s if error is None else RETRY_S)

    def _written(self, pending: _Pending) -> TLStudioError | None:
        """Write it; returns, and tells, what went wrong, for the run goes on."""
        try:
            self._write(pending)
            return None
        except TLStudioError as problem:
            error = problem
        except Exception as problem:
            if not isinstance(problem, OSError):
                _log.exception("a run was not kept")
            why = problem if isinstance(problem, OSError) else OSError(str(problem))
            error = unwritable(self.folder, why)
        self._tell(error)
        return error

    def _write(self, pending: _Pending) -> None:
        """Bring all files that changed to the disk, at one moment."""
        assert self._run is not None
        record, best = pending.record, pending.record.best_predictions
        facts, state = self._facts, pending.state
        if not facts.environment:
            device = record.started.device if record.started is not None else ""
            facts = replace(facts, environment=environment(device))
        has_new_predictions = best is not None and best.epoch != self._written_predictions
        is_last = pending.is_last and bool(record.history.epochs)
        has_all_weights = state is not None and not pending.is_last and self._is_time_for_weights()
        with commit(self.folder) as new:
            if is_last:
                self._history.close()
                atomic_write(new.folder / files.HISTORY, record.history.to_csv())
                self._write_last_weights(new, record)
            if best is not None and has_new_predictions:
                told = best.predictions
                files.write_predictions(new.folder, Split.VAL, told, record.classes, self._index)
                facts = replace(facts, images=len(told))
            if state is not None:
                write_checkpoint(new.folder, state)
                if has_all_weights:
                    self._write_all_weights(new.folder, record, state)
            files.write_run(new.folder, facts, record)
        self._facts = facts
        self._has_last_weights |= is_last
        self._has_all_weights |= has_all_weights
        if best is not None and has_new_predictions:
            self._written_predictions = best.epoch
        if not pending.is_last and time.perf_counter() - self._indexed_s > INDEX_EVERY_S:
            self._put_row()

    def _write_last_weights(self, new: Commit, record: RunRecord) -> None:
        assert self._run is not None
        about = replace(self._run.classifier, history=record.history)
        names = [(files.WEIGHTS, files.LAST_WEIGHTS)]
        if self._plain_weights:
            names.append((files.PLAIN_WEIGHTS, files.PLAIN_LAST_WEIGHTS))
        for best, last in names:
            save_weights(about, new.folder / best)
            if about.last_state is None:
                new.remove(last)  # of before it went on: the best weights are the last ones now
            else:
                save_weights(about, new.folder / last, which="last")

    def _is_time_for_weights(self) -> bool:
        return not self._has_all_weights and time.perf_counter() >= self._all_weights_s

    def _write_all_weights(self, folder: Path, record: RunRecord, state: Mapping[str, Any]) -> None:
        """Once, and early: what never changes needs no place in every checkpoint.

        The best values are copies, and the others are not changed by the thread that trains.
        """
        assert self._run is not None
        classifier = self._run.classifier
        values: dict[str, torch.Tensor] = {**classifier.network.state_dict(), **state["best"]}
        about = replace(classifier, history=record.history, config=self._run.config)
        save_state(values, about, folder / files.WEIGHTS)

    # Either

    def _put_row(self) -> None:
        self._indexed_s = time.perf_counter()
        entry = files.read_entry(self.folder, self._facts.id)
        if entry is not None:
            self._store.put(entry)

    def _tell(self, error: TLStudioError) -> None:
        _log.warning("%s", error)
        if not self._is_told:
            self._is_told, self.problem = True, RunNotKept(error)

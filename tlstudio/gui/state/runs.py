"""The kept runs, and the one of them whose model is in hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from tlstudio.core.crashes import CrashRecord, collect_crashes
from tlstudio.core.data.dataset import DatasetIndex, SplitConfig
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import RunEnded, RunEndReason
from tlstudio.core.runs.kept import FOLD_NAME, RACE_NAME, KeptRun, RunEntry, RunMarks, RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.strategies import STRATEGIES
from tlstudio.gui.kit import formats
from tlstudio.gui.kit.language import core_text
from tlstudio.gui.kit.preferences import Preferences
from tlstudio.gui.kit.tasks import TaskPool
from tlstudio.gui.state import run_jobs
from tlstudio.gui.state.classifier import ClassifierInfo, ClassifierState
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.notifications import Notifications
from tlstudio.gui.state.run import RunState
from tlstudio.gui.state.run_jobs import OpenedRun, RunList

if TYPE_CHECKING:
    from tlstudio.gui.state.jobs import Classifier

MOST_COMPARED = 6

translate = QCoreApplication.translate

_FOLD_NAME = re.compile(
    FOLD_NAME.format(dataset="(?P<dataset>.+)", fold=r"(?P<fold>\d+)", folds=r"(?P<folds>\d+)")
)
_RACE_NAME = re.compile(RACE_NAME.format(entry="(?P<entry>.+)", seed=r"(?P<seed>\d+)"))


class RunsState(QObject):
    """All runs that are kept. One is in hand: shown on Train and Results, saved and used.

    Attributes:
        entries: newest first; empty until the list was read.
        size_bytes: of their files.
        current: whose model is in hand; None where there is none, or until what was loaded is kept.
        opening: the id of the run that is being read; empty for none.
        compared: ids of the runs that were last asked to be shown beside each other.

    Signals:
        entries_changed(): the list is another one, or one of its rows.
        current_changed(RunEntry | None): another run is in hand, or more is known of it.
        opened(RunEntry): a person opened it, and everything is as it was.
        comparison_requested(tuple): ids of two to six runs that shall be shown beside each other.
        export_requested(RunEntry): a run shall be handed on.
        shown(): somebody wants to see the list.
        diagnostics_wanted(): somebody wants to see what is known of a window that crashed.
    """

    entries_changed = Signal()
    current_changed = Signal(object)
    opened = Signal(object)
    comparison_requested = Signal(object)
    export_requested = Signal(object)
    shown = Signal()
    diagnostics_wanted = Signal()

    def __init__(
        self,
        pools: tuple[TaskPool, TaskPool],
        notifications: Notifications,
        preferences: Preferences,
        run: RunState,
        classifiers: ClassifierState,
        network: NetworkState,
        datasets: DatasetState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine_pool, self._runs_pool = pools
        self._notifications = notifications
        self._preferences = preferences
        self._run = run
        self._classifiers = classifiers
        self._network = network
        self._datasets = datasets
        self.entries: tuple[RunEntry, ...] = ()
        self.size_bytes = 0
        self.current: RunEntry | None = None
        self.opening = ""
        self.compared: tuple[str, ...] = ()
        self._then: Callable[[], object] | None = None
        self._waits_for_dataset = False
        self._continues: int | None = None  # epochs that the run that is opened goes on to
        self._unkept: dict[str, tuple[Classifier, RunRecord]] = {}  # in memory alone
        self._unwritten: dict[str, RunMarks] = {}  # on their way to the disk
        self._has_list = False
        run.trained.connect(self._on_trained)
        run.ended.connect(self._on_run_ended)
        run.started.connect(self.refresh)
        classifiers.changed.connect(self._on_classifier_changed)
        classifiers.loaded.connect(self._on_loaded)
        datasets.changed.connect(self._on_dataset_changed)
        datasets.missed.connect(self._on_dataset_missed)

    # The list

    def refresh(self) -> None:
        """Read the list again, in the background."""
        self._runs_pool.submit(
            run_jobs.list_runs, done=self._on_listed, failed=self._notifications.error
        )

    def entry(self, run_id: str) -> RunEntry | None:
        """A run of the list."""
        return next((entry for entry in self.entries if entry.id == run_id), None)

    @property
    def interrupted(self) -> tuple[RunEntry, ...]:
        """Runs of the window whose process died before they could end, newest first."""
        return tuple(
            entry
            for entry in self.entries
            if entry.is_interrupted and entry.can_continue and entry.origin is RunOrigin.WINDOW
        )

    @property
    def unkept(self) -> tuple[RunEntry, ...]:
        """Runs that the disk did not take: they are in memory alone, and gone when it closes."""
        return tuple(entry_of(record) for _, record in self._unkept.values())

    def let_go(self, run_id: str) -> None:
        """A person has saved a run that the disk did not take, or does without it."""
        self._unkept.pop(run_id, None)

    def set_marks(self, run_id: str, marks: RunMarks) -> None:
        """Name, star, tag a run or note something about it."""
        self._replace(run_id, marks=marks)
        self._unwritten[run_id] = marks
        task = self._runs_pool.submit(
            run_jobs.set_marks,
            run_id,
            marks,
            done=self._on_marks_written,
            failed=self._on_write_failed,
        )
        task.must_end = True

    def delete(self, ids: Iterable[str]) -> None:
        """Put runs aside, with a way back; neither one that trains nor the one in hand."""
        held = self.current.id if self.current is not None else ""
        wanted = tuple(
            entry.id
            for entry in map(self.entry, ids)
            if entry is not None and not entry.is_running and entry.id != held
        )
        if not wanted:
            self._notifications.info(
                self.tr("A run that is in hand or goes on cannot be deleted."),
                self.tr("Open another run first."),
            )
            return
        task = self._runs_pool.submit(
            run_jobs.delete_runs, wanted, done=self._on_listed, failed=self._on_write_failed
        )
        task.must_end = True
        self._notifications.info(
            self.tr("%n run(s) deleted.", "", len(wanted)),
            self.tr("Until you quit they can be brought back."),
            action=self.tr("Undo"),
            act=partial(self.restore, wanted),
        )

    def restore(self, ids: tuple[str, ...]) -> None:
        """Bring deleted runs back."""
        task = self._runs_pool.submit(
            run_jobs.restore_runs, ids, done=self._on_listed, failed=self._on_write_failed
        )
        task.must_end = True

    def compare(self, ids: Iterable[str]) -> None:
        """Show two to six runs beside each other."""
        wanted = tuple(dict.fromkeys(ids))[:MOST_COMPARED]
        if len(wanted) >= 2:
            self.compared = wanted
            self.comparison_requested.emit(wanted)

    # One run

    def open(self, run_id: str, then: Callable[[], object] | None = None) -> None:
        """Bring a run back as it was: dataset, settings, charts, predictions, model; not while
        another one trains.

        Args:
            then: called when it is in hand.
        """
        if self._run.active:
            return
        self.opening, self._then, self._continues = run_id, then, None
        if run_id in self._unkept:
            classifier, record = self._unkept[run_id]
            self._take_opened(entry_of(record), record, classifier)
            return
        entry = self.entry(run_id)
        index = self._datasets.index
        is_other = index is None or (entry is not None and index.fingerprint != entry.fingerprint)
        if entry is not None and entry.fingerprint and entry.root and is_other:
            self._runs_pool.submit(
                run_jobs.how_read,
                run_id,
                done=self._on_how_read,
                failed=self._on_read_failed,
            )
        else:
            self._read()

    def open_found(self, entry: RunEntry, then: Callable[[], object]) -> None:
        """Open a run that may not be in the list yet."""
        if self.entry(entry.id) is None:
            self.entries = (entry, *self.entries)
        self.open(entry.id, then)
        self.refresh()

    def continue_(self, run_id: str, epochs: int | None = None) -> None:
        """Go on with a run from its last checkpoint, to its last epoch or to more of them."""
        self.open(run_id, self._start_again)
        entry = self.entry(run_id)
        self._continues = epochs or (entry.planned_epochs if entry is not None else None)

    def copy_settings(self, run_id: str) -> None:
        """Take a run's settings into the form, which can be undone."""
        self._runs_pool.submit(
            run_jobs.read_run,
            run_id,
            self._datasets.index,
            done=self._on_settings_read,
            failed=self._notifications.error,
        )

    def close(self) -> None:
        """Give the space of deleted runs back; only for closing the program."""
        run_jobs.empty_deleted()

    # How it is done

    def _read(self) -> None:
        self._engine_pool.submit(
            run_jobs.open_run,
            self.opening,
            self._datasets.index,
            done=self._on_read,
            failed=self._on_read_failed,
        )

    def _on_how_read(self, how: tuple[SplitConfig | None, ReadOptions]) -> None:
        entry = self.entry(self.opening)
        if entry is not None and not self._run.active:
            self._waits_for_dataset = True
            split, options = how
            self._datasets.open(Path(entry.root), split, entry.dataset, options)

    def _on_looked_back(self, crash: CrashRecord | None) -> None:
        self._tell_of_last_time(crash is not None)
        self._tell_of_space()

    def _tell_of_last_time(self, has_crashed: bool) -> None:
        """Ask once about a run whose process died; it can be continued later as well.

        Args:
            has_crashed: a window was not closed, with or without a run.
        """
        offered = self._preferences.offered_runs
        found = [entry for entry in self.interrupted if entry.id not in offered]
        diagnostics = self.tr("Show diagnostics")
        if not found or self._run.active:
            if has_crashed:
                self._notifications.info(
                    self.tr("TLStudio was not closed properly last time."),
                    self.tr("What is known of it is kept with the diagnostics."),
                    action=diagnostics,
                    act=self.diagnostics_wanted.emit,
                )
            return
        self._preferences.offered_runs = tuple(entry.id for entry in self.interrupted)
        entry = found[0]
        text = self.tr("The run {name} was interrupted after epoch {epoch} of {epochs}.")
        if has_crashed:
            text = self.tr(
                "TLStudio was not closed properly last time, and the run {name} was interrupted "
                "after epoch {epoch} of {epochs}."
            )
        self._notifications.info(
            text.format(name=run_name(entry), epoch=entry.epochs, epochs=entry.planned_epochs),
            self.tr("It can go on from there, now or later from the Runs page."),
            action=self.tr("Continue"),
            act=partial(self.continue_, entry.id),
            further=diagnostics if has_crashed else "",
            act_further=self.diagnostics_wanted.emit,
        )

    def _tell_of_space(self) -> None:
        """Nothing is deleted by itself; a person is asked to."""
        limit = self._preferences.runs_limit_bytes
        if self.size_bytes > limit:
            self._notifications.info(
                self.tr("Kept runs take {size}, more than the {limit} set for them.").format(
                    size=formats.file_size(self.size_bytes), limit=formats.file_size(limit)
                ),
                self.tr("The Runs page offers old ones without a star for deletion."),
                action=self.tr("Show runs"),
                act=self.shown.emit,
            )

    def _on_listed(self, found: RunList) -> None:
        is_first = not self._has_list
        self.entries, self.size_bytes, self._has_list = found.entries, found.size_bytes, True
        for run_id, marks in self._unwritten.items():  # the list was read before they were written
            self._replace(run_id, marks=marks)
        if self.current is not None and (known := self.entry(self.current.id)) is not None:
            self._set_current(known)
        self.entries_changed.emit()
        if is_first:
            self._runs_pool.submit(collect_crashes, done=self._on_looked_back)

    def _replace(self, run_id: str, **values: object) -> None:
        """Show at once what is being written."""
        self.entries = tuple(
            replace(entry, **values) if entry.id == run_id else entry  # type: ignore[arg-type]
            for entry in self.entries
        )
        if self.current is not None and self.current.id == run_id:
            self._set_current(replace(self.current, **values))  # type: ignore[arg-type]
        self.entries_changed.emit()

    def _on_marks_written(self, entry: RunEntry) -> None:
        if self._unwritten.get(entry.id) == entry.marks:
            del self._unwritten[entry.id]

    def _on_write_failed(self, error: TLStudioError) -> None:
        self._unwritten.clear()
        self._notifications.error(error)
        self.refresh()

    def _set_current(self, entry: RunEntry | None) -> None:
        if entry != self.current:
            self.current = entry
            self.current_changed.emit(entry)

    def _on_trained(self, classifier: Classifier, end: RunEnded) -> None:
        """A run ended. What never learned does not take the place of what did."""
        if not end.epochs and self._classifiers.info is not None:
            return
        record, before = self._run.record, self.current
        if end.epochs and not self._run.is_kept:
            self._unkept[record.run_id] = (classifier, record)
        self._take(classifier, record)
        entry = entry_of(record) if end.epochs else None
        self._set_current(entry)
        if before is not None and entry is not None:
            self._tell_of_better(entry)

    def _tell_of_better(self, entry: RunEntry) -> None:
        """Say so where an earlier run of the same images was better, with a way back to it."""
        rivals = [
            other
            for other in self.entries
            if other.fingerprint == entry.fingerprint and other.id != entry.id and other.has_weights
        ]
        best = max(rivals, key=_accuracy, default=None)
        if best is None or _accuracy(best) <= _accuracy(entry):
            return
        text = self.tr("This run is at {accuracy}; {best} was better, at {better}.")
        if _overlap(entry, best):
            text = self.tr(
                "This run is at {accuracy}, {best} at {better}: that may be chance, the intervals "
                "overlap."
            )
        self._notifications.info(
            text.format(
                accuracy=accuracy_text(entry), best=run_name(best), better=accuracy_text(best)
            ),
            self.tr("Nothing is lost: both are on the Runs page"),
            action=self.tr("Open {name}").format(name=run_name(best)),
            act=partial(self.open, best.id),
        )

    def _on_run_ended(self, end: RunEnded) -> None:
        self.refresh()
        if end.reason is RunEndReason.STOPPED and self._run.record.end is not end:
            self._notifications.info(
                self.tr("Stopped before the first epoch ended; the run before is shown again.")
            )

    def _on_read(self, opened: OpenedRun) -> None:
        entry = opened.run.entry
        if entry.id == self.opening and not self._run.active:
            record = replace(opened.run.record, run_id=entry.id)
            self._take_opened(entry, record, opened.classifier)

    def _take_opened(
        self, entry: RunEntry, record: RunRecord, classifier: Classifier | None
    ) -> None:
        self.opening = ""
        if record.settings is not None:
            self._network.set_config(record.settings.config)
        if classifier is not None:
            self._take(classifier, record, source=_source_of(entry))
            self._set_current(entry)
        else:
            self._notifications.warning(
                self.tr("The weights of {name} are gone; what it told is shown.").format(
                    name=run_name(entry)
                )
            )
        self._run.show(record)
        self.opened.emit(entry)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _on_read_failed(self, error: TLStudioError) -> None:
        self.opening, self._then = "", None
        self._notifications.error(error)
        self.refresh()

    def _start_again(self) -> None:
        """Go on with the run that was just opened."""
        index, entry = self._datasets.index, self.current
        epochs, self._continues = self._continues, None
        if entry is None or index is None or index.fingerprint != entry.fingerprint:
            self._notifications.warning(
                self.tr("The images of this run are not as they were, so it cannot go on."),
                self.tr("Start a new run from its weights instead."),
            )
            return
        record = self._run.record
        if record.settings is None:
            return
        settings = record.settings
        if epochs is not None and epochs != settings.config.epochs:
            self._network.change(epochs=epochs)
            settings = self._network.settings
        self._run.start(settings, index, resume=entry.id)

    def _take(self, classifier: Classifier, record: RunRecord, source: str = "") -> None:
        best = record.history.best
        info = ClassifierInfo(
            classifier.model,
            classifier.classes,
            source=source,
            val_accuracy=best.val_accuracy if best else None,
            epochs=len(record.history.epochs),
        )
        self._classifiers.take(classifier, info)

    def _on_classifier_changed(self) -> None:
        """Whoever took it in hand says whose it is right afterwards."""
        self._set_current(None)

    def _on_loaded(self, info: ClassifierInfo) -> None:
        """What was loaded becomes a run of its own, so that the next one cannot take its place."""
        classifier = self._classifiers.classifier
        if classifier is None:
            return
        self._run.forget()
        task = self._engine_pool.submit(
            run_jobs.add_weights,
            classifier,
            info.source,
            done=self._on_weights_kept,
            failed=self._notifications.error,
        )
        task.must_end = True

    def _on_weights_kept(self, entry: RunEntry) -> None:
        info = self._classifiers.info
        if self.current is None and info is not None and info.source == entry.name:
            self._set_current(entry)
            self._show_loaded(entry.id)
        self.refresh()

    def _show_loaded(self, run_id: str) -> None:
        """What a file tells of its training, on the Train page."""
        classifier = self._classifiers.classifier
        if classifier is None or self._run.active:
            return
        history, best = classifier.history, classifier.history.best
        end = RunEnded(
            RunEndReason.FINISHED,
            len(history.epochs),
            best.epoch if best is not None else None,
            best.val_accuracy if best is not None else None,
            sum(epoch.elapsed_s for epoch in history.epochs),
        )
        self._run.show(
            RunRecord(
                Settings(classifier.config),
                classes=classifier.classes,
                history=history,
                end=end,
                run_id=run_id,
            )
        )

    def _on_settings_read(self, run: KeptRun) -> None:
        if run.record.settings is not None:
            self._network.set_config(run.record.settings.config)

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        if not self._waits_for_dataset or index is None:
            return
        self._waits_for_dataset = False
        entry = self.entry(self.opening)
        if entry is not None and index.root != Path(entry.root):
            self.opening, self._then = "", None  # a person has opened something else meanwhile
            return
        if entry is not None and index.fingerprint != entry.fingerprint:
            self._notifications.info(
                self.tr("The images of {name} have changed since.").format(name=run_name(entry))
            )
        self._read()

    def _on_dataset_missed(self) -> None:
        """The folder is gone; what is kept of the run can be shown all the same."""
        if self._waits_for_dataset:
            self._waits_for_dataset = False
            self._read()


def entry_of(record: RunRecord) -> RunEntry:
    """A row for a run that just ended, until the list is read again."""
    config = record.settings.config if record.settings is not None else None
    best, told = record.history.best, record.shown_predictions.predictions
    known = [one for one in told if one.is_right is not None]
    return RunEntry(
        record.run_id,
        Path(),
        dataset=record.dataset,
        fingerprint=record.fingerprint,
        model=config.model if config is not None else "",
        strategy=config.strategy if config is not None else "",
        learning_rate=config.learning_rate if config is not None else 0.0,
        planned_epochs=config.epochs if config is not None else 0,
        epochs=len(record.history.epochs),
        best_epoch=best.epoch if best is not None else None,
        accuracy=best.val_accuracy if best is not None else None,
        right=sum(one.is_right is True for one in known) if known else None,
        images=len(known) or None,
        elapsed_s=record.elapsed_s,
        end=record.end.reason if record.end is not None else None,
        has_weights=True,
    )


def run_name(entry: RunEntry) -> str:
    """What a person calls a run, or else its dataset and strategy."""
    if entry.origin is RunOrigin.RACE and (race := _RACE_NAME.fullmatch(entry.name)):
        return translate("RunsState", "race · {entry} · seed {seed}").format(
            entry=core_text(race["entry"]), seed=race["seed"]
        )
    if entry.origin is RunOrigin.FOLDS and (fold := _FOLD_NAME.fullmatch(entry.name)):
        return translate("RunsState", "{dataset} · fold {fold} of {folds}").format(
            dataset=core_text(fold["dataset"]), fold=fold["fold"], folds=fold["folds"]
        )
    if entry.name:
        return entry.name
    parts = [core_text(entry.dataset)]
    if entry.strategy in STRATEGIES:
        parts.append(core_text(STRATEGIES[entry.strategy].title))
    return " · ".join(part for part in parts if part) or entry.id


def _overlap(one: RunEntry, other: RunEntry) -> bool:
    """Whether the intervals of two accuracies overlap, as far as they are known."""
    mine, theirs = one.interval, other.interval
    if mine is None or theirs is None:
        return False
    return mine.high >= theirs.low and theirs.high >= mine.low


def accuracy_text(entry: RunEntry) -> str:
    """The accuracy of a run with its interval, e.g. “89.4% (77–95)”; a dash without one."""
    text = formats.percent(entry.accuracy)
    if entry.interval is None:
        return text
    low, high = 100 * entry.interval.low, 100 * entry.interval.high
    return f"{text} ({low:.0f}–{high:.0f})"


def run_title(entry: RunEntry) -> str:
    """Name and accuracy, in the language of the window."""
    name = run_name(entry)
    return f"{name} · {formats.percent(entry.accuracy)}" if entry.accuracy is not None else name


def _source_of(entry: RunEntry) -> str:
    return entry.name if entry.origin is RunOrigin.FILE else ""


def _accuracy(entry: RunEntry) -> float:
    return -1.0 if entry.accuracy is None else entry.accuracy

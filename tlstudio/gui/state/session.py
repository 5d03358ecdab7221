"""The one mutable state of the studio. Pages and panels talk to it, never to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QDeadlineTimer, QObject, Signal

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError
from tlstudio.core.needs import TRAINING, Facts, Need, missing
from tlstudio.core.runs.events import RunEnded, RunEndReason, SampleSkipped
from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.kit.language import core_text, error_hint, error_text, shown
from tlstudio.gui.kit.preferences import RECENT_KEPT, Preferences
from tlstudio.gui.kit.tasks import PATIENCE_MS, Task, TaskPool
from tlstudio.gui.kit.thumbnails import ThumbnailCache
from tlstudio.gui.state import jobs, run_jobs
from tlstudio.gui.state.beside import BesideState
from tlstudio.gui.state.classifier import ClassifierState
from tlstudio.gui.state.datasets import DatasetState
from tlstudio.gui.state.downloads import DownloadsState
from tlstudio.gui.state.forecast import ForecastState
from tlstudio.gui.state.network import NetworkState
from tlstudio.gui.state.notifications import Notifications
from tlstudio.gui.state.run import RunState, RunStatus
from tlstudio.gui.state.runs import RunsState
from tlstudio.gui.state.undo import UndoState

if TYPE_CHECKING:
    from tlstudio.core.lessons.target import Target
    from tlstudio.gui.state.study import StudyState


# preferences that decide how long a run takes and what it finds
MEASURED_WITH = ("cache_folder", "features_limit_gb", "images_limit_gb", "device", "threads")

CLOSING_MS = 2000  # a closed window that stays is taken for a broken one
WRITING_MS = 10_000


class Step(StrEnum):
    """The steps of the work; each has a page, a row of `gui.app.parts.PAGES`."""

    DATA = "data"
    MODEL = "model"
    TRAIN = "train"
    RESULTS = "results"
    USE = "use"
    RUNS = "runs"


class Dialog(StrEnum):
    """The dialogs that a feature may ask for without knowing who shows them."""

    WEIGHTS = "weights"
    LOADING = "loading"
    CATALOG = "catalog"
    GATHER = "gather"
    CODE = "code"
    DIAGNOSTICS = "diagnostics"
    TOUR = "tour"
    NEWS = "news"
    PREFERENCES = "preferences"
    EXPORT = "export"
    LEARN = "learn"


class FeatureState(QObject):
    """The state of one feature, beside its widgets.

    `Session.feature` makes it when somebody first asks for it: what nobody has looked at costs
    nothing. It must therefore begin with what the session holds at that moment, not wait for a
    signal of it.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session

    def close(self) -> None:
        """End what is going on, because the program ends; studies are ended by the session."""


State = TypeVar("State", bound=FeatureState)


class Session(QObject):
    """Everything that outlives a window, so that the window can be rebuilt at any time.

    Signals:
        step_changed(Step): another page was asked for.
        dialog_requested(Dialog): a feature wants a dialog of another feature to be shown.
        help_requested(str): a feature or the palette wants this place of the help to be shown.
        learn_requested(str): a place of the Learn window is wanted, such as ``lesson/pooling``.
        target_requested(Target): a place or set-up of the studio is wanted.
        mending_wanted(Need): a person clicked on what is missing; whoever can mend it shows where.
        simple_changed(bool): what only experts need goes out of sight, or comes back.
        busy_changed(bool): a run or a study began or ended; there is only one of them at a time.
    """

    step_changed = Signal(object)
    dialog_requested = Signal(object)
    help_requested = Signal(str)
    learn_requested = Signal(str)
    target_requested = Signal(object)
    mending_wanted = Signal(object)
    simple_changed = Signal(bool)
    busy_changed = Signal(bool)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preferences = preferences
        self.notifications = Notifications(self)
        self.disk_pool = TaskPool(2, self, patience_ms=PATIENCE_MS)  # never touches torch
        # each recent dataset may lie on a drive of its own that is gone
        self.reach_pool = TaskPool(RECENT_KEPT, self, patience_ms=PATIENCE_MS)
        self.engine_pool = TaskPool(1, self)  # torch, one thing after another
        self.network_pool = TaskPool(1, self)  # waits for servers
        self.runs_pool = TaskPool(1, self)  # writes in the order asked for
        self.thumbnails = ThumbnailCache(self.disk_pool, jobs.thumbnail, parent=self)
        self.datasets = DatasetState(
            self.disk_pool, self.reach_pool, preferences, self.notifications, self
        )
        self.downloads = DownloadsState(
            self.network_pool, self.engine_pool, self.notifications, self
        )
        self.network = NetworkState(self.engine_pool, self.downloads, self.notifications, self)
        self.beside = BesideState(self.network, self.engine_pool, self)
        self.run = RunState(self)
        self.classifier = ClassifierState(
            self.engine_pool, self.disk_pool, self.notifications, self
        )
        self.undo = UndoState(self.network, self.datasets, self.run, self)
        pools = (self.engine_pool, self.disk_pool)
        self.runs = RunsState(
            (self.engine_pool, self.runs_pool),
            self.notifications,
            preferences,
            self.run,
            self.classifier,
            self.network,
            self.datasets,
            self,
        )
        self.forecasts = ForecastState(
            pools, self.network, self.datasets, self.run, self.classifier, self
        )
        self.studies: list[StudyState] = []  # each feature adds its own
        self._features: dict[type[FeatureState], FeatureState] = {}
        self.step = Step.DATA
        self.data_tab = ""  # what the Data page shows of the open dataset
        self.model_tab = ""  # what the Model page shows; the window is rebuilt for a language
        self.train_tab = ""  # what the Train page shows
        self.tour_step = ""  # where in the guided tour a person is; empty while none is taken
        self.layer_measure = ""  # what the layer tree shows beside each layer
        self._root: Path | None = None
        self._read: DatasetIndex | None = (
            None  # what was found on the disk, without changes by hand
        )
        self.has_ended = True  # whether `close` could end every thread

        preferences.changed.connect(self._on_preference_changed)
        preferences.not_kept.connect(self.notifications.error)
        self.datasets.changed.connect(self._on_dataset_changed)
        self.datasets.glanced.connect(self._on_glanced)
        self.run.status_changed.connect(self._on_run_status_changed)
        self.classifier.loaded.connect(self._on_loaded)
        self.run.ended.connect(self._on_run_ended)
        self.run.sample_skipped.connect(self._on_sample_skipped)
        self.run.not_kept.connect(self._on_run_not_kept)
        self.runs.comparison_requested.connect(self._show_runs)
        self.runs.shown.connect(self._show_runs)
        self.runs.diagnostics_wanted.connect(partial(self.open_dialog, Dialog.DIAGNOSTICS))

    @property
    def dataset_name(self) -> str:
        """The name of the open dataset as a person reads it; empty without one."""
        index = self.datasets.index
        return shown(index.name) if index else ""

    def feature(self, kind: type[State]) -> State:
        """The state of a feature, e.g. ``session.feature(RaceState)``; there is one of each."""
        if kind not in self._features:
            self._features[kind] = kind(self)
        return cast(State, self._features[kind])

    def add_study(self, study: StudyState) -> None:
        """The session is busy while `study` is active, and ends it when the program ends."""
        self.studies.append(study)
        study.active_changed.connect(self._on_study_active_changed)

    def open_dialog(self, dialog: Dialog) -> None:
        """Show a dialog of another feature."""
        self.dialog_requested.emit(dialog)

    def learn(self, place: str = "") -> None:
        """Show a place of the Learn window: ``lesson/<id>``, ``paper/<id>`` or ``quiz``."""
        self.learn_requested.emit(place)

    def follow(self, target: Target) -> None:
        """Bring the studio to where a lesson, an answer or a table leads."""
        if target.place:
            self.learn(target.place)
        else:
            self.target_requested.emit(target)

    def go_to(self, step: Step) -> None:
        """Show the page of `step`."""
        if step is not self.step:
            self.step = step
            self.step_changed.emit(step)

    @property
    def is_simple(self) -> bool:
        """Whether what only experts need is out of sight; it goes on to hold."""
        return self.preferences.is_simple

    def set_simple(self, is_simple: bool) -> None:
        """Leave out what only experts need, or show everything."""
        if is_simple != self.is_simple:
            self.preferences.is_simple = is_simple

    def tell_preference_faults(self) -> None:
        """Say what was wrong in the file of preferences when the program started."""
        from tlstudio.core.preferences import faults

        for fault in faults(self.preferences.file):
            self.notifications.warning(error_text(fault), error_hint(fault))

    def _on_preference_changed(self, name: str) -> None:
        if name == "detail":
            self.simple_changed.emit(self.is_simple)
        elif name == "runs_limit_gb":
            self.runs.entries_changed.emit()
        elif name == "runs_folder":
            self.runs.refresh()
        elif name == "weights_folder":
            self.downloads.look_elsewhere()
        elif name == "threads" and self.network.is_ready:
            self.engine_pool.submit(jobs.set_threads, self.preferences.config.threads)
        if name in MEASURED_WITH:
            self.forecasts.look_again()

    @property
    def is_busy(self) -> bool:
        """Whether a run or a study is going on."""
        return self.run.active or any(study.active for study in self.studies)

    @property
    def can_train(self) -> bool:
        """Whether Train has all it needs."""
        return self.missing(TRAINING) is None

    @property
    def facts(self) -> Facts:
        """The present facts, from which `missing` says what keeps something from starting."""
        index, network = self.datasets.index, self.network
        weights = network.weights
        return Facts(
            is_reading=self.datasets.loading,
            has_dataset=index is not None,
            has_val_images=index is not None and bool(index.by_split[Split.VAL]),
            has_engine=network.is_ready,
            lacks_weights=network.weights_missing,
            has_pretraining=weights is not None,
            has_pretrained_weights=weights is not None and weights.ready,
            has_network=network.tree is not None,
            has_plan=network.plan is not None,
            is_training=self.run.active,
            is_studying=self.is_busy and not self.run.active,
            problem=network.problem,
            field_problem=next(iter(network.field_problems.values()), None),
        )

    def is_out_of_date(self, record: RunRecord) -> bool:
        """Whether `record` was made with other settings, another split or other data than now."""
        index = self.datasets.index
        fingerprint = index.fingerprint if index is not None else ""
        has_told = bool(record.history.epochs) and bool(record.fingerprint)
        return has_told and not record.is_of(self.network.config, fingerprint)

    def missing(self, needs: Iterable[Need]) -> Need | None:
        """The first of `needs` that is not met; None if all are."""
        return missing(needs, self.facts)

    def train(self) -> None:
        """Start a run on the open dataset, and show it."""
        index = self.datasets.index
        if index is None or not self.can_train:
            return
        self.run.start(self.network.settings, index)
        self.go_to(Step.TRAIN)

    def open_run_at(self, path: Path, otherwise: Callable[[], object]) -> None:
        """Open the kept run in a folder, or of its `run.json`, and show its results.

        Args:
            otherwise: called where there is no run, or where the drive does not answer.
        """
        self.disk_pool.submit(
            run_jobs.find_run,
            path,
            done=partial(self._on_run_looked_for, otherwise),
            failed=self.notifications.error,
            stuck=partial(self._on_run_not_told, otherwise),
        )

    def start_from(self, run: RunEntry) -> None:
        """Let the next run begin with the values of a kept one, of whatever network that is."""
        self.network.change(model=run.model, initialisation="file", start_from=str(run.folder))

    @property
    def can_continue(self) -> bool:
        """Whether the run in hand was stopped or interrupted, and can go on now."""
        current = self.runs.current
        return current is not None and current.can_continue and not self.is_busy

    def continue_run(self) -> None:
        """Go on with the run in hand from its checkpoint, and show it."""
        if self.can_continue and self.runs.current is not None:
            self.runs.continue_(self.runs.current.id)
            self.go_to(Step.TRAIN)

    def close(self, timeout_ms: int = CLOSING_MS) -> bool:
        """End all work within one batch; returns whether every thread ended.

        Args:
            timeout_ms: how long the pools may go on with what they have begun; what they write,
                for `WRITING_MS`.
        """
        self.run.stop()
        self.downloads.close()
        self.forecasts.close()
        for state in self._features.values():
            state.close()
        self.datasets.close()
        ended = [self.datasets.stop_watching(), self.run.wait(), self.classifier.close(timeout_ms)]
        ended += [study.wait() for study in self.studies]
        pools = (
            self.network_pool,
            self.disk_pool,
            self.reach_pool,
            self.runs_pool,
            self.engine_pool,
        )
        for pool in pools:
            pool.close(0)  # nothing begins while another one is waited for
        deadline = QDeadlineTimer(timeout_ms)
        for pool in pools:
            left_ms = deadline.remainingTime()
            ended.append(pool.close(max(left_ms, WRITING_MS) if pool.is_writing else left_ms))
        self.runs.close()
        self.has_ended = all(ended)
        return self.has_ended

    def _on_dataset_changed(self, index: DatasetIndex | None) -> None:
        read = None if index is None else index.unedited or index
        if read is None or read is not self._read:
            self._read = read
            self.thumbnails.clear()  # files may have changed under the same name
        with self.undo.unrecorded():
            self.network.set_dataset(index, self.datasets.glance)
        root = index.root if index else None
        if root != self._root:
            self._root = root
            self.run.forget()

    def _on_glanced(self) -> None:
        """Follow what the images look like, unless a run by the settings before has begun."""
        if self.run.active:
            return
        with self.undo.unrecorded():
            self.network.set_dataset(self.datasets.index, self.datasets.glance)

    def _on_run_status_changed(self, status: RunStatus) -> None:
        self.datasets.frozen = status is not RunStatus.IDLE
        self.busy_changed.emit(self.is_busy)

    def _on_study_active_changed(self, active: bool) -> None:
        self.forecasts.hold(active)
        self.busy_changed.emit(self.is_busy)

    def _on_run_looked_for(self, otherwise: Callable[[], object], entry: RunEntry | None) -> None:
        if entry is None:
            otherwise()
        else:
            self.runs.open_found(entry, partial(self.go_to, Step.RESULTS))

    def _on_run_not_told(self, otherwise: Callable[[], object], task: Task) -> None:
        task.cancel()
        otherwise()

    def _show_runs(self) -> None:
        self.go_to(Step.RUNS)

    def _on_loaded(self) -> None:
        self.go_to(Step.USE)

    def _on_run_ended(self, end: RunEnded) -> None:
        if end.reason is RunEndReason.FAILED and end.error is not None:
            self.notifications.error(end.error)

    def _on_run_not_kept(self, error: TLStudioError) -> None:
        self.notifications.warning(
            self.tr("The run is not kept: {why}").format(why=error_text(error)),
            self.tr("It goes on, and is tried again."),
        )

    def _on_sample_skipped(self, skipped: SampleSkipped) -> None:
        self.notifications.warning(
            self.tr("{path} was left out.").format(path=skipped.path), core_text(skipped.reason)
        )

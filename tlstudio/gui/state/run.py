"""The training run: its worker thread, its phases, and what it has said so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QObject, Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunNotKept,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.state import jobs, run_jobs
from tlstudio.gui.state.worker import GeneratorWorker

if TYPE_CHECKING:
    from tlstudio.core.settings import Settings
    from tlstudio.gui.state.jobs import Classifier


class RunStatus(StrEnum):
    """The states of the run."""

    IDLE = "idle"
    PREPARING = "preparing"  # the network is being built
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"


@dataclass(frozen=True)
class ClassifierBuilt:
    """What a run says before its first event: the network that it will train, and what is known of
    it: its id, and the epochs that it goes on after.
    """

    classifier: Classifier
    record: RunRecord


class RunState(QObject):
    """The current or last run; what it has told is in `record`, before a signal says so.

    Attributes:
        status: what it is doing.
        record: empty before the first run.
        is_kept: whether all that the run has told could be written so far.

    Signals:
        status_changed(RunStatus)
        started(RunStarted)
        phase_started(PhaseStarted): more layers train.
        progressed(BatchEnded | FeaturesProgressed): at most ten times a second.
        history_changed(History): an epoch ended, or a new run began (empty).
        predictions_changed(tuple): what the network says of the validation samples now.
        sample_skipped(SampleSkipped)
        not_kept(TLStudioError): files of the run could not be written; it goes on.
        ended(RunEnded): where it learned nothing, `record` is that of the run before again.
        trained(Classifier, RunEnded): a run ended with something learned.
    """

    status_changed = Signal(object)
    started = Signal(object)
    phase_started = Signal(object)
    progressed = Signal(object)
    history_changed = Signal(object)
    predictions_changed = Signal(object)
    sample_skipped = Signal(object)
    not_kept = Signal(object)
    ended = Signal(object)
    trained = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = RunStatus.IDLE
        self.record = RunRecord()
        self.is_kept = True
        self._worker = GeneratorWorker(self)
        self._worker.yielded.connect(self._on_event)
        self._worker.ended.connect(self._on_worker_ended)
        self._classifier: Classifier | None = None
        self._before: RunRecord | None = None  # comes back if the present run learns nothing
        self._clock = RunClock(is_paused=True)

    @property
    def elapsed_s(self) -> float:
        """Seconds that the run has been running; neither pauses nor the machine's sleep count."""
        return self._clock.elapsed_s

    @property
    def active(self) -> bool:
        return self.status is not RunStatus.IDLE

    def start(self, settings: Settings, index: DatasetIndex, *, resume: str = "") -> None:
        """Begin a run by the plan of `settings`; without effect while one is going on.

        Args:
            resume: the id of a kept run that goes on from its checkpoint; empty for a new one.
        """
        if self.active:
            return
        self.is_kept = True
        self._before = self.record if self.record.history.epochs else None
        self.forget()
        self.record = RunRecord(settings, index.name, index.fingerprint, index.classes)
        self._set_status(RunStatus.PREPARING)
        self._worker.start(partial(_run, settings, index, resume))

    def forget(self) -> None:
        """Clear what the last run said; without effect while one is going on."""
        self.show(RunRecord())

    def show(self, record: RunRecord) -> None:
        """Show a run that is over, with all it has told; without effect while one is going on."""
        if self.active:
            return
        self._clock = RunClock(is_paused=True)
        self.record = record
        self._classifier = None
        if record.started is not None:
            self.started.emit(record.started)
        self.history_changed.emit(record.history)
        self.predictions_changed.emit(record.shown_predictions.predictions)
        self.status_changed.emit(self.status)

    def pause(self) -> None:
        if self.status is RunStatus.RUNNING:
            self._worker.stop.pause()
            self._set_status(RunStatus.PAUSED)

    def resume(self) -> None:
        if self.status is RunStatus.PAUSED:
            self._worker.stop.resume()
            self._set_status(RunStatus.RUNNING)

    def stop(self) -> None:
        """Ask to end after the current batch; what was learned is kept."""
        if self.active:
            self._worker.cancel()
            self._set_status(RunStatus.STOPPING)

    def wait(self, timeout_ms: int = 60_000) -> bool:
        """Stop, and wait for the thread; returns whether it ended. Only to close the program."""
        return self._worker.wait(timeout_ms)

    def _set_status(self, status: RunStatus) -> None:
        if status is self.status:
            return
        self.status = status
        if status is RunStatus.RUNNING:
            self._clock.resume()
        else:
            self._clock.pause()
        self.status_changed.emit(status)

    def _on_event(self, event: ClassifierBuilt | RunEvent) -> None:
        if isinstance(event, ClassifierBuilt):
            self._classifier, self.record = event.classifier, event.record
            if event.record.history.epochs:
                self.history_changed.emit(event.record.history)
            return
        self.record = self.record.with_event(event)
        match event:
            case RunStarted():
                if self.status is RunStatus.PREPARING:
                    self._set_status(RunStatus.RUNNING)
                self.started.emit(event)
            case PhaseStarted():
                self.phase_started.emit(event)
            case BatchEnded() | FeaturesProgressed():
                self.progressed.emit(event)
            case EpochEnded():
                self.history_changed.emit(self.record.history)
            case PredictionsReady():
                self.predictions_changed.emit(event.predictions)
            case SampleSkipped():
                self.sample_skipped.emit(event)
            case RunNotKept():
                self.is_kept = False
                self.not_kept.emit(event.error)
            case RunEnded():
                pass  # the thread is not over yet
            case _:
                assert_never(event)

    def _on_worker_ended(self, error: TLStudioError | None) -> None:
        """The thread is over: only now is the classifier ours alone."""
        self._set_status(RunStatus.IDLE)
        classifier, self._classifier = self._classifier, None
        end = self.record.end
        if end is None or error is not None:  # without an error the trainer says how it ended
            error = error or TLStudioError("")
            end = RunEnded(RunEndReason.FAILED, 0, None, None, 0.0, error)
            self.record = self.record.with_event(end)
        shown = self.record.shown_predictions
        if shown.epoch and shown is not self.record.predictions:
            self.predictions_changed.emit(shown.predictions)  # of the weights in hand now
        if classifier is not None and self.record.has_learned:
            self.trained.emit(classifier, end)
        before, self._before = self._before, None
        if before is not None and not end.epochs:
            self.show(before)
        self.ended.emit(end)


def _run(
    settings: Settings, index: DatasetIndex, resume: str, stop: StopToken
) -> Iterator[ClassifierBuilt | RunEvent]:
    """Build the classifier, train it and keep the run. Runs on the worker's thread.

    Raises:
        TLStudioError: the settings and the dataset don't fit, or the run failed.
    """
    if problems := jobs.check_run(settings, index):
        raise TLStudioError.of(problems)
    classifier = jobs.build_classifier(settings.config, index.classes)
    record = run_jobs.begun_record(settings, index, resume)
    yield ClassifierBuilt(classifier, record)
    yield from run_jobs.keep_run(
        settings, index, stop, classifier, record.run_id, resume=bool(resume)
    )

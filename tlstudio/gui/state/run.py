"""The training run: its worker thread, its phases, and what it has said so far."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from PySide6.QtCore import QElapsedTimer, QObject, QThread, Signal

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.runs.record import RunRecord
from tlstudio.gui.kit.tasks import STACK_BYTES, as_studio_error
from tlstudio.gui.state import jobs

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


class RunWorker(QThread):
    """Builds the network and repeats what the trainer says.

    Signals:
        said(RunEvent): as it comes; `RunEnded` is always the last.
        built(Classifier): the network that is being trained.
    """

    said = Signal(object)
    built = Signal(object)

    def __init__(
        self,
        settings: Settings,
        index: DatasetIndex,
        stop: StopToken,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_BYTES)
        self._settings = settings
        self._index = index
        self._stop_token = stop

    def run(self) -> None:
        try:
            if problems := jobs.check_run(self._settings, self._index):
                raise TLStudioError.of(problems)
            classifier = jobs.build_classifier(self._settings.config, self._index.classes)
            self.built.emit(classifier)
            for event in jobs.train(self._settings, self._index, self._stop_token, classifier):
                self.said.emit(event)
        except Exception as problem:  # the edge of the worker: nothing may escape
            error = as_studio_error(problem)
            self.said.emit(RunEnded(RunEndReason.FAILED, 0, None, None, 0.0, error))


class RunState(QObject):
    """The current or last run; what it has told is in `record`, before a signal says so.

    Attributes:
        phase: what it is doing.
        record: empty before the first run.

    Signals:
        status_changed(RunStatus)
        started(RunStarted)
        phase_started(PhaseStarted): more layers train.
        progressed(BatchEnded | FeaturesProgressed): at most ten times a second.
        history_changed(History): an epoch ended, or a new run began (empty).
        predictions_changed(tuple): what the network says of the validation samples now.
        sample_skipped(SampleSkipped)
        ended(RunEnded)
        trained(Classifier, RunEnded): a run ended with something learned.
    """

    status_changed = Signal(object)
    started = Signal(object)
    phase_started = Signal(object)
    progressed = Signal(object)
    history_changed = Signal(object)
    predictions_changed = Signal(object)
    sample_skipped = Signal(object)
    ended = Signal(object)
    trained = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status = RunStatus.IDLE
        self.record = RunRecord()
        self._worker: RunWorker | None = None
        self._stop = StopToken()
        self._classifier: Classifier | None = None
        self._counting = QElapsedTimer()  # valid while time counts
        self._counted_ms = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds that the run has been running, pauses not counted."""
        now_ms = self._counting.elapsed() if self._counting.isValid() else 0
        return (self._counted_ms + now_ms) / 1000

    @property
    def active(self) -> bool:
        return self.status is not RunStatus.IDLE

    def start(self, settings: Settings, index: DatasetIndex) -> None:
        """Begin a run by the plan of `settings`; without effect while one is going on."""
        if self.active:
            return
        self.forget()
        self._stop = StopToken()
        self.record = RunRecord(settings, index.name, index.fingerprint, index.classes)
        self._worker = RunWorker(settings, index, self._stop, self)
        self._worker.built.connect(self._on_built)
        self._worker.said.connect(self._on_event)
        self._worker.finished.connect(self._on_finished)
        self._set_status(RunStatus.PREPARING)
        self._worker.start()

    def forget(self) -> None:
        """Clear what the last run said; without effect while one is going on."""
        if self.active:
            return
        self._counted_ms = 0
        self.record = RunRecord()
        self._classifier = None
        self.history_changed.emit(self.record.history)
        self.predictions_changed.emit(())
        self.status_changed.emit(self.status)

    def pause(self) -> None:
        if self.status is RunStatus.RUNNING:
            self._stop.pause()
            self._set_status(RunStatus.PAUSED)

    def resume(self) -> None:
        if self.status is RunStatus.PAUSED:
            self._stop.resume()
            self._set_status(RunStatus.RUNNING)

    def stop(self) -> None:
        """Ask to end after the current batch; what was learned is kept."""
        if self.active:
            self._stop.stop()
            self._set_status(RunStatus.STOPPING)

    def wait(self, timeout_ms: int = 60_000) -> bool:
        """Wait for the thread to end; returns whether it did. Only for closing the program."""
        return self._worker is None or self._worker.wait(timeout_ms)

    def _set_status(self, status: RunStatus) -> None:
        if status is self.status:
            return
        self.status = status
        if status is RunStatus.RUNNING:
            self._counting.start()
        elif self._counting.isValid():
            self._counted_ms += self._counting.elapsed()
            self._counting.invalidate()
        self.status_changed.emit(status)

    def _on_built(self, classifier: Classifier) -> None:
        self._classifier = classifier

    def _on_event(self, event: RunEvent) -> None:
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
            case RunEnded():
                pass  # the thread is not over yet
            case _:
                assert_never(event)

    def _on_finished(self) -> None:
        """The thread is over: only now is the classifier ours alone."""
        if self._worker is not None:
            self._worker.deleteLater()
            self._worker = None
        self._set_status(RunStatus.IDLE)
        classifier, self._classifier = self._classifier, None
        end = self.record.end
        if end is None:  # cannot happen: the worker always says how it ended
            end = RunEnded(RunEndReason.FAILED, 0, None, None, 0.0, TLStudioError(""))
            self.record = self.record.with_event(end)
        shown = self.record.shown_predictions
        if shown.epoch and shown is not self.record.predictions:
            self.predictions_changed.emit(shown.predictions)  # of the weights in hand now
        if classifier is not None and self.record.has_learned:
            self.trained.emit(classifier, end)
        self.ended.emit(end)

"""The state of a run that outlives the training loop, however it ends."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.runs.clock import RunClock
from tlstudio.core.runs.events import RunEndReason, StopToken
from tlstudio.core.runs.history import EpochRecord, History, selection_accuracy
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.execution import Execution
from tlstudio.engine.training.freeze_audit import FreezeAudit
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.progress import BatchSums
from tlstudio.engine.training.snapshot import Snapshot, state_on_cpu

T = TypeVar("T")

STATE_VERSION = 1


@dataclass
class EpochSoFar:
    """The epoch that goes on.

    Attributes:
        begin_s: of the run's clock.
        learning_rate: with which it began.
        sums: over the batches that were learned.
        trained: its metrics once all were; then it is validated.
        images_per_s: while it trained.
    """

    begin_s: float
    learning_rate: float
    sums: BatchSums = field(default_factory=BatchSums)
    trained: dict[str, float] | None = None
    images_per_s: float = 0.0

    def state_dict(self) -> dict[str, Any]:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**values, "sums": self.sums.state_dict()}

    @classmethod
    def of(cls, state: Mapping[str, Any], device: torch.device) -> EpochSoFar:
        """The epoch of a `state_dict`, in a run on such a device."""
        epoch = cls(**{**state, "sums": BatchSums()})
        epoch.sums.load_state_dict(state["sums"], device)
        return epoch


@dataclass
class Run:
    """A run: its settings, its clock, its classifier and its history.

    Attributes:
        kept: the weights to go back to: at first those of the start, then the best epoch's.
        is_dirty: whether the network's weights differ from `kept`.
        is_complete: whether all epochs ended.
        is_early: whether patience ended it before.
        learner: what learns; None before training began.
        execution: computes; None before training began.
        so_far: the epoch that goes on; None between two.
        patience_from: epochs before a person let a run go on that its patience had ended.
        resume_from: the `state_dict` of a run of the same settings, dataset and plan, which this
            one goes on with; there may be more epochs than before. None to begin at the beginning.
        audit: of what the plan froze; None before training began.
        wants_state: whether `settle` leaves the state in which the run ended in `final_state`.
        final_state: what a run that goes on later resumes from; None where it failed, or ended
            before training began.
    """

    config: RunConfig
    index: DatasetIndex
    stop: StopToken
    classifier: Classifier
    clock: RunClock = field(default_factory=RunClock)
    history: History = field(default_factory=History)
    device: torch.device | None = None
    kept: Snapshot | None = None
    is_dirty: bool = False
    is_complete: bool = False
    is_early: bool = False
    learner: Learner | None = None
    execution: Execution | None = None
    so_far: EpochSoFar | None = None
    patience_from: int = 0
    resume_from: Mapping[str, Any] | None = None
    audit: FreezeAudit | None = None
    wants_state: bool = False
    final_state: dict[str, Any] | None = None

    def begin(self, plan: FreezePlan, batches: int) -> tuple[Snapshot, Learner, FreezeAudit]:
        """Make what keeps, what learns and what audits, as they were where `resume_from` was.

        Args:
            plan: the network is in its last phase.
            batches: training batches of an epoch.

        Raises:
            ConfigError: nothing trains.
            TrainingError: `resume_from` is of another network.
        """
        network, state = self.classifier.network, self.resume_from
        self.classifier.novelty = None  # it was measured in the network as it was
        self.kept = Snapshot(network)
        self.learner = Learner(network, self.config, plan, batches)
        if state is not None:
            self._go_on(state)
        self.audit = FreezeAudit(network, plan)
        if state is not None:
            self.audit.load_state_dict(state["audit"])
        return self.kept, self.learner, self.audit

    def is_stopped(self) -> bool:
        """Whether to stop now; waits as long as the run is paused."""
        if not self.stop.paused:
            return self.stop.stopped
        self.clock.pause()
        is_stopped = self.stop.wait_while_paused()
        self.clock.resume()
        return is_stopped

    def remember(self, record: EpochRecord) -> bool:
        """Add an epoch; returns whether it is the best so far, and keeps its weights if so."""
        before = self.history.best
        self.so_far = None
        self.history = self.history.with_epoch(record)
        is_best = before is None or selection_accuracy(record) > selection_accuracy(before)
        if is_best and self.kept is not None:
            self.kept.take()
            self.is_dirty = False
        return is_best

    def is_patience_over(self, plan: FreezePlan) -> bool:
        """Whether validation has not become better for too long since everything trains."""
        best, patience = self.history.best, self.config.patience
        if not patience or best is None:
            return False
        since = max(best.epoch, plan.last.first_epoch - 1, self.patience_from)
        return self.history.epochs[-1].epoch - since >= patience

    def reason(self, error: TLStudioError | None) -> RunEndReason:
        """Return why the run ended."""
        if error is not None:
            return RunEndReason.FAILED
        if self.is_complete:
            return RunEndReason.FINISHED
        return RunEndReason.EARLY if self.is_early else RunEndReason.STOPPED

    def state_dict(self) -> dict[str, Any]:
        """Return all that resuming needs and that the network of the beginning does not hold.

        Valid at every event once training has begun, within an epoch as well. What is frozen to
        the end is left out, so that the state of a run of the head alone takes kilobytes. Copies,
        on the CPU; `torch.save` keeps them, `torch.load` with ``weights_only`` reads them.
        ``best`` holds the tensors that training changes as they were in the best epoch, by name.
        """
        assert self.learner is not None and self.kept is not None and self.audit is not None
        assert self.execution is not None
        average = self.learner.average
        network = self.kept.live_state()
        is_best = not self.is_dirty and (average is None or average.is_in)
        return {
            "version": STATE_VERSION,
            "seed": self.config.seed,
            "epochs": self.config.epochs,
            "elapsed_s": self.clock.elapsed_s,
            "history": self.history.to_dicts(),
            "so_far": self.so_far.state_dict() if self.so_far is not None else None,
            "network": network,
            "best": network if is_best else self.kept.state(),
            "is_dirty": self.is_dirty,
            "is_early": self.is_early,
            "patience_from": self.patience_from,
            "learner": self.learner.state_dict(),
            "audit": self.audit.state_dict(),
            "unreadable": self.execution.unreadable,
            "engine": self.execution.record.engine,
        }

    def _go_on(self, state: Mapping[str, Any]) -> None:
        assert self.learner is not None and self.kept is not None
        assert self.execution is not None and self.device is not None
        try:
            self.kept.load_state(state["network"], state["best"])
            self.learner.load_state_dict(state["learner"])
        except (AttributeError, KeyError, RuntimeError, TypeError, ValueError) as error:
            raise TrainingError(
                QT_TRANSLATE_NOOP("core", "The checkpoint is of another network."),
                QT_TRANSLATE_NOOP("core", "Train anew with the same settings."),
            ) from error
        self.history = History.from_dicts(state["history"])
        self.is_dirty = state["is_dirty"]
        self.execution.leave_out(state["unreadable"])
        if state["so_far"] is not None:
            self.so_far = EpochSoFar.of(state["so_far"], self.device)
        epochs = len(self.history.epochs)
        self.is_complete = epochs >= self.config.epochs
        self.patience_from = state["patience_from"]
        if state["is_early"] and not self.is_complete:
            if self.config.epochs > state["epochs"]:  # a person wants it to go on
                self.patience_from = epochs
            else:
                self.is_early = True

    def settle(self, *, failed: bool) -> None:
        """Leave the classifier with the best weights, ready for use."""
        network = self.classifier.network
        has_epochs = bool(self.history.epochs)
        if self.wants_state and self.audit is not None and not failed:
            self.final_state = self.state_dict()
        if self.learner is not None and self.learner.average is not None and not failed:
            self.learner.average.put_in()
        if self.kept is not None:
            self.classifier.history = self.history
            self.classifier.config = self.config
            self.classifier.last_state = None
            self.classifier.temperature = 1.0  # it was that of other weights
            if self.is_dirty and has_epochs and not failed:
                self.classifier.last_state = state_on_cpu(network)
            if self.is_dirty and (has_epochs or failed):
                self.kept.restore()
            self.kept = None
        network.zero_grad(set_to_none=True)
        network.to(memory_format=torch.contiguous_format)
        network.eval()


def until_stopped(run: Run, items: Iterable[T]) -> Generator[T, None, None]:
    """The items, fewer of them if the run is stopped meanwhile; waits while it is paused."""
    for item in items:
        if run.is_stopped():
            return
        yield item

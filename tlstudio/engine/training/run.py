"""The state of a run that outlives the training loop, however it ends."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.events import RunEndReason, StopToken
from tlstudio.core.runs.history import EpochRecord, History, selection_accuracy
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.freeze_audit import FreezeAudit
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.progress import RunClock
from tlstudio.engine.training.snapshot import Snapshot, state_on_cpu

T = TypeVar("T")


@dataclass
class Run:
    """A run: its settings, its clock, its classifier and its history.

    Attributes:
        kept: the weights to go back to: at first those of the start, then the best epoch's.
        is_dirty: whether the network's weights differ from `kept`.
        is_complete: whether all epochs ended.
        is_early: whether patience ended it before.
        learner: what learns; None before training began.
        resume_from: the `state_dict` of a run of the same settings, dataset and plan, which this
            one goes on with; None to begin at the beginning.
        audit: of what the plan froze; None before training began.
        wants_state: whether `settle` leaves the state in which the run ended in `final_state`.
        final_state: what a run that is to have more epochs goes on with.
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
    resume_from: Mapping[str, Any] | None = None
    audit: FreezeAudit | None = None
    wants_state: bool = False
    final_state: dict[str, Any] | None = None

    def is_stopped(self) -> bool:
        """Whether to stop now; waits as long as the run is paused."""
        return self.clock.wait_while_paused(self.stop)

    def remember(self, record: EpochRecord) -> bool:
        """Add an epoch; returns whether it is the best so far, and keeps its weights if so."""
        before = self.history.best
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
        since = max(best.epoch, plan.last.first_epoch - 1)
        return self.history.epochs[-1].epoch - since >= patience

    def reason(self, error: TLStudioError | None) -> RunEndReason:
        """Return why the run ended."""
        if error is not None:
            return RunEndReason.FAILED
        if self.is_complete:
            return RunEndReason.FINISHED
        return RunEndReason.EARLY if self.is_early else RunEndReason.STOPPED

    def state_dict(self) -> dict[str, Any]:
        """Return all that resuming needs, while `train_run` waits at an `EpochEnded`.

        Copies, on the CPU; `torch.save` keeps them, `torch.load` with ``weights_only`` reads them.
        """
        assert self.learner is not None and self.kept is not None and self.audit is not None
        return {
            "learner": self.learner.state_dict(),
            "history": self.history.to_dicts(),
            "best": self.kept.state(),
            "is_dirty": self.is_dirty,
            "audit": self.audit.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where the run with that state was.

        Raises:
            ValueError, RuntimeError: it had other settings, or another network.
        """
        assert self.learner is not None and self.kept is not None and self.audit is not None
        self.learner.load_state_dict(state["learner"])
        self.history = History.from_dicts(state["history"])
        self.kept.load_state(state["best"])
        self.is_dirty = state["is_dirty"]
        self.is_complete = self.learner.epoch >= self.config.epochs
        self.audit.load_state_dict(state["audit"])

    def settle(self, *, failed: bool) -> None:
        """Leave the classifier with the best weights, ready for use."""
        network = self.classifier.network
        has_epochs = bool(self.history.epochs)
        if self.wants_state and (self.is_complete or self.is_early) and not failed:
            self.final_state = self.state_dict()
        if self.learner is not None and self.learner.average is not None and not failed:
            self.learner.average.put_in()
        if self.kept is not None:
            self.classifier.history = self.history
            self.classifier.config = self.config
            self.classifier.last_state = None
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

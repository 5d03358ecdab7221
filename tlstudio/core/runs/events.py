"""The events of a training run, and the token that stops it.

Events are frozen and picklable; the window, the terminal and the tests read the same ones.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tlstudio.core.errors import TLStudioError
from tlstudio.core.runs.execution import ExecutionRecord
from tlstudio.core.runs.freeze_proof import FreezeProof
from tlstudio.core.runs.history import EpochRecord
from tlstudio.core.runs.predictions import PredictionRecord


class EpochPart(StrEnum):
    """The parts of an epoch: computing features, training, validation."""

    FEATURES = "features"
    TRAIN = "train"
    VAL = "val"


class RunEndReason(StrEnum):
    """The reasons why a run ends."""

    FINISHED = "finished"
    EARLY = "early"  # validation had not become better for as long as the patience lasts
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The network is built and the first batch is about to be read.

    `execution` says how the engine goes about it.
    """

    model: str
    classes: tuple[str, ...]
    train_samples: int
    val_samples: int
    trainable_parameters: int
    total_parameters: int
    epochs: int
    device: str
    seed: int
    execution: ExecutionRecord = field(default_factory=ExecutionRecord)


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """More layers train from now on; the first phase is part of `RunStarted`.

    Attributes:
        epoch: the first of the phase, counts from 1.
        trainable_parameters: elements that train now.
        execution: how the engine goes about it now.
    """

    epoch: int
    trainable_parameters: int
    execution: ExecutionRecord


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """Progress, at most ten times a second.

    Attributes:
        epoch: counts from 1.
        batch: batches done in this part, counts from 1.
        batches: batches of this part.
        loss: mean cross entropy of this batch.
        images_per_s: of this part so far.
        progress: share of the whole run that is done, 0..1.
        remaining_s: estimated seconds to the end of the run; None until it can be told.
    """

    epoch: int
    part: EpochPart
    batch: int
    batches: int
    loss: float
    images_per_s: float
    progress: float
    remaining_s: float | None


@dataclass(frozen=True, slots=True)
class FeaturesProgressed:
    """The outputs of the frozen layers are being computed, once; at most ten times a second.

    Attributes:
        epoch: the one that waits for them, counts from 1.
        done: views that are ready, those found in the cache among them.
        total: views that this epoch needs and that no epoch before it had.
        from_cache: of `total`, those that an earlier run had computed.
        images_per_s: computed per second so far; 0 where all came from the cache.
        progress: share of the whole run that is done, 0..1.
        remaining_s: estimated seconds to the end of the run; None until it can be told.
    """

    epoch: int
    done: int
    total: int
    from_cache: int
    images_per_s: float
    progress: float
    remaining_s: float | None


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """An epoch with its validation. `is_best` tells whether its weights are now the best."""

    record: EpochRecord
    is_best: bool


@dataclass(frozen=True, slots=True)
class PredictionsReady:
    """The predictions of all validation samples after `epoch`, in dataset order.

    Comes after the best epochs and the last one, and after the others at most ten times a second.
    """

    epoch: int
    predictions: tuple[PredictionRecord, ...]


@dataclass(frozen=True, slots=True)
class SampleSkipped:
    """An image that turned out unreadable while training; training goes on without it.

    `path` is what a person reads, ``str(ImageRef)``, so that it can be stored with the run.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunNotKept:
    """The files of the run could not be written; it goes on, and they are tried again. Told once.

    What was written before is still there. At the end it is told once more where that holds for the
    weights.

    Attributes:
        weights: where the best weights are instead; None before the end, or where no disk takes
            them.
        is_last: whether it is the end.
    """

    error: TLStudioError = field(compare=False)
    weights: Path | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last event of a run.

    Attributes:
        reason: finished, ended early by its patience, stopped by a person, or failed.
        epochs: whole epochs that were trained.
        best_epoch: whose weights the network has now; None if no epoch ended.
        best_val_accuracy: fraction; None without validation.
        elapsed_s: wall seconds of the run, pauses not counted.
        error: what went wrong when it failed; what was learned before is kept.
        proof: what became of the tensors that the plan froze, and of the others; None where the
            run ended before it had begun.
    """

    reason: RunEndReason
    epochs: int
    best_epoch: int | None
    best_val_accuracy: float | None
    elapsed_s: float
    error: TLStudioError | None = field(default=None, compare=False)
    proof: FreezeProof | None = None


RunEvent = (
    RunStarted
    | PhaseStarted
    | FeaturesProgressed
    | BatchEnded
    | EpochEnded
    | PredictionsReady
    | SampleSkipped
    | RunNotKept
    | RunEnded
)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """A person ended the work: leads out of where nothing can be returned."""


class StopToken:
    """A person's wish to pause or stop, read by the engine between batches. Thread-safe."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()

    def stop(self) -> None:
        """Ask to end; wakes a paused run so that it can."""
        self._stop.set()
        self._go.set()

    def pause(self) -> None:
        """Ask to wait before the next batch; without effect once `stop` was called."""
        if not self._stop.is_set():
            self._go.clear()

    def resume(self) -> None:
        self._go.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def raise_if_stopped(self) -> None:
        """Leave the work.

        Raises:
            Stopped: `stop` was called.
        """
        if self.stopped:
            raise Stopped

    @property
    def paused(self) -> bool:
        return not self._go.is_set()

    def wait_while_paused(self) -> bool:
        """Wait until resumed or stopped; returns whether to stop."""
        self._go.wait()
        return self._stop.is_set()

"""Training: load, forward, loss, backward, step, yield.

`train` is a generator of events; whoever iterates it (a terminal, a thread of the window, a test)
drives the run, and `StopToken` pauses or ends it between two batches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

from tlstudio.core.config import RunConfig
from tlstudio.core.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.events import (
    BatchEnded,
    EpochEnded,
    Phase,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.history import EpochRecord, History, selection_accuracy
from tlstudio.core.strategies import FreezePlan
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.classifier import Classifier
from tlstudio.engine.data.loader import eval_batch_count, train_batch_count, train_batches
from tlstudio.engine.data.store import ImageStore
from tlstudio.engine.device import resolve_device
from tlstudio.engine.evaluation import EvaluationRecord, evaluation_batches
from tlstudio.engine.failures import explain
from tlstudio.engine.freezing import apply_plan, set_train_mode
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.optim import make_optimizer, make_scheduler
from tlstudio.engine.progress import ProgressMeter, RunClock
from tlstudio.engine.run_checks import check_run, run_plan
from tlstudio.engine.seeding import seeded
from tlstudio.engine.snapshot import Snapshot, state_on_cpu

__all__ = ["check_run", "run_plan", "train"]


def train(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    classifier: Classifier,
    *,
    plan: FreezePlan | None = None,
) -> Iterator[RunEvent]:
    """Train `classifier` in place.

    Whatever happens, the last event is one `RunEnded`; nothing is raised. Afterwards the network
    is in eval mode and has the weights of the best epoch (by validation accuracy, the first of
    equals; by training accuracy without validation samples), `classifier.last_state` the latest
    ones and `classifier.history` the epochs. A run stopped before its first epoch ended keeps what
    it has; one that failed before goes back to the weights it began with.

    On the CPU the same config, dataset and starting weights give the same numbers, whatever else
    draws from torch's global generator; its state is left as it was.

    Args:
        config: the settings.
        index: the dataset; its classes are those of the classifier.
        stop: read before every batch.
        classifier: made by `build_classifier(config, index.classes)`, or loaded.
        plan: which layers train; None works it out from `config`.
    """
    run = _Run(config, index, stop, classifier)
    error: TLStudioError | None = None
    try:
        with freed_memory_kept():
            yield from _epochs(run, plan)
    except Exception as failure:
        error = explain(failure, run.device)
    finally:
        run.settle(failed=error is not None)
    best = run.history.best
    if error is not None:
        reason = RunEndReason.FAILED
    else:
        reason = RunEndReason.FINISHED if run.is_complete else RunEndReason.STOPPED
    yield RunEnded(
        reason=reason,
        epochs=len(run.history.epochs),
        best_epoch=best.epoch if best else None,
        best_val_accuracy=best.val_accuracy if best else None,
        elapsed_s=run.clock.elapsed_s,
        error=error,
    )


def _epochs(run: _Run, plan: FreezePlan | None) -> Iterator[RunEvent]:
    config, classifier, network, clock = (
        run.config,
        run.classifier,
        run.classifier.network,
        run.clock,
    )
    problems = check_run(config, run.index, classifier.classes, plan)
    if problems:
        raise problems[0]
    run.device = device = resolve_device(config.device)
    plan = plan or run_plan(config, classifier.classes)
    train_samples, val_samples = run.index.by_split[Split.TRAIN], run.index.by_split[Split.VAL]
    train_count = train_batch_count(len(train_samples), config.batch_size)
    val_count = eval_batch_count(len(val_samples), config.batch_size)
    store = ImageStore(classifier.preprocessing)
    meter = ProgressMeter(
        clock, {Phase.TRAIN: len(train_samples), Phase.VAL: len(val_samples)}, config.epochs
    )

    network.to(device)
    apply_plan(network, plan)
    set_train_mode(network, plan)
    optimizer = make_optimizer(network, config)
    scheduler = make_scheduler(optimizer, config)
    run.kept = Snapshot(network)
    yield RunStarted(
        model=classifier.model,
        classes=classifier.classes,
        train_samples=len(train_samples),
        val_samples=len(val_samples),
        trainable_parameters=sum(p.numel() for p in network.parameters() if p.requires_grad),
        total_parameters=sum(p.numel() for p in network.parameters()),
        epochs=config.epochs,
        device=str(device),
        seed=config.seed,
    )

    for epoch in range(1, config.epochs + 1):
        epoch_start_s = clock.elapsed_s
        learning_rate = optimizer.param_groups[0]["lr"]

        # Train
        set_train_mode(network, plan)
        meter.start_phase(epoch, Phase.TRAIN)
        loss_sum, right, seen, batch_number = 0.0, 0, 0, 0
        for batch in train_batches(
            train_samples,
            store,
            classifier.preprocessing,
            augmentation=config.augmentation,
            batch_size=config.batch_size,
            seed=config.seed,
            epoch=epoch,
            stop=run.stop,
        ):
            if isinstance(batch, SampleSkipped):
                yield batch
                continue
            if clock.wait_while_paused(run.stop):
                return
            images, targets = batch.images.to(device), batch.targets.to(device)
            run.is_dirty = True  # the forward pass alone moves statistics
            with torch.enable_grad(), seeded(device, config.seed, epoch, batch_number):
                logits = network(images)
                loss = F.cross_entropy(logits, targets)
            loss_value = _finite(loss.item())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

            batch_number += 1
            seen += len(targets)
            loss_sum += loss_value * len(targets)
            right += int((logits.detach().argmax(dim=1) == targets).sum())
            meter.add(len(targets))
            if meter.is_due():
                yield _batch_ended(meter, epoch, Phase.TRAIN, batch_number, train_count, loss_value)
        if clock.wait_while_paused(run.stop):
            return
        if not seen:
            raise TrainingError(QT_TRANSLATE_NOOP("core", "No training image could be read."))
        images_per_s = meter.images_per_s
        if scheduler is not None:
            scheduler.step()

        # Validate
        meter.start_phase(epoch, Phase.VAL)
        rows = []
        for row in evaluation_batches(
            classifier, val_samples, batch_size=config.batch_size, store=store, stop=run.stop
        ):
            if isinstance(row, SampleSkipped):
                yield row
                continue
            rows.append(row)
            meter.add(len(row.predictions))
            if meter.is_due():
                yield _batch_ended(meter, epoch, Phase.VAL, len(rows), val_count, _finite(row.loss))
            if clock.wait_while_paused(run.stop):
                return
        if run.stop.stopped:
            return
        val = EvaluationRecord.of(rows)

        # Remember
        if not run.kept.is_live_finite():  # the last step, which no loss has told of yet
            raise _diverged()
        record = EpochRecord(
            epoch=epoch,
            train_loss=loss_sum / seen,
            train_accuracy=right / seen,
            val_loss=None if val.loss is None else _finite(val.loss),
            val_accuracy=val.accuracy,
            learning_rate=learning_rate,
            elapsed_s=clock.elapsed_s - epoch_start_s,
            images_per_s=images_per_s,
        )
        is_best = run.remember(record)
        run.is_complete = epoch == config.epochs
        yield EpochEnded(record, is_best)
        if val.predictions:
            yield PredictionsReady(epoch, val.predictions)


@dataclass
class _Run:
    """What outlives the loop, however it ends.

    Attributes:
        kept: the weights to go back to: at first those of the start, then the best epoch's.
        is_dirty: whether the network's weights differ from `kept`.
        is_complete: whether all epochs ended.
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

    def remember(self, record: EpochRecord) -> bool:
        """Add an epoch; returns whether it is the best so far, and keeps its weights if so."""
        before = self.history.best
        self.history = self.history.with_epoch(record)
        is_best = before is None or selection_accuracy(record) > selection_accuracy(before)
        if is_best and self.kept is not None:
            self.kept.take()
            self.is_dirty = False
        return is_best

    def settle(self, *, failed: bool) -> None:
        """Leave the classifier with the best weights, ready for use."""
        network = self.classifier.network
        has_epochs = bool(self.history.epochs)
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
        network.eval()


def _finite(loss: float) -> float:
    if math.isfinite(loss):
        return loss
    raise _diverged()


def _diverged() -> TrainingError:
    return TrainingError(
        QT_TRANSLATE_NOOP("core", "The loss is no longer a finite number, so training stopped."),
        QT_TRANSLATE_NOOP("core", "Choose a smaller learning rate, a tenth of it for example."),
    )


def _batch_ended(
    meter: ProgressMeter, epoch: int, phase: Phase, batch: int, batches: int, loss: float
) -> BatchEnded:
    return BatchEnded(
        epoch=epoch,
        phase=phase,
        batch=batch,
        batches=max(batch, batches),
        loss=loss,
        images_per_s=meter.images_per_s,
        progress=meter.progress,
        remaining_s=meter.remaining_s,
    )

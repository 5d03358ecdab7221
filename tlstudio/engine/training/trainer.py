"""Training: load, forward, loss, backward, step, yield.

`train` is a generator of events; whoever iterates it (a terminal, a thread of the window, a test)
drives the run, and `StopToken` pauses or ends it between two batches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    FeaturesProgressed,
    Phase,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEvent,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.runs.history import EpochRecord
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.order import eval_batch_count, train_batch_count
from tlstudio.engine.device import resolve_device
from tlstudio.engine.evaluation import EvaluationRecord, evaluate_logits
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.execution import Execution
from tlstudio.engine.training.failures import explain
from tlstudio.engine.training.freeze_audit import FreezeAudit
from tlstudio.engine.training.freezing import apply_phase, set_train_mode
from tlstudio.engine.training.inputs import FeaturesState, Inputs
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.objective import Objective, class_of
from tlstudio.engine.training.precision import fast_kernels
from tlstudio.engine.training.progress import BatchSums, ProgressMeter
from tlstudio.engine.training.run import Run
from tlstudio.engine.training.run_checks import check_run, run_plan
from tlstudio.engine.training.seeding import seeded
from tlstudio.engine.training.snapshot import Snapshot
from tlstudio.engine.training.workload import work_after

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
    run = Run(config, index, stop, classifier)
    error: TLStudioError | None = None
    try:
        with freed_memory_kept(), fast_kernels(config.precision):
            yield from _epochs(run, plan)
    except Exception as failure:
        error = explain(failure, run.device)
    finally:
        run.settle(failed=error is not None)
    best = run.history.best
    yield RunEnded(
        reason=run.reason(error),
        epochs=len(run.history.epochs),
        best_epoch=best.epoch if best else None,
        best_val_accuracy=best.val_accuracy if best else None,
        elapsed_s=run.clock.elapsed_s,
        error=error,
        proof=run.audit.finish() if run.audit is not None else None,
    )


def _epochs(run: Run, plan: FreezePlan | None) -> Iterator[RunEvent]:
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
    counts = {split: len(samples) for split, samples in run.index.by_split.items()}
    train_count = train_batch_count(counts[Split.TRAIN], config.batch_size)
    val_count = eval_batch_count(counts[Split.VAL], config.batch_size)

    network.to(device)
    if device.type == "cuda":  # on a CPU images in that order are enough
        network.to(memory_format=torch.channels_last)
    phase = plan.at(1)
    _enter(network, phase)
    execution = Execution(config, run.index, classifier, phase, device, run.stop)
    objective = Objective(config, run.index.counts[Split.TRAIN], device)
    meter = ProgressMeter(
        clock,
        {
            Phase.FEATURES: execution.planned_views + plan.probes_head * counts[Split.TRAIN],
            Phase.TRAIN: counts[Split.TRAIN],
            Phase.VAL: counts[Split.VAL],
        },
        plan.last_epoch_of(phase, config.epochs),
        execution.phase_weights,
        work_after(plan, 1, config, counts[Split.TRAIN], counts[Split.VAL]),
    )
    yield RunStarted(
        model=classifier.model,
        classes=classifier.classes,
        train_samples=counts[Split.TRAIN],
        val_samples=counts[Split.VAL],
        trainable_parameters=sum(p.numel() for p in network.parameters() if p.requires_grad),
        total_parameters=sum(p.numel() for p in network.parameters()),
        epochs=config.epochs,
        device=str(device),
        seed=config.seed,
        execution=execution.record,
    )
    if plan.probes_head:
        for told in execution.probe_head(classifier):
            if clock.wait_while_paused(run.stop):
                return
            yield from _told(told, 1, meter)
    _enter(network, plan.last)  # all that ever changes
    run.kept = Snapshot(network)
    run.audit = FreezeAudit(network, plan)
    learner = Learner(network, config, plan, train_count)
    run.average = learner.average
    _enter(network, phase)

    for epoch in range(1, config.epochs + 1):
        epoch_start_s = clock.elapsed_s
        learning_rate = learner.learning_rate

        # More layers may train from now on
        if plan.at(epoch) is not phase:
            phase = plan.at(epoch)
            run.audit.begin(phase)
            _enter(network, phase)
            execution.begin(phase)
            meter.replan(
                epoch,
                plan.last_epoch_of(phase, config.epochs),
                execution.planned_views,
                execution.phase_weights,
                work_after(plan, epoch, config, counts[Split.TRAIN], counts[Split.VAL]),
            )
            yield PhaseStarted(epoch, phase.trainable_parameters, execution.record)

        # Train
        set_train_mode(network, phase)
        sums = BatchSums()
        for item in execution.train_inputs(epoch):
            if clock.wait_while_paused(run.stop):
                return
            if not isinstance(item, Inputs):
                yield from _told(item, epoch, meter)
                continue
            meter.enter(Phase.TRAIN, epoch)
            run.is_dirty = True  # the forward pass alone moves statistics
            with torch.enable_grad(), seeded(device, config.seed, epoch, sums.batches):
                logits = execution.train_logits(item)
                loss = objective(logits, item.targets)
            learner.learn(loss)

            sums.add(loss, logits, class_of(item.targets))
            meter.add(len(item.targets))
            if meter.is_due():
                yield _batch_ended(meter, epoch, sums.batches, train_count, _finite(sums.last_loss))
        if clock.wait_while_paused(run.stop):
            return
        if not sums.batches:
            raise TrainingError(QT_TRANSLATE_NOOP("core", "No training image could be read."))
        train_loss, train_accuracy = sums.means()
        _finite(train_loss)
        images_per_s = meter.images_per_s
        learner.end_epoch()

        # Validate
        network.eval()
        if run.average is not None:
            run.average.put_in()
        rows = []
        for item in execution.val_inputs():
            if clock.wait_while_paused(run.stop):
                return
            if not isinstance(item, Inputs):
                yield from _told(item, epoch, meter)
                continue
            meter.enter(Phase.VAL, epoch)
            samples = [run.index.by_split[Split.VAL][index] for index in item.indices]
            rows.append(evaluate_logits(execution.eval_logits(item), samples))
            meter.add(len(samples))
            if meter.is_due():
                yield _batch_ended(meter, epoch, len(rows), val_count, _finite(rows[-1].loss))
        if clock.wait_while_paused(run.stop):
            return
        val = EvaluationRecord.of(rows)

        # Remember
        if not run.kept.is_live_finite():  # the last step, which no loss has told of yet
            raise _diverged()
        record = EpochRecord(
            epoch=epoch,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            val_loss=None if val.loss is None else _finite(val.loss),
            val_accuracy=val.accuracy,
            learning_rate=learning_rate,
            elapsed_s=clock.elapsed_s - epoch_start_s,
            images_per_s=images_per_s,
        )
        is_best = run.remember(record)
        run.is_complete = epoch == config.epochs
        run.is_early = not run.is_complete and run.is_patience_over(plan)
        is_over = run.is_complete or run.is_early
        yield EpochEnded(record, is_best)
        if val.predictions and (is_best or is_over or meter.is_due()):
            yield PredictionsReady(epoch, val.predictions)
        if is_over:
            return
        if run.average is not None:
            run.average.take_out()


def _enter(network: nn.Module, phase: PlanPhase) -> None:
    apply_phase(network, phase)
    set_train_mode(network, phase)


def _told(
    item: SampleSkipped | FeaturesState, epoch: int, meter: ProgressMeter
) -> Iterator[RunEvent]:
    """What is to be said of an item that is no batch."""
    if isinstance(item, SampleSkipped):
        yield item
        return
    meter.enter(Phase.FEATURES, epoch)
    meter.found(item.from_cache)
    meter.add(item.computed - meter.done)
    if meter.is_due() or not item.left:
        yield FeaturesProgressed(
            epoch=epoch,
            done=item.from_cache + item.computed,
            total=item.wanted,
            from_cache=item.from_cache,
            images_per_s=meter.images_per_s,
            progress=meter.progress,
            remaining_s=meter.remaining_s,
        )


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
    meter: ProgressMeter, epoch: int, batch: int, batches: int, loss: float
) -> BatchEnded:
    return BatchEnded(
        epoch=epoch,
        phase=meter.phase,
        batch=batch,
        batches=max(batch, batches),
        loss=loss,
        images_per_s=meter.images_per_s,
        progress=meter.progress,
        remaining_s=meter.remaining_s,
    )

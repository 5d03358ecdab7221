"""Training: load, forward, loss, backward, step, yield.

`train` is a generator of events; whoever iterates it (a terminal, a thread of the window, a test)
drives the run, and `StopToken` pauses or ends it between two batches.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

import torch
from torch import nn

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import TLStudioError, TrainingError
from tlstudio.core.runs.events import (
    EpochEnded,
    EpochPart,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEvent,
    RunStarted,
    StopToken,
)
from tlstudio.core.runs.execution import TORCH
from tlstudio.core.runs.history import EpochRecord
from tlstudio.core.strategies import FreezePlan, PlanPhase
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.order import eval_batch_count, train_batch_count
from tlstudio.engine.device import resolve_device
from tlstudio.engine.evaluation import BatchEvaluation, EvaluationRecord, evaluate_logits
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.execution import Execution
from tlstudio.engine.training.failures import diverged, explain, finite
from tlstudio.engine.training.freezing import apply_phase, check_plan, set_train_mode
from tlstudio.engine.training.inputs import BatchLoss, EpochItem, Inputs
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.objective import Objective, class_of
from tlstudio.engine.training.precision import fast_kernels
from tlstudio.engine.training.progress import BatchSums, ProgressMeter, report
from tlstudio.engine.training.run import EpochSoFar, Run, until_stopped
from tlstudio.engine.training.run_checks import check_resume, checked_plan
from tlstudio.engine.training.seeding import seeded


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
        plan: which layers train; a plan for another network ends the run with a `TrainingError`,
            None works it out from `config`.
    """
    yield from train_run(Run(config, index, stop, classifier), plan)


def train_run(run: Run, plan: FreezePlan | None = None) -> Iterator[RunEvent]:
    """Carry out a run as `train` does, from its beginning or from where `run.resume_from` was.

    A run that is resumed gives the same history and the same weights as one that never stopped, bit
    for bit on the CPU, wherever between two batches it was; its network must have the values with
    which the run began. The first event says `RunStarted` again.

    With more epochs than before it goes on as if so many had been planned: the optimizer keeps its
    state, the learning rate is that of the longer schedule after the steps that were made, and
    phases that the plan of fewer epochs had no room for begin when they are due. The epochs that
    are over are not repeated: under a cosine or one-cycle schedule the learning rate rises again.
    A run that its patience had ended has all of it before it again.
    """
    error: TLStudioError | None = None
    try:
        with freed_memory_kept(), fast_kernels(run.config.precision):
            yield from _train(run, plan)
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


def _train(run: Run, plan: FreezePlan | None) -> Iterator[RunEvent]:
    config, classifier, network, clock = (
        run.config,
        run.classifier,
        run.classifier.network,
        run.clock,
    )
    plan = checked_plan(config, run.index, classifier.classes, plan)
    check_plan(network, plan)
    # new files are to be read as those of the dataset are, wherever the weights go
    classifier.preprocessing = replace(classifier.preprocessing, values=run.index.values)
    run.device = device = resolve_device(config.device)
    counts = {split: len(samples) for split, samples in run.index.by_split.items()}
    train_count = train_batch_count(counts[Split.TRAIN], config.batch_size)
    val_count = eval_batch_count(counts[Split.VAL], config.batch_size)

    move_network(network, device)
    point = run.resume_from
    done, goes_on = 0, False
    if point:
        check_resume(config, point)
        clock.go_on_from(point["elapsed_s"])
        done, goes_on = len(point["history"]), point["so_far"] is not None
    phase = plan.at(done + goes_on or 1)  # a phase that begins just now is entered below
    _enter(network, phase)
    run.execution = execution = Execution(
        config,
        run.index,
        classifier,
        plan,
        device,
        run.stop,
        phase.first_epoch,
        engine=point.get("engine", TORCH) if point else None,
    )
    objective = Objective(config, run.index.counts[Split.TRAIN], device)
    meter = ProgressMeter(
        clock,
        {
            EpochPart.FEATURES: execution.feature_views + plan.probes_head * counts[Split.TRAIN],
            EpochPart.TRAIN: counts[Split.TRAIN],
            EpochPart.VAL: counts[Split.VAL],
        },
        plan.last_epoch_of(phase, config.epochs),
        execution.image_work,
        execution.later_work,
        first=done + 1,
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
    if plan.probes_head and not point:
        yield from report(until_stopped(run, execution.probe_head(classifier)), meter, 1)
        if run.stop.stopped:
            return
    _enter(network, plan.last)  # all that ever changes
    kept, learner, audit = run.begin(plan, train_count)
    _enter(network, phase)
    if run.is_complete or run.is_early:  # it was interrupted just before its end
        return

    for epoch in range(done + 1, config.epochs + 1):
        if learner.average is not None:
            learner.average.take_out()
        run.so_far = so_far = run.so_far or EpochSoFar(clock.elapsed_s, learner.learning_rate)

        # More layers may train from now on
        if plan.at(epoch) is not phase:
            phase = plan.at(epoch)
            audit.begin(phase)
            _enter(network, phase)
            execution.begin(phase)
            meter.replan(
                epoch,
                plan.last_epoch_of(phase, config.epochs),
                execution.feature_views,
                execution.image_work,
                execution.later_work,
            )
            yield PhaseStarted(epoch, phase.trainable_parameters, execution.record)

        # Train
        if so_far.trained is None:
            set_train_mode(network, phase)
            training = train_epoch(run, execution, objective, learner, epoch, so_far.sums)
            so_far.trained = yield from report(training, meter, epoch, EpochPart.TRAIN, train_count)
            so_far.images_per_s = meter.images_per_s
        if so_far.trained is None:
            return

        # Validate
        validation = validate(run, execution, learner)
        val_result = yield from report(validation, meter, epoch, EpochPart.VAL, val_count)
        if val_result is None:
            return

        # Remember
        if not kept.is_live_finite():  # the last step, which no loss has told of yet
            raise diverged()
        facts = {
            "learning_rate": so_far.learning_rate,
            "elapsed_s": clock.elapsed_s - so_far.begin_s,
            "images_per_s": so_far.images_per_s,
        }
        record = EpochRecord(epoch, {**so_far.trained, **val_result.metrics, **facts})
        is_best = run.remember(record)
        run.is_complete = epoch == config.epochs
        run.is_early = not run.is_complete and run.is_patience_over(plan)
        is_over = run.is_complete or run.is_early
        yield EpochEnded(record, is_best)
        if val_result.predictions and (is_best or is_over or meter.is_due()):
            yield PredictionsReady(epoch, val_result.predictions)
        if is_over:
            return


def train_epoch(
    run: Run,
    execution: Execution,
    objective: Objective,
    learner: Learner,
    epoch: int,
    sums: BatchSums,
) -> Generator[EpochItem, None, dict[str, float] | None]:
    """Train on every image once, those in `sums` apart. The network must be in train mode.

    Yields:
        a `BatchLoss` after each batch was learned, and what `execution` tells meanwhile.

    Returns:
        the metrics of the training images, each told before it was learned, by name; None if the
        run was stopped.

    Raises:
        TrainingError: no image could be read, or the loss is no longer finite.
    """
    assert run.device is not None
    inputs = execution.train_inputs(epoch, sums.batches, sums.images)
    for item in until_stopped(run, inputs):
        if not isinstance(item, Inputs):
            yield item
            continue
        run.is_dirty = True  # the forward pass alone moves statistics
        with torch.enable_grad(), seeded(run.device, run.config.seed, epoch, sums.batches):
            logits, *auxiliary = execution.train_answers(item)
            loss = objective(logits, item.targets)
            learned = objective.with_auxiliary(loss, auxiliary, item.targets)
        learner.learn(learned)
        sums.add(loss, logits, class_of(item.targets))
        yield BatchLoss(sums.batches, len(item.targets), loss.detach())
    if run.is_stopped():
        return None
    if not sums.batches:
        raise TrainingError(QT_TRANSLATE_NOOP("core", "No training image could be read."))
    metrics = sums.means()
    finite(metrics["train_loss"])
    learner.end_epoch()
    return metrics


def validate(
    run: Run, execution: Execution, learner: Learner
) -> Generator[EpochItem, None, EvaluationRecord | None]:
    """Evaluate every validation image, with the averaged weights if there is an average.

    Leaves the network in eval mode, and the average in it.

    Yields:
        a `BatchLoss` after each batch, and what `execution` tells meanwhile.

    Returns:
        None if the run was stopped.

    Raises:
        TrainingError: the loss is no longer finite.
    """
    run.classifier.network.eval()
    if learner.average is not None:
        learner.average.put_in()
    rows: list[BatchEvaluation] = []
    for item in until_stopped(run, execution.val_inputs()):
        if not isinstance(item, Inputs):
            yield item
            continue
        samples = [run.index.by_split[Split.VAL][index] for index in item.indices]
        rows.append(evaluate_logits(execution.eval_logits(item), samples))
        yield BatchLoss(len(rows), len(samples), rows[-1].loss)
    if run.is_stopped():
        return None
    result = EvaluationRecord.of(rows)
    if result.loss is not None:
        finite(result.loss)
    return result


def move_network(network: nn.Module, device: torch.device) -> None:
    """Put the network on the device, in the memory order that is fastest there."""
    network.to(device)
    if device.type == "cuda":  # on a CPU images in that order are enough
        network.to(memory_format=torch.channels_last)


def _enter(network: nn.Module, phase: PlanPhase) -> None:
    apply_phase(network, phase)
    set_train_mode(network, phase)

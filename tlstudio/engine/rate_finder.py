"""The learning-rate range test: a short training in which every step is larger than the last."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import replace

import torch

from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.rate_finder import (
    STEPS,
    FeaturesCounted,
    RangeCurve,
    RangeEnd,
    RangeEnded,
    RangeEvent,
    RangeStarted,
    rate_range,
)
from tlstudio.core.runs.events import SampleSkipped, StopToken
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.data.order import train_batch_count
from tlstudio.engine.device import resolve_device
from tlstudio.engine.memory import freed_memory_kept
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.training.execution import Execution
from tlstudio.engine.training.failures import explain
from tlstudio.engine.training.freezing import apply_phase, check_plan, set_train_mode
from tlstudio.engine.training.inputs import BatchLoss, FeaturesState
from tlstudio.engine.training.learner import Learner
from tlstudio.engine.training.objective import Objective
from tlstudio.engine.training.precision import fast_kernels
from tlstudio.engine.training.progress import BatchSums
from tlstudio.engine.training.run import Run
from tlstudio.engine.training.run_checks import checked_plan
from tlstudio.engine.training.trainer import move_network, train_epoch


def find_rate(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    *,
    classifier: Classifier | None = None,
    plan: FreezePlan | None = None,
    steps: int = STEPS,
) -> Iterator[RangeEvent | SampleSkipped]:
    """Train a fresh network for up to `steps` steps, with ever larger learning rates.

    Everything is as in a run of `config`: batches, augmentation, optimizer, loss, and the plan's
    learning rates of the layers relative to each other. What trains is what trains in the plan's
    last phase, from the first step on. The schedule has no part in it, nor has the average of the
    weights. The last event is `RangeEnded`; there is none if `stop` was called before the first
    step.

    The same settings and dataset give the same curve on the CPU; torch's global generators are
    left as they were.

    Args:
        classifier: freshly built, and spoiled afterwards; None builds that of `config`.
        plan: which layers train; None works it out from `config`.

    Raises:
        TLStudioError: it cannot start (the same reasons as a run's), or failed.
    """
    device: torch.device | None = None
    try:
        classes = classifier.classes if classifier is not None else None
        plan = checked_plan(config, index, classes, plan)
        device = resolve_device(config.device)
        classifier = classifier or build_classifier(config, index.classes)
        check_plan(classifier.network, plan)
        with freed_memory_kept(), fast_kernels(config.precision):
            yield from _range_test(config, index, stop, classifier, plan, device, steps)
    except Exception as failure:
        raise explain(failure, device) from None


def _range_test(
    config: RunConfig,
    index: DatasetIndex,
    stop: StopToken,
    classifier: Classifier,
    plan: FreezePlan,
    device: torch.device,
    steps: int,
) -> Iterator[RangeEvent | SampleSkipped]:
    objective = Objective(config, index.counts[Split.TRAIN], device)
    # Groups at a learning rate of 1 hold their multiple of it; nothing but `_set_rate` changes it.
    config = config.changed(learning_rate=1.0, schedule="none", warmup_epochs=0, ema_decay=0.0)
    index = with_fewer_samples(index, steps * config.batch_size * config.accumulation, config.seed)
    run = Run(config, index, stop, classifier, device=device)
    network = classifier.network
    move_network(network, device)
    apply_phase(network, plan.last)
    set_train_mode(network, plan.last)
    whole = replace(plan, phases=(replace(plan.last, first_epoch=1),))
    execution = Execution(config, index, classifier, whole, device, stop)
    yield RangeStarted(steps, plan.last.trainable_parameters, str(device))
    if plan.probes_head:
        for state in execution.probe_head(classifier):
            if isinstance(state, FeaturesState):
                yield FeaturesCounted(state.from_cache + state.computed, state.wanted)
            else:
                yield state
        if stop.stopped:
            return
        set_train_mode(network, plan.last)
    batches = train_batch_count(len(index.by_split[Split.TRAIN]), config.batch_size)
    learner = Learner(network, config, plan, batches)
    multiples = [float(group["lr"]) for group in learner.optimizer.param_groups]
    curve = RangeCurve(steps)
    _set_rate(learner, multiples, curve.next_rate)

    for item in _step_losses(run, execution, objective, learner):
        match item:
            case SampleSkipped():
                yield item
            case FeaturesState():
                yield FeaturesCounted(item.from_cache + item.computed, item.wanted)
            case float() if not math.isfinite(item):
                yield RangeEnded(rate_range(curve.points, RangeEnd.DIVERGED))
                return
            case float():
                yield curve.add(item)
                if curve.end is not None:
                    yield RangeEnded(rate_range(curve.points, curve.end))
                    return
                _set_rate(learner, multiples, curve.next_rate)
    if curve.points:
        yield RangeEnded(rate_range(curve.points, RangeEnd.STOPPED))


def _step_losses(
    run: Run, execution: Execution, objective: Objective, learner: Learner
) -> Iterator[float | SampleSkipped | FeaturesState]:
    """The mean loss of each step of the optimizer, epoch after epoch until the run is stopped.

    A loss that is not finite comes at once, before its step is complete.
    """
    for epoch in itertools.count(1):
        losses: list[float] = []  # of the batches since the last step
        epoch_items = train_epoch(run, execution, objective, learner, epoch, BatchSums())
        for item in epoch_items:
            if not isinstance(item, BatchLoss):
                yield item
                continue
            losses.append(float(item.loss))
            if len(losses) == run.config.accumulation or not math.isfinite(losses[-1]):
                yield sum(losses) / len(losses)
                losses = []
        if run.stop.stopped:
            return
        if losses:  # a smaller step at the end of the epoch
            yield sum(losses) / len(losses)


def with_fewer_samples(index: DatasetIndex, wanted: int, seed: int) -> DatasetIndex:
    """Return the dataset with at most `wanted` training samples and no other splits.

    A large dataset would not be seen once; the outputs of frozen layers would be computed for
    images that no step asks for.
    """
    train = index.by_split[Split.TRAIN]
    if len(train) > wanted:
        chosen = random.Random(seed).sample(range(len(train)), wanted)
        train = tuple(train[position] for position in sorted(chosen))
    return replace(index, samples=train)


def _set_rate(learner: Learner, multiples: list[float], rate: float) -> None:
    for group, multiple in zip(learner.optimizer.param_groups, multiples, strict=True):
        group["lr"] = rate * multiple

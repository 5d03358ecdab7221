"""The training loop: what it says, keeps, and does when things go wrong."""

from __future__ import annotations

import itertools
import math
import pickle
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.helpers import make_photos, make_split_photos, plan_of, tiny_classifier
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import DeviceError, TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochPart,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    RunStarted,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.strategies import FreezePlan
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.training import learner, progress
from tlstudio.engine.training.run_checks import check_run
from tlstudio.engine.training.trainer import train


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", train=9, val=4))


class Watch:
    """Takes the place of the `time` of a run: a hundredth of a second passes at each look."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def perf_counter(self) -> float:
        self.now_s += 0.01
        return self.now_s


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(progress, "time", watch)
    return watch


@pytest.fixture
def every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """All batches are reported, however quick they are."""
    monkeypatch.setattr(progress, "MIN_INTERVAL_S", 0.0)


def config(**values: Any) -> RunConfig:
    defaults = {"device": "cpu", "epochs": 3, "batch_size": 4, "learning_rate": 0.05}
    return RunConfig().changed(**{**defaults, **values})


def run(
    index: DatasetIndex,
    classifier: Any = None,
    on_event: Callable[[RunEvent, StopToken], None] | None = None,
    trainable: tuple[str, ...] = (),
    **values: Any,
) -> tuple[list[RunEvent], Any]:
    classifier = classifier or tiny_classifier(index.classes)
    stop = StopToken()
    events = []
    plan = plan_of(classifier.network, *trainable)
    for event in train(config(**values), index, stop, classifier, plan=plan):
        events.append(event)
        if on_event is not None:
            on_event(event, stop)
    assert sum(isinstance(event, RunEnded) for event in events) == 1
    assert isinstance(events[-1], RunEnded)
    assert not classifier.network.training
    assert all(p.grad is None for p in classifier.network.parameters())
    return events, classifier


def end_of(events: list[RunEvent]) -> RunEnded:
    assert isinstance(events[-1], RunEnded)
    return events[-1]


def numbers(classifier: Any) -> list[tuple[float | None, ...]]:
    return [
        (r.train_loss, r.train_accuracy, r.val_loss, r.val_accuracy, r.learning_rate)
        for r in classifier.history.epochs
    ]


def state_of(classifier: Any) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in classifier.network.state_dict().items()}


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_run_tells_its_story(index: DatasetIndex, every_batch: None) -> None:
    events, classifier = run(index)
    started = events[0]
    assert isinstance(started, RunStarted)
    assert (started.train_samples, started.val_samples) == (18, 8)
    assert started.trainable_parameters == started.total_parameters == 154
    epochs = [e.record for e in events if isinstance(e, EpochEnded)]
    assert [record.epoch for record in epochs] == [1, 2, 3]
    assert classifier.history.epochs == tuple(epochs)
    batches = [e for e in events if isinstance(e, BatchEnded)]
    assert [(b.part, b.batch) for b in batches if b.epoch == 2] == [
        *[(EpochPart.TRAIN, n) for n in range(1, 6)],
        *[(EpochPart.VAL, n) for n in range(1, 3)],
    ]
    assert [b.progress for b in batches] == sorted(b.progress for b in batches)
    assert batches[-1].progress == 1
    assert all(b.remaining_s is not None and b.batch <= b.batches for b in batches)
    ready = [e for e in events if isinstance(e, PredictionsReady)]
    assert [e.epoch for e in ready] == [1, 2, 3]
    for event in ready:
        paths = [p.image for p in event.predictions]
        assert paths == [s.image for s in index.by_split[Split.VAL]]
        right = sum(bool(p.is_right) for p in event.predictions) / len(paths)
        assert right == epochs[event.epoch - 1].val_accuracy
        assert all(math.isclose(sum(p.probabilities), 1) for p in event.predictions)
    end = end_of(events)
    assert (end.reason, end.epochs, end.error) == (RunEndReason.FINISHED, 3, None)
    best = classifier.history.best
    assert (end.best_epoch, end.best_val_accuracy) == (best.epoch, best.val_accuracy)
    assert pickle.loads(pickle.dumps(events)) is not None


def test_it_learns(index: DatasetIndex) -> None:
    events, _ = run(index, epochs=8)
    best = end_of(events).best_val_accuracy
    assert best is not None
    assert best >= 0.9


def test_reports_are_at_most_ten_a_second(index: DatasetIndex, watch: Watch) -> None:
    reports: list[float] = []

    def listen(event: RunEvent, stop: StopToken) -> None:
        if isinstance(event, BatchEnded):
            reports.append(watch.now_s)

    run(index, on_event=listen, epochs=10)
    assert len(reports) >= 3
    assert all(after - before >= 0.1 for before, after in itertools.pairwise(reports))


def disturb() -> None:
    torch.rand(5)


def test_the_same_seed_repeats_the_history_exactly(index: DatasetIndex) -> None:
    _, first = run(index)
    torch.manual_seed(99)
    torch.rand(3)
    _, second = run(index, on_event=lambda event, stop: disturb())
    assert numbers(first) == numbers(second)
    assert same(state_of(first), state_of(second))
    _, other = run(index, seed=1)
    assert numbers(first) != numbers(other)


def test_the_global_generator_is_left_as_it_was(index: DatasetIndex) -> None:
    torch.manual_seed(5)
    classifier = tiny_classifier(index.classes)
    before = torch.get_rng_state()
    run(index, classifier)
    assert torch.equal(before, torch.get_rng_state())


def test_frozen_layers_are_bitwise_unchanged(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    before = state_of(classifier)
    run(index, classifier, trainable=("6",), optimizer="adamw", weight_decay=0.5)
    for name, value in classifier.network.state_dict().items():
        assert torch.equal(value, before[name]) == (not name.startswith("6.")), name


def test_the_best_weights_come_back_and_the_last_ones_stay(index: DatasetIndex) -> None:
    states: list[dict[str, torch.Tensor]] = []
    classifier = tiny_classifier(index.classes)

    def remember(event: RunEvent, stop: StopToken) -> None:
        if isinstance(event, EpochEnded):
            states.append(state_of(classifier))

    events, _ = run(index, classifier, remember, epochs=6, learning_rate=0.3, schedule="none")
    best = end_of(events).best_epoch
    assert best is not None
    first_best = max(range(6), key=lambda n: classifier.history.epochs[n].val_accuracy)
    assert best == first_best + 1
    assert same(state_of(classifier), states[best - 1])
    if best == 6:
        assert classifier.last_state is None
    else:
        assert same(classifier.last_state, states[5])
    is_best = [e.is_best for e in events if isinstance(e, EpochEnded)]
    assert is_best[best - 1]
    assert not any(is_best[best:])


def test_a_lonely_last_image(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path, train={"red": 5, "green": 4}, val=1))

    class Strict(nn.Module):  # BatchNorm1d cannot train on one image
        def __init__(self, inner: nn.Module) -> None:
            super().__init__()
            self.inner, self.norm = inner, nn.BatchNorm1d(2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.norm(self.inner(x))
            return out

    classifier = tiny_classifier(index.classes)
    classifier.network = Strict(classifier.network)
    events, _ = run(index, classifier, batch_size=4)
    assert end_of(events).reason is RunEndReason.FINISHED
    events, _ = run(index, classifier, batch_size=1)
    end = end_of(events)
    assert end.reason is RunEndReason.FAILED
    assert "single image" in str(end.error)
    assert "batch size" in end.error.hint_text  # type: ignore[union-attr]


def test_a_class_with_one_image(tmp_path: Path) -> None:
    index = open_dataset(make_split_photos(tmp_path, train={"red": 1, "green": 4}, val=1))
    assert check_run(config(), index) == []
    events, _ = run(index)
    assert end_of(events).reason is RunEndReason.FINISHED


def test_without_validation_images(tmp_path: Path) -> None:
    index = open_dataset(make_photos(tmp_path, ("a", "b", "c"), 1))
    classifier = tiny_classifier(index.classes)
    events, _ = run(index, classifier)
    end = end_of(events)
    assert end.reason is RunEndReason.FINISHED
    assert end.best_val_accuracy is None
    assert end.best_epoch == classifier.history.best.epoch
    assert all(r.val_loss is None and r.val_accuracy is None for r in classifier.history.epochs)


def at(phase: EpochPart, epoch: int, batch: int = 1) -> Callable[[RunEvent], bool]:
    def matches(event: RunEvent) -> bool:
        where = (phase, epoch, batch)
        return isinstance(event, BatchEnded) and (event.part, event.epoch, event.batch) == where

    return matches


@pytest.mark.parametrize(
    ("when", "epochs"),
    [
        (lambda event: isinstance(event, RunStarted), 0),
        (at(EpochPart.TRAIN, 1), 0),
        (at(EpochPart.VAL, 1), 0),
        (at(EpochPart.TRAIN, 2), 1),
        (at(EpochPart.VAL, 2), 1),
        (lambda event: isinstance(event, EpochEnded), 1),
    ],
)
def test_stop_answers_within_one_batch(
    index: DatasetIndex, every_batch: None, when: Callable[[RunEvent], bool], epochs: int
) -> None:
    after: list[RunEvent] = []

    def stop_then_listen(event: RunEvent, stop: StopToken) -> None:
        if stop.stopped:
            after.append(event)
        elif when(event):
            stop.stop()

    events, classifier = run(index, on_event=stop_then_listen)
    assert sum(isinstance(event, BatchEnded) for event in after) == 0
    end = end_of(events)
    assert (end.reason, end.epochs, end.error) == (RunEndReason.STOPPED, epochs, None)
    assert len(classifier.history.epochs) == epochs


def test_what_was_learned_before_a_stop_is_kept(index: DatasetIndex, every_batch: None) -> None:
    def stop_in(phase: EpochPart, epoch: int) -> Any:
        classifier = tiny_classifier(index.classes)
        states = []

        def listen(event: RunEvent, stop: StopToken) -> None:
            if isinstance(event, EpochEnded):
                states.append(state_of(classifier))
            if at(phase, epoch)(event):
                states.append(state_of(classifier))
                stop.stop()

        run(index, classifier, listen)
        return classifier, states

    classifier, (now,) = stop_in(EpochPart.TRAIN, 1)  # no epoch yet: as it is
    assert same(state_of(classifier), now)
    assert classifier.last_state is None
    classifier, (best, now) = stop_in(EpochPart.TRAIN, 2)  # else the best, and the latest beside it
    assert same(state_of(classifier), best)
    assert same(classifier.last_state, now)


def test_pause_waits_and_is_not_counted(
    index: DatasetIndex, every_batch: None, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[bool] = []
    wait = StopToken.wait_while_paused

    def wait_long(stop: StopToken) -> bool:
        waits.append(stop.paused)
        watch.now_s += 1000
        stop.resume()
        return wait(stop)

    def pause(event: RunEvent, stop: StopToken) -> None:
        if at(EpochPart.TRAIN, 1)(event) or at(EpochPart.VAL, 1)(event):
            stop.pause()

    monkeypatch.setattr(StopToken, "wait_while_paused", wait_long)
    classifier = tiny_classifier(index.classes)
    events, _ = run(index, classifier, pause, epochs=1)
    end = end_of(events)
    assert end.reason is RunEndReason.FINISHED
    assert waits == [True, True]
    assert watch.now_s > 2000
    assert 0 < classifier.history.epochs[0].elapsed_s <= end.elapsed_s
    assert end.elapsed_s < 1000


def test_stop_ends_a_pause(index: DatasetIndex, every_batch: None) -> None:
    timers: list[threading.Timer] = []

    def pause(event: RunEvent, stop: StopToken) -> None:
        if at(EpochPart.TRAIN, 1)(event):
            stop.pause()
            timers.append(threading.Timer(0.2, stop.stop))
            timers[-1].start()

    events, _ = run(index, on_event=pause)
    timers[0].join()
    assert end_of(events).reason is RunEndReason.STOPPED


def test_a_diverging_loss_is_told_and_the_best_weights_kept(index: DatasetIndex) -> None:
    states: list[dict[str, torch.Tensor]] = []
    classifier = tiny_classifier(index.classes)

    def remember(event: RunEvent, stop: StopToken) -> None:
        if isinstance(event, EpochEnded):
            states.append(state_of(classifier))

    huge = {"learning_rate": 10, "weight_decay": 1, "epochs": 40, "schedule": "none"}
    end = end_of(run(index, classifier, remember, **huge)[0])
    assert end.reason is RunEndReason.FAILED
    assert isinstance(end.error, TrainingError)
    assert "finite" in str(end.error)
    assert "learning rate" in end.error.hint_text
    assert end.best_epoch is not None
    assert same(state_of(classifier), states[end.best_epoch - 1])
    assert classifier.last_state is None


def test_a_last_step_into_nowhere_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without validation no loss would tell."""
    index = open_dataset(make_split_photos(tmp_path / "photos", train=9, val=4))
    index = replace(index, samples=index.by_split[Split.TRAIN])

    class Runaway(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.data.fill_(math.nan)

    monkeypatch.setattr(
        learner,
        "make_optimizer",
        lambda n, c, p: Runaway([p for p in n.parameters() if p.requires_grad]),
    )
    events, classifier = run(index, epochs=1, batch_size=64)
    assert events[-1].reason is RunEndReason.FAILED
    assert "finite" in str(events[-1].error)
    assert all(p.isfinite().all() for p in classifier.network.parameters())


def test_diverging_at_once_goes_back_to_the_start(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    with torch.no_grad():
        classifier.network[6].weight.mul_(float("inf"))
    before = state_of(classifier)
    events, _ = run(index, classifier)
    assert end_of(events).best_epoch is None
    assert same(state_of(classifier), before)


class Failing(nn.Module):
    """Fails at its n-th forward pass in train mode."""

    def __init__(self, inner: nn.Module, error: Exception, at_call: int = 3) -> None:
        super().__init__()
        self.inner, self.error, self.calls_left = inner, error, at_call

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.calls_left -= 1
        if self.calls_left == 0:
            raise self.error
        out: torch.Tensor = self.inner(x)
        return out


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory"),
        MemoryError(),
    ],
)
def test_running_out_of_memory_has_a_hint_and_lets_go(
    index: DatasetIndex, error: Exception
) -> None:
    classifier = tiny_classifier(index.classes)
    classifier.network = Failing(classifier.network, error)
    before = state_of(classifier)
    events, _ = run(index, classifier)
    end = end_of(events)
    assert end.reason is RunEndReason.FAILED
    assert isinstance(end.error, DeviceError)
    assert "memory" in str(end.error)
    assert "batch size" in end.error.hint_text
    assert same(state_of(classifier), before)
    frames = []
    trace = end.error.__cause__.__traceback__ if end.error.__cause__ else None
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    held = [v for f in frames[1:] for v in f.f_locals.values() if isinstance(v, torch.Tensor)]
    assert held == []
    classifier.network = classifier.network.inner  # and it can be tried again at once
    assert end_of(run(index, classifier)[0]).reason is RunEndReason.FINISHED


def test_any_other_failure_keeps_the_best_weights(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    classifier.network = Failing(classifier.network, ZeroDivisionError("oops"), at_call=7)
    best: list[dict[str, torch.Tensor]] = []

    def remember(event: RunEvent, stop: StopToken) -> None:
        if isinstance(event, EpochEnded):
            best.append(state_of(classifier))

    events, _ = run(index, classifier, remember)
    end = end_of(events)
    assert (end.reason, end.epochs, end.best_epoch) == (RunEndReason.FAILED, 1, 1)
    assert isinstance(end.error, TrainingError)
    assert "oops" in str(end.error)
    assert isinstance(end.error.__cause__, ZeroDivisionError)
    assert same(state_of(classifier), best[0])


def test_a_file_that_breaks_after_opening_is_skipped(index: DatasetIndex) -> None:
    for split in (Split.TRAIN, Split.VAL):
        index.by_split[split][0].image.path.write_bytes(b"broken")
    events, _ = run(index)
    skipped = [event for event in events if isinstance(event, SampleSkipped)]
    assert len(skipped) == 2
    ready = [event for event in events if isinstance(event, PredictionsReady)]
    assert len(ready[-1].predictions) == 7
    assert end_of(events).reason is RunEndReason.FINISHED


def test_no_training_image_left(index: DatasetIndex) -> None:
    for sample in index.by_split[Split.TRAIN]:
        sample.image.path.unlink()
    end = end_of(run(index)[0])
    assert end.reason is RunEndReason.FAILED
    assert "No training image" in str(end.error)


def test_all_problems_are_found_before_the_start(index: DatasetIndex) -> None:
    assert check_run(config(), index, index.classes) == []
    lacking = replace(index, samples=tuple(s for s in index.samples if s.class_index))
    broken = config(device="cuda:63", strategy="partial", train_from="nowhere")
    problems = " ".join(map(str, check_run(broken, lacking, ("a", "b"))))
    for part in ("“green” has no training", "other classes", "“nowhere”", "“cuda:63”"):
        assert part in problems
    end = end_of(run(lacking)[0])
    assert end.reason is RunEndReason.FAILED
    assert "“green” has no training images" in str(end.error)
    one = DatasetIndex(index.root, "x", index.layout, ("a",), ())
    assert len(check_run(config(), one)) == 2


def test_leaving_early_settles_the_network(index: DatasetIndex, every_batch: None) -> None:
    classifier = tiny_classifier(index.classes)
    plan = plan_of(classifier.network)
    events: Iterator[RunEvent] = train(config(), index, StopToken(), classifier, plan=plan)
    list(itertools.islice(events, 12))
    events.close()  # type: ignore[attr-defined]
    assert not classifier.network.training
    assert len(classifier.history.epochs) == 1


def test_the_plan_follows_from_the_configuration(tmp_path: Path) -> None:
    from tlstudio.engine.models.build import build_classifier

    index = open_dataset(make_split_photos(tmp_path, train=2, val=1))
    settings = config(model="squeezenet1_1", initialisation="random", epochs=1)
    classifier = build_classifier(settings, index.classes)
    started, *_, end = train(settings, index, StopToken(), classifier)
    assert isinstance(started, RunStarted)
    assert started.trainable_parameters == 512 * 2 + 2
    assert isinstance(end, RunEnded)
    assert end.reason is RunEndReason.FINISHED


def test_patience_ends_a_run_that_does_not_get_better(index: DatasetIndex) -> None:
    events, classifier = run(index, epochs=50, patience=2, learning_rate=1e-9)
    assert end_of(events).reason is RunEndReason.EARLY
    assert len(classifier.history.epochs) == 3
    assert any(isinstance(event, PredictionsReady) and event.epoch == 3 for event in events)


def test_patience_waits_for_everything_to_train(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    head, everything = plan_of(classifier.network, "6").last, plan_of(classifier.network).last
    plan = FreezePlan("head_first", (head, replace(everything, first_epoch=5)), 154)
    settings = config(epochs=50, patience=2, learning_rate=1e-9)
    *_, end = train(settings, index, StopToken(), classifier, plan=plan)
    assert isinstance(end, RunEnded) and end.reason is RunEndReason.EARLY
    assert end.epochs == 6


def test_the_average_is_what_is_validated_and_kept(index: DatasetIndex) -> None:
    _, plain = run(index, epochs=3)
    events, averaged = run(index, epochs=3, ema_decay=0.99)
    assert end_of(events).reason is RunEndReason.FINISHED
    assert [r.train_loss for r in averaged.history.epochs] == [
        r.train_loss for r in plain.history.epochs
    ]
    assert numbers(averaged) != numbers(plain)
    last = averaged.last_state or state_of(averaged)
    assert not same(last, plain.last_state or state_of(plain))


def test_a_probed_head_starts_well(index: DatasetIndex) -> None:
    classifier = tiny_classifier(index.classes)
    plan = replace(plan_of(classifier.network), probes_head=True)
    events = list(
        train(config(epochs=1, learning_rate=1e-9), index, StopToken(), classifier, plan=plan)
    )
    end = events[-1]
    assert isinstance(end, RunEnded) and end.reason is RunEndReason.FINISHED
    assert classifier.history.epochs[0].val_accuracy == 1.0  # colours are told apart at once
    assert end.proof is not None and end.proof.drift["6"] < 1e-3  # counted from the probed head


@pytest.mark.parametrize("mixing", ["mixup", "cutmix"])
def test_mixing_runs_live_and_repeats_itself(index: DatasetIndex, mixing: str) -> None:
    events, first = run(index, trainable=("6",), mixing=mixing, mixing_alpha=1.0)
    started = events[0]
    assert isinstance(started, RunStarted) and started.execution.views == 0
    _, second = run(index, trainable=("6",), mixing=mixing, mixing_alpha=1.0)
    _, plain = run(index, trainable=("6",), views="live")
    assert numbers(first) == numbers(second) != numbers(plain)


def test_a_hidden_layer_of_the_head_learns_on_kept_features(index: DatasetIndex) -> None:
    wanted = config(
        *(), model="test_vit", initialisation="random", head_hidden=6, head_dropout=0.5,
        epochs=2, views="cached",
    )  # fmt: skip
    classifier = build_classifier(wanted, index.classes)
    before = state_of(classifier)
    events = list(train(wanted, index, StopToken(), classifier))
    assert end_of(events).reason is RunEndReason.FINISHED
    changed = {
        name for name, value in state_of(classifier).items() if not torch.equal(value, before[name])
    }
    layers = ("head.hidden", "head.output")
    assert changed == {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}

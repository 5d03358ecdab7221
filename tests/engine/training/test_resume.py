"""A run that goes on from a saved state equals one that never stopped, bit for bit on the CPU."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.training.test_exactness import CLASSES, staged
from tests.helpers import make_split_photos, plan_of, tiny_preprocessing
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TrainingError
from tlstudio.core.runs.events import (
    BatchEnded,
    EpochEnded,
    EpochPart,
    PhaseStarted,
    PredictionsReady,
    RunEnded,
    RunEndReason,
    RunEvent,
    SampleSkipped,
    StopToken,
)
from tlstudio.core.strategies import FreezePlan, PlanOptions, freeze_plan
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import tree_of
from tlstudio.engine.training import progress
from tlstudio.engine.training.run import Run
from tlstudio.engine.training.run_checks import check_resume
from tlstudio.engine.training.trainer import train_run

MEASURED = ("elapsed_s", "images_per_s")  # times, which no two runs share
WITHIN = 2  # states within an epoch from which each run goes on


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    counts = {"green": 9, "red": 8}, {"green": 4, "red": 3}
    return open_dataset(make_split_photos(tmp_path / "photos", CLASSES, *counts))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """What these tests compute is small: more threads than one would wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def every_batch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MIN_INTERVAL_S", 0.0)


def catalog_network(model: str) -> Callable[[], Classifier]:
    def make() -> Classifier:
        network = build_network(model, len(CLASSES), initialisation="random", seed=3)
        return Classifier(network, model, CLASSES, tiny_preprocessing())

    return make


def config_of(**values: Any) -> RunConfig:
    return RunConfig().changed(
        **{
            "epochs": 4,
            "batch_size": 4,
            "device": "cpu",
            "precision": "float32",
            "views": "live",
            "augmentation": "crop_flip",
            "learning_rate": 0.05,
            **values,
        }
    )


def plan_by(network: nn.Module, strategy: str, epochs: int) -> FreezePlan:
    if strategy == "all":
        plan: FreezePlan = plan_of(network)
        return plan
    options = PlanOptions(strategy, epochs=epochs, unfreeze_every=1, head_epochs=2)
    return freeze_plan(tree_of(network, "staged", len(CLASSES), 16), options)


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    loaded: dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


class Trained:
    """A run to its end, and its state at every event that came once it had begun."""

    def __init__(
        self,
        index: DatasetIndex,
        how: str,
        config: RunConfig,
        make: Callable[[], Classifier] = staged,
        state: dict[str, Any] | None = None,
        stop_at: Callable[[RunEvent], bool] = lambda event: False,
    ) -> None:
        classifier = make()
        plan = plan_by(classifier.network, how, config.epochs)
        stop = StopToken()
        state = through_a_file(state) if state is not None else None
        self.run = run = Run(config, index, stop, classifier, resume_from=state, wants_state=True)
        self.events: list[RunEvent] = []
        self.states: list[tuple[RunEvent, dict[str, Any]]] = []
        if state is not None:  # it holds every value that changes
            own = classifier.network.state_dict()
            for name in state["network"]:
                own[name].zero_()
        for event in train_run(run, plan):
            self.events.append(event)
            if run.audit is not None and not isinstance(event, RunEnded) and state is None:
                self.states.append((event, run.state_dict()))
            if stop_at(event):
                stop.stop()

    @property
    def end(self) -> RunEnded:
        end = self.events[-1]
        assert isinstance(end, RunEnded)
        return end

    @property
    def history(self) -> list[dict[str, Any]]:
        rows = self.run.history.to_dicts()
        return [{name: v for name, v in row.items() if name not in MEASURED} for row in rows]

    @property
    def rates(self) -> list[float]:
        return [record.learning_rate for record in self.run.history.epochs]


def assert_equal(resumed: Trained, whole: Trained) -> None:
    assert resumed.end.error is None, resumed.end.error
    assert resumed.history == whole.history
    one, other = whole.run.classifier, resumed.run.classifier
    for first, second in (
        (one.network.state_dict(), other.network.state_dict()),
        (one.last_state or {}, other.last_state or {}),
    ):
        assert first.keys() == second.keys()
        assert all(torch.equal(first[name], second[name]) for name in first)
    assert resumed.end.reason is whole.end.reason
    assert resumed.end.proof == whole.end.proof
    assert resumed.end.best_epoch == whole.end.best_epoch
    said = {e.epoch: e for e in whole.events if isinstance(e, PredictionsReady)}
    again = [e for e in resumed.events if isinstance(e, PredictionsReady)]
    assert all(event == said[event.epoch] for event in again)


def assert_resumes(
    index: DatasetIndex, how: str, make: Callable[[], Classifier] = staged, **values: Any
) -> None:
    config = config_of(**values)
    whole = Trained(index, how, config, make)
    random.seed(7)
    between = [s for e, s in whole.states if isinstance(e, EpochEnded | PhaseStarted)]
    within = [s for e, s in whole.states if not isinstance(e, EpochEnded | PhaseStarted)]
    torch.manual_seed(99)  # another process has other generators
    for state in (*between, *random.sample(within, WITHIN)):
        assert_equal(Trained(index, how, config, make, state), whole)


@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "sgd", "schedule": "step", "step_size": 2},
        {"optimizer": "adam", "schedule": "cosine", "warmup_epochs": 3, "ema_decay": 0.9},
        {"optimizer": "adamw", "schedule": "one_cycle", "accumulation": 3, "clip_norm": 0.5},
        {"mixing": "mixup", "balance": "sampling", "label_smoothing": 0.1, "accumulation": 2},
        {"mixing": "cutmix", "ema_decay": 0.5, "schedule": "one_cycle", "balance": "weights"},
        {"patience": 1, "epochs": 12, "learning_rate": 1e-9, "momentum": 0.0},
    ],
    ids=lambda values: "-".join(map(str, values.values())),
)
def test_all_layers(index: DatasetIndex, values: dict[str, Any]) -> None:
    assert_resumes(index, "all", **values)


@pytest.mark.parametrize("how", ["gradual", "head_first", "feature_extraction", "probe_first"])
def test_frozen_layers_and_phases(index: DatasetIndex, how: str) -> None:
    views = "cached" if how == "feature_extraction" else "live"
    assert_resumes(index, how, views=views, accumulation=2, ema_decay=0.9)


def test_a_run_keeps_the_engine_that_it_began_with(index: DatasetIndex) -> None:
    """Another trial may find another one."""
    whole = Trained(index, "feature_extraction", config_of(engine="torch", views="live"))
    state = next(s for e, s in whole.states if isinstance(e, EpochEnded))
    other = config_of(engine="onnxruntime", views="live")
    assert_equal(Trained(index, "feature_extraction", other, state=state), whole)
    began = Trained(index, "feature_extraction", other)
    assert began.states[-1][1]["engine"] == "onnxruntime"
    assert began.history != whole.history


@pytest.mark.parametrize("model", ["resnet20", "se_resnet20"])
def test_networks_of_the_catalog(index: DatasetIndex, model: str) -> None:
    config = config_of(epochs=2)
    make = catalog_network(model)
    whole = Trained(index, "all", config, make)
    state = next(s for e, s in whole.states if isinstance(e, BatchEnded) and e.batch == 2)
    assert_equal(Trained(index, "all", config, make, state), whole)


def test_a_run_that_was_stopped_within_an_epoch(index: DatasetIndex) -> None:
    config = config_of(accumulation=3, ema_decay=0.9)
    whole = Trained(index, "all", config)
    for part, epoch in ((EpochPart.TRAIN, 1), (EpochPart.TRAIN, 3), (EpochPart.VAL, 2)):

        def stop_at(event: RunEvent, place: object = (epoch, part, 2)) -> bool:
            return isinstance(event, BatchEnded) and place == (
                event.epoch,
                event.part,
                event.batch,
            )

        stopped = Trained(index, "all", config, stop_at=stop_at)
        assert stopped.end.reason is RunEndReason.STOPPED
        assert stopped.run.final_state is not None
        resumed = Trained(index, "all", config, state=stopped.run.final_state)
        assert_equal(resumed, whole)
        assert len([e for e in resumed.events if isinstance(e, EpochEnded)]) == 5 - epoch


def test_batches_that_were_learned_are_not_learned_again(index: DatasetIndex) -> None:
    whole = Trained(index, "all", config_of(epochs=1))
    states = [s for e, s in whole.states if isinstance(e, BatchEnded)]
    resumed = Trained(index, "all", config_of(epochs=1), state=states[2])
    told = [e.batch for e in resumed.events if isinstance(e, BatchEnded)]
    assert told == [4, 1, 2]  # of training, then of validation


def test_images_that_could_not_be_read_move_no_batch(tmp_path: Path) -> None:
    counts = {"green": 9, "red": 8}, {"green": 4, "red": 3}
    folder = make_split_photos(tmp_path / "photos", CLASSES, *counts)
    index = open_dataset(folder)
    for path in sorted((folder / "train" / "red").iterdir())[:2]:
        path.write_bytes(b"no image")
    config = config_of(epochs=2, balance="sampling")
    whole = Trained(index, "all", config)
    for event, state in whole.states:
        if isinstance(event, BatchEnded) and event.batch in (1, 3):
            resumed = Trained(index, "all", config, state=state)
            assert_equal(resumed, whole)
    skipped = [e for e in resumed.events if isinstance(e, SampleSkipped)]
    assert not skipped  # they were told


def test_the_state_of_a_head_alone_is_small(index: DatasetIndex) -> None:
    make = catalog_network("resnet20")
    for how, least, most in (("feature_extraction", 0, 30_000), ("all", 1_000_000, 6_000_000)):
        trained = Trained(index, how, config_of(epochs=1), make)
        file = io.BytesIO()
        torch.save(trained.run.final_state, file)
        assert least < len(file.getvalue()) < most, how


# More epochs


@pytest.mark.parametrize(
    "values",
    [
        {"schedule": "none", "warmup_epochs": 3},
        {"schedule": "step", "step_size": 1, "gamma": 0.5},
        {"schedule": "cosine"},
        {"schedule": "cosine", "warmup_epochs": 1},
        {"schedule": "one_cycle", "optimizer": "adam"},
    ],
    ids=lambda values: "-".join(map(str, values.values())),
)
@pytest.mark.parametrize("done", [2, 1], ids=["finished", "stopped"])
def test_more_epochs_follow_the_longer_schedule(
    index: DatasetIndex, values: dict[str, Any], done: int
) -> None:
    short, long = config_of(epochs=2, **values), config_of(epochs=5, **values)
    trained = Trained(index, "all", short)
    planned = Trained(index, "all", long)
    state = next(
        s for e, s in trained.states if isinstance(e, EpochEnded) and e.record.epoch == done
    )
    resumed = Trained(index, "all", long, state=state)
    assert resumed.end.reason is RunEndReason.FINISHED
    assert resumed.rates == trained.rates[:done] + planned.rates[done:]
    learner = resumed.run.learner
    assert learner is not None and planned.run.learner is not None
    own, other = learner.state_dict(), planned.run.learner.state_dict()
    assert own["steps"] == other["steps"]
    if short.schedule in ("none", "step"):  # there the number of epochs decides nothing else
        assert_equal(resumed, planned)


@pytest.mark.parametrize("how", ["gradual", "head_first"])
def test_more_epochs_have_room_for_later_phases(index: DatasetIndex, how: str) -> None:
    short, long = config_of(epochs=2, ema_decay=0.9), config_of(epochs=5, ema_decay=0.9)
    trained = Trained(index, how, short)
    state = trained.run.final_state
    assert_equal(Trained(index, how, long, state=state), Trained(index, how, long))


def test_more_epochs_after_patience_had_ended_the_run(index: DatasetIndex) -> None:
    values = {"patience": 2, "learning_rate": 1e-9, "momentum": 0.0, "balance": "weights"}
    trained = Trained(index, "all", config_of(epochs=9, **values))
    assert trained.end.reason is RunEndReason.EARLY
    state = trained.run.final_state
    resumed = Trained(index, "all", config_of(epochs=12, **values), state=state)
    assert resumed.end.reason is RunEndReason.EARLY
    assert resumed.end.epochs == trained.end.epochs + 2


def test_a_run_that_is_over_wants_more_epochs(index: DatasetIndex) -> None:
    trained = Trained(index, "all", config_of(epochs=2))
    state = trained.run.final_state
    assert state is not None
    check_resume(config_of(epochs=3), state, is_over=True)
    check_resume(config_of(epochs=2), state)  # it was killed just before its last event
    with pytest.raises(TrainingError, match=r"is over, after 2 of 2 epochs"):
        check_resume(config_of(epochs=2), state, is_over=True)
    resumed = Trained(index, "all", config_of(epochs=1), state=state)
    assert isinstance(resumed.end.error, TrainingError)
    assert "in epoch 2 already" in str(resumed.end.error)


# States that do not fit


def test_the_state_of_another_seed_is_refused(index: DatasetIndex) -> None:
    state = Trained(index, "all", config_of(epochs=1)).run.final_state
    resumed = Trained(index, "all", config_of(epochs=2, seed=1), state=state)
    assert "began with the seed 0" in str(resumed.end.error)


def test_the_state_of_another_version_is_refused(index: DatasetIndex) -> None:
    state = Trained(index, "all", config_of(epochs=1)).run.final_state
    assert state is not None
    resumed = Trained(index, "all", config_of(epochs=2), state={**state, "version": 99})
    assert "another version" in str(resumed.end.error)


def test_the_state_of_another_network_is_refused(index: DatasetIndex) -> None:
    state = Trained(index, "all", config_of(epochs=1), catalog_network("resnet20")).run.final_state
    assert state is not None
    run = Run(config_of(), index, StopToken(), staged(), resume_from=state)
    *_, end = train_run(run, plan_of(run.classifier.network))
    assert isinstance(end, RunEnded) and "of another network" in str(end.error)


def test_other_values_below_the_head_are_refused(index: DatasetIndex) -> None:
    state = Trained(index, "feature_extraction", config_of(epochs=1)).run.final_state
    assert state is not None
    classifier = staged()
    with torch.no_grad():
        classifier.network.get_parameter("stem.0.weight").mul_(1.001)
    run = Run(config_of(epochs=2), index, StopToken(), classifier, resume_from=state)
    *_, end = train_run(run, plan_by(classifier.network, "feature_extraction", 2))
    assert isinstance(end, RunEnded) and "no longer those" in str(end.error)


def test_the_clock_goes_on(index: DatasetIndex) -> None:
    state = Trained(index, "all", config_of(epochs=1)).run.final_state
    assert state is not None
    resumed = Trained(index, "all", config_of(epochs=2), state={**state, "elapsed_s": 1000.0})
    assert resumed.end.elapsed_s > 1000

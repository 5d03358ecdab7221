"""A run that goes on from a saved state equals one that never stopped, bit for bit on the CPU."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.engine.training.test_exactness import CLASSES, staged
from tests.helpers import make_split_photos, plan_of
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.runs.events import EpochEnded, RunEnded, RunEndReason, StopToken
from tlstudio.core.strategies import FreezePlan, PlanOptions, freeze_plan
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.tree import tree_of
from tlstudio.engine.training.run import Run
from tlstudio.engine.training.trainer import train_run

EPOCHS, STOP_AFTER = 5, 2
MEASURED = ("elapsed_s", "images_per_s")  # times, which no two runs share


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    counts = {"green": 9, "red": 8}, {"green": 4, "red": 3}
    return open_dataset(make_split_photos(tmp_path / "photos", CLASSES, *counts))


def plan_by(network: Any, strategy: str) -> FreezePlan:
    if strategy == "all":
        plan: FreezePlan = plan_of(network)
        return plan
    options = PlanOptions(strategy, unfreeze_every=1)
    return freeze_plan(tree_of(network, "staged", len(CLASSES), 16), options)


def through_a_file(state: dict[str, Any]) -> dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    loaded: dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


def history_of(run: Run) -> list[dict[str, Any]]:
    rows = run.history.to_dicts()
    return [{name: v for name, v in row.items() if name not in MEASURED} for row in rows]


def assert_resumes(index: DatasetIndex, how: str, **values: Any) -> None:
    config = RunConfig().changed(
        **{
            "epochs": EPOCHS,
            "batch_size": 4,
            "device": "cpu",
            "precision": "float32",
            "views": "live",
            "augmentation": "crop_flip",
            "learning_rate": 0.05,
            **values,
        }
    )

    def fresh(**about: Any) -> tuple[Run, FreezePlan]:
        classifier = staged()
        plan = plan_by(classifier.network, how)
        return Run(config, index, StopToken(), classifier, **about), plan

    whole, plan = fresh()
    state: dict[str, Any] = {}
    for event in train_run(whole, plan):
        if isinstance(event, EpochEnded) and event.record.epoch == STOP_AFTER:
            state = through_a_file(whole.state_dict())
        last_of_whole = event

    torch.manual_seed(99)  # another process has other generators
    random.seed(99)
    resumed, plan = fresh(resume_from=state)
    with torch.no_grad():
        for tensor in resumed.classifier.network.state_dict().values():
            tensor.zero_()  # the state holds every value
    events = list(train_run(resumed, plan))
    ended = [event.record.epoch for event in events if isinstance(event, EpochEnded)]
    assert ended == list(range(STOP_AFTER + 1, EPOCHS + 1))

    assert history_of(resumed) == history_of(whole)
    one, other = whole.classifier, resumed.classifier
    for first, second in (
        (one.network.state_dict(), other.network.state_dict()),
        (one.last_state or {}, other.last_state or {}),
    ):
        assert first.keys() == second.keys()
        assert all(torch.equal(first[name], second[name]) for name in first)
    assert isinstance(last_of_whole, RunEnded) and isinstance(events[-1], RunEnded)
    assert events[-1].reason is RunEndReason.FINISHED
    assert events[-1].proof == last_of_whole.proof
    assert events[-1].best_epoch == last_of_whole.best_epoch


@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "sgd", "schedule": "step", "step_size": 2},
        {"optimizer": "adam", "schedule": "cosine", "warmup_epochs": 3, "ema_decay": 0.9},
        {"optimizer": "adamw", "schedule": "one_cycle", "accumulation": 2, "clip_norm": 0.5},
        {"mixing": "mixup", "balance": "sampling", "label_smoothing": 0.1},
    ],
    ids=lambda values: "-".join(map(str, values.values())),
)
def test_all_layers(index: DatasetIndex, values: dict[str, Any]) -> None:
    assert_resumes(index, "all", **values)


@pytest.mark.parametrize("how", ["gradual", "feature_extraction", "probe_first"])
def test_frozen_layers_and_phases(index: DatasetIndex, how: str) -> None:
    assert_resumes(index, how, views="cached" if how == "feature_extraction" else "live")


def test_the_state_of_another_seed_is_refused(index: DatasetIndex) -> None:
    config = RunConfig().changed(epochs=1, batch_size=4, device="cpu", precision="float32")
    run, other = (Run(config.changed(seed=seed), index, StopToken(), staged()) for seed in (0, 1))
    plan = plan_of(run.classifier.network)
    for event in train_run(run, plan):
        if isinstance(event, EpochEnded):
            other.resume_from = run.state_dict()
    *_, last = train_run(other, plan)
    assert isinstance(last, RunEnded) and last.reason is RunEndReason.FAILED

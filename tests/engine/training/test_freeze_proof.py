"""What a plan announces is what happens: to parameters and buffers, epoch by epoch."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import TrainingError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import EpochEnded, PhaseStarted, RunEnded, RunEndReason, StopToken
from tlstudio.core.strategies import FreezePlan, PlanPhase, freeze_plan
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training import trainer
from tlstudio.engine.training.trainer import train

CLASSES = ("green", "red")
MODELS = (
    "resnet18",
    "googlenet",
    "squeezenet1_1",
    "mobilenet_v3_small",
    "shufflenet_v2_x0_5",
    "mnasnet0_5",
    "regnet_y_400mf",
    "tf_efficientnet_lite0",
    "convnext_atto",
    "timm/resnet18",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> DatasetIndex:
    folder = tmp_path_factory.mktemp("photos")
    return open_dataset(make_split_photos(folder / "photos", CLASSES, train=4, val=2))


def start(model: str, **values: Any) -> tuple[Classifier, FreezePlan, RunConfig]:
    defaults = {
        "model": model,
        "device": "cpu",
        "precision": "float32",
        "batch_size": 4,
        "learning_rate": 0.01,
        "schedule": "none",
        "epochs": 2,
    }
    config = RunConfig().changed(**{**defaults, **values})
    network = build_network(model, len(CLASSES), initialisation="random", seed=1)
    classifier = Classifier(network, model, CLASSES, Preprocessing(resize_px=72, crop_px=64))
    return classifier, freeze_plan(layer_tree(model, len(CLASSES)), config.plan_options), config


def tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    named = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    return {name: value.detach().clone() for name, value in named.items()}


def changed(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    return {name for name in before if not torch.equal(before[name], after[name])}


def announced(network: nn.Module, phase: PlanPhase) -> set[str]:
    """Names of what a phase lets change."""
    names = {name for name, _ in network.named_parameters() if parent(name) in phase.rates}
    return names | {name for name, _ in network.named_buffers() if parent(name) in phase.statistics}


def parent(name: str) -> str:
    return name.rpartition(".")[0]


def watched(
    index: DatasetIndex, classifier: Classifier, plan: FreezePlan, config: RunConfig
) -> tuple[dict[int, set[str]], RunEnded]:
    """Which tensors each epoch changed, and how the run ended."""
    now, changes = tensors(classifier.network), {}
    for event in train(config, index, StopToken(), classifier, plan=plan):
        if isinstance(event, EpochEnded):
            before, now = now, tensors(classifier.network)
            changes[event.record.epoch] = changed(before, now)
    assert isinstance(event, RunEnded)
    assert event.reason is RunEndReason.FINISHED, event.error
    return changes, event


@pytest.mark.parametrize("norms", ["with_layer", "fixed", "adapt"])
@pytest.mark.parametrize("model", MODELS)
def test_what_the_plan_froze_is_bitwise_unchanged(
    index: DatasetIndex, model: str, norms: str
) -> None:
    classifier, plan, config = start(model, strategy="partial", norms=norms, weight_decay=0.1)
    begin = tensors(classifier.network)
    may = announced(classifier.network, plan.last)
    assert 0 < len(may) < len(begin)
    changes, end = watched(index, classifier, plan, config)
    for epoch, names in changes.items():
        assert names <= may, (epoch, names - may)
    assert may - set().union(*changes.values()) == set()  # and all of it did change
    proof = end.proof
    assert proof is not None and proof.holds
    frozen = begin.keys() - may
    parameters = dict(classifier.network.named_parameters()).keys()
    assert (proof.parameters, proof.buffers) == (len(frozen & parameters), len(frozen - parameters))
    assert changed(begin, tensors(classifier.network)) <= may
    assert proof.drift.keys() == plan.trainable
    assert any(value > 0 for value in proof.drift.values())


@pytest.mark.parametrize("model", ["resnet18", "shufflenet_v2_x0_5", "tf_efficientnet_lite0"])
def test_gradual_unfreezing_changes_exactly_what_it_announced(
    index: DatasetIndex, model: str
) -> None:
    classifier, plan, config = start(
        model,
        strategy="gradual",
        unfreeze_every=1,
        epochs=4,
        rate_rule="same",
        learning_rate=0.1,
    )
    assert [phase.first_epoch for phase in plan.phases] == [1, 2, 3, 4]
    phases = [announced(classifier.network, phase) for phase in plan.phases]
    assert all(a < b for a, b in pairwise(phases))
    changes, end = watched(index, classifier, plan, config)
    for epoch, names in changes.items():
        assert names == announced(classifier.network, plan.at(epoch)), epoch
    assert end.proof is not None and end.proof.holds


def test_phases_are_told_of_and_the_boundary_moves(index: DatasetIndex) -> None:
    classifier, plan, config = start("resnet18", strategy="head_first", head_epochs=2, epochs=3)
    events = list(train(config, index, StopToken(), classifier, plan=plan))
    (told,) = [event for event in events if isinstance(event, PhaseStarted)]
    assert told.epoch == 3
    assert told.trainable_parameters == plan.total_parameters
    assert told.execution.boundary == ()
    assert events[0].execution.boundary != ()  # type: ignore[union-attr]


def test_rates_are_kept_to(index: DatasetIndex) -> None:
    """With plain SGD a first step is as long as the rate says."""
    moved = {}
    for rate in (1.0, 0.1):
        classifier, plan, config = start(
            "resnet18",
            strategy="discriminative",
            backbone_rate=rate,
            momentum=0.0,
            epochs=1,
            batch_size=8,
            augmentation="none",
            norms="fixed",
        )
        _, end = watched(index, classifier, plan, config)
        assert end.proof is not None
        moved[rate] = end.proof.drift
    assert moved[0.1]["fc"] == pytest.approx(moved[1.0]["fc"])
    assert moved[0.1]["layer2.0.conv1"] == pytest.approx(
        0.1 * moved[1.0]["layer2.0.conv1"], rel=1e-3
    )


def test_the_audit_finds_what_a_tutorial_lets_drift(
    index: DatasetIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`network.train()` wakes frozen BatchNorm statistics; the proof would say so."""
    monkeypatch.setattr(trainer, "set_train_mode", lambda network, phase: network.train())
    classifier, plan, config = start("resnet18", strategy="feature_extraction")
    *_, end = train(config, index, StopToken(), classifier, plan=plan)
    assert isinstance(end, RunEnded) and end.proof is not None
    assert not end.proof.holds
    assert "layer4.1.bn2.running_mean" in end.proof.changed
    assert not any(name.endswith("weight") for name in end.proof.changed)


def test_what_is_released_was_compared_first(index: DatasetIndex) -> None:
    classifier, plan, config = start("resnet18", strategy="head_first", head_epochs=1, epochs=2)
    waiting = len(tensors(classifier.network)) - len(announced(classifier.network, plan.at(1)))
    _, end = watched(index, classifier, plan, config)
    assert end.proof is not None and end.proof.holds
    assert (end.proof.parameters, end.proof.buffers, end.proof.released) == (0, 0, waiting)


@pytest.mark.parametrize("other", ["resnet34", "squeezenet1_1"])
def test_a_plan_for_another_network_is_refused(index: DatasetIndex, other: str) -> None:
    classifier, _, config = start("resnet18")
    plan = freeze_plan(layer_tree(other, len(CLASSES)), config.plan_options)
    [end] = train(config, index, StopToken(), classifier, plan=plan)
    assert isinstance(end, RunEnded) and isinstance(end.error, TrainingError)
    assert "another network" in str(end.error)

"""Exactness: what the engine does to be fast changes no bit of a run in float32.

With live views, and without augmentation also with kept features, the history and the weights of
the best epoch equal those of the plain loop of `reference_loop`.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from tests.engine.training.reference_loop import ReferenceEpoch, reference_run
from tests.helpers import make_split_photos, plan_of, tiny_classifier, tiny_preprocessing
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import RunEnded, RunEndReason, StopToken
from tlstudio.core.strategies import FreezePlan, PlanOptions, freeze_plan
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.models.build import build_network
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import layer_tree
from tlstudio.engine.training.trainer import train

CLASSES = ("green", "red")
AUGMENTATIONS = ("crop_flip", "rotate_flip", "none")


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.second(torch.relu_(self.norm(self.first(x)))))


class Staged(nn.Module):
    """A stem, two residual stages with dropout between them, and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU(True))
        self.stage1 = Block(8)
        self.drop = nn.Dropout2d(0.1)
        self.stage2 = Block(8)
        self.head = nn.Linear(8, len(CLASSES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stage2(self.drop(self.stage1(self.stem(x))))
        out: torch.Tensor = self.head(x.mean(dim=(2, 3)))
        return out


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    """17 + 7 photos: by fours one is left over in training and three in validation."""
    folder = make_split_photos(
        tmp_path / "photos", CLASSES, {"green": 9, "red": 8}, {"green": 4, "red": 3}
    )
    return open_dataset(folder)


def staged() -> Classifier:
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(3)
        return Classifier(Staged(), "staged", CLASSES, tiny_preprocessing())


def assert_equals_the_plain_loop(
    index: DatasetIndex, classifier: Classifier, plan: FreezePlan, **values: Any
) -> None:
    defaults = {
        "device": "cpu",
        "epochs": 3,
        "batch_size": 4,
        "learning_rate": 0.05,
        "step_size": 2,
        "seed": 5,
        "views": "live",
        "precision": "float32",
    }
    config = RunConfig().changed(**{**defaults, **values})
    expected = reference_run(
        config, index, copy.deepcopy(classifier.network), classifier.preprocessing, plan
    )
    *_, end = train(config, index, StopToken(), classifier, plan=plan)
    assert isinstance(end, RunEnded) and end.reason is RunEndReason.FINISHED, end

    assert [
        (e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy)
        for e in classifier.history.epochs
    ] == [(e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy) for e in expected]
    assert [e.learning_rate for e in classifier.history.epochs] == pytest.approx(
        [e.learning_rate for e in expected], rel=1e-12
    )
    best = max(expected, key=lambda epoch: epoch.val_accuracy)
    _assert_same_state(classifier.network.state_dict(), best)
    if classifier.last_state is not None:
        _assert_same_state(classifier.last_state, expected[-1])


def _assert_same_state(state: dict[str, torch.Tensor], expected: ReferenceEpoch) -> None:
    assert state.keys() == expected.state.keys()
    different = [
        name
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
        and not torch.equal(tensor, expected.state[name])
    ]
    assert not different


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
@pytest.mark.parametrize(
    "trainable",
    [
        pytest.param((), id="fine-tuning"),
        pytest.param(("head",), id="feature extraction"),
        pytest.param(("stage2.first", "stage2.norm", "stage2.second", "head"), id="partial"),
        pytest.param(("stage1.norm", "head"), id="custom"),
    ],
)
def test_live_views_in_float32_are_exact(
    index: DatasetIndex, trainable: tuple[str, ...], augmentation: str
) -> None:
    classifier = staged()
    plan = plan_of(classifier.network, *trainable)
    assert_equals_the_plain_loop(index, classifier, plan, augmentation=augmentation)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_every_optimizer_is_exact(index: DatasetIndex, optimizer: str) -> None:
    classifier = tiny_classifier(index.classes)
    values = {"optimizer": optimizer, "learning_rate": 0.01, "weight_decay": 0.01}
    assert_equals_the_plain_loop(index, classifier, plan_of(classifier.network), **values)


@pytest.mark.parametrize("trainable", [("6",), ("1", "6")], ids=["head", "norm and head"])
def test_kept_features_are_exact_without_augmentation(
    index: DatasetIndex, trainable: tuple[str, ...]
) -> None:
    for _ in range(2):  # the second time they are found again
        classifier = tiny_classifier(index.classes)
        assert_equals_the_plain_loop(
            index,
            classifier,
            plan_of(classifier.network, *trainable),
            augmentation="none",
            views="cached",
        )


@pytest.mark.parametrize(
    ("model", "strategy"),
    [
        ("resnet18", "feature_extraction"),
        ("resnet18", "partial"),
        ("resnet18", "fine_tuning"),
        ("mobilenet_v3_small", "partial"),
        ("tf_efficientnet_lite0", "feature_extraction"),
    ],
)
def test_real_networks_are_exact(index: DatasetIndex, model: str, strategy: str) -> None:
    network = build_network(model, len(CLASSES), initialisation="random", seed=1)
    preprocessing = Preprocessing(resize_px=40, crop_px=32)
    plan = freeze_plan(layer_tree(model, len(CLASSES)), PlanOptions(strategy))
    classifier = Classifier(network, model, CLASSES, preprocessing)
    values = {"epochs": 2, "batch_size": 8, "learning_rate": 0.01}
    assert_equals_the_plain_loop(index, classifier, plan, **values)

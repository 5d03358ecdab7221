"""The second forecast of a run knows what the first run left in the cache."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.engine.features.networks import conv_net
from tests.helpers import make_split_photos, plan_of
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.forecast.costs import ImageCosts, LayerCost, RunCosts
from tlstudio.core.forecast.forecast import VariationForecast, forecast
from tlstudio.core.forecast.kept import KeptFeatures
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.events import RunEnded, RunEndReason, StopToken
from tlstudio.core.runs.execution_plan import FeatureRow
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.features.table import features_dir
from tlstudio.engine.forecast import kept
from tlstudio.engine.forecast.kept import kept_features
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.models.tree import tree_of
from tlstudio.engine.training.trainer import train

CLASSES = ("blue", "green", "red")
CONFIG = RunConfig(device="cpu", epochs=3, batch_size=4, precision="float32", cached_views=2)
LONG_AGO = 1_500_000_000  # in 2017


def classifier() -> Classifier:
    return Classifier(conv_net(), "tiny", CLASSES, Preprocessing(resize_px=40, crop_px=32))


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    folder = make_split_photos(tmp_path / "photos", CLASSES, train=4, val=2)
    for path in folder.rglob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))  # the content of a file that is new is not remembered
    return open_dataset(folder)


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were built to look into the cache."""
    models: list[str] = []

    def build(config: RunConfig, classes: tuple[str, ...]) -> Classifier:
        models.append(config.model)
        return classifier()

    monkeypatch.setattr(kept, "build_classifier", build)
    return models


def run(index: DatasetIndex, **values: Any) -> None:
    made = classifier()
    plan = plan_of(made.network, "8")
    *_, end = train(CONFIG.changed(**values), index, StopToken(), made, plan=plan)
    assert isinstance(end, RunEnded) and end.reason is RunEndReason.FINISHED


def found(index: DatasetIndex, *trainable: str, **values: Any) -> KeptFeatures:
    plan = plan_of(conv_net(), *(trainable or ("8",)))
    (only,) = kept_features(CONFIG.changed(**values), index, plan, StopToken())
    return only


def test_nothing_is_built_where_nothing_was_kept(index: DatasetIndex, built: list[str]) -> None:
    assert found(index) == KeptFeatures()
    assert not built


def test_the_second_forecast_has_no_cost_of_features(index: DatasetIndex) -> None:
    network = conv_net()
    plan, tree = plan_of(network, "8"), tree_of(network, "tiny", "8", 32)
    layers = tuple(LayerCost(path, 10.0, 10.0, 1.0, 1.0, 1.0) for path in tree.nodes if path)
    costs = RunCosts("float32", layers, ImageCosts(10.0, 10.0, {"crop_flip": 10.0}, 10.0))

    def told() -> VariationForecast:
        there = kept_features(CONFIG, index, plan, StopToken())
        samples = (len(index.by_split[Split.TRAIN]), len(index.by_split[Split.VAL]))
        return forecast(costs, tree, plan, CONFIG, *samples, [FeatureRow(48)], there).of(CONFIG)

    before = told()
    run(index)
    after = told()
    assert before.has_slow_start and not after.has_slow_start
    assert after.phases[0].first_epoch_s == after.phases[0].later_epoch_s
    assert after.usual_epoch_s == before.usual_epoch_s


def test_what_a_run_left_is_found(index: DatasetIndex, built: list[str]) -> None:
    run(index)
    everything = KeptFeatures(val=1.0, varied=(1.0, 1.0))
    assert found(index) == everything
    assert found(index, learning_rate=0.5, epochs=50, cached_views=8) == everything
    assert len(built) == 1  # what decides where they lie is remembered
    assert found(index, augmentation="rotate_flip") == KeptFeatures(val=1.0)
    assert found(index, batch_size=8) == KeptFeatures()  # float32 rounds otherwise
    assert found(index, "3", "8") == KeptFeatures()  # another cut


def test_a_changed_file_is_missing(index: DatasetIndex) -> None:
    run(index)
    path = index.by_split[Split.TRAIN][0].image.path
    assert path is not None
    os.utime(path)
    assert found(index).varied == pytest.approx((11 / 12, 11 / 12))


def test_an_emptied_cache_is_empty(index: DatasetIndex) -> None:
    run(index)
    for path in features_dir().glob("*/*"):
        path.unlink()
    assert found(index) == KeptFeatures()


def test_it_ends_when_it_is_told_to(index: DatasetIndex) -> None:
    run(index)
    stop = StopToken()
    stop.stop()
    plan = plan_of(conv_net(), "8")
    assert kept_features(CONFIG, index, plan, stop) == (KeptFeatures(),)

"""Neighbours and "none of these" of real, tiny networks: measured, saved, used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.helpers import make_split_photos
from tlstudio.core.config import RunConfig
from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.evaluation.novelty import NoveltyScore
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.engine.data.sources import open_dataset
from tlstudio.engine.inference import predict
from tlstudio.engine.models.build import build_classifier
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.probing.features import PoolingProgressed
from tlstudio.engine.understanding.neighbours import (
    TrainingFeatures,
    feature_vector,
    training_features,
)
from tlstudio.engine.understanding.novelty import MeasuredNovelty, measure_novelty
from tlstudio.engine.weights.load import load_weights
from tlstudio.engine.weights.save import save_model, save_weights


@pytest.fixture
def index(tmp_path: Path) -> DatasetIndex:
    return open_dataset(make_split_photos(tmp_path / "photos", train=12, val=20))


@pytest.fixture
def classifier(index: DatasetIndex) -> Classifier:
    torch.manual_seed(0)
    config = RunConfig(model="lenet5", initialisation="random")
    made = build_classifier(config, index.classes)
    made.network.eval()
    return made


@pytest.fixture
def foreign(tmp_path: Path) -> list[ImageRef]:
    """Stripes in grey: neither of the colours of the classes."""
    images = []
    for number in range(6):
        pixels = np.zeros((40, 48, 3), np.uint8)
        pixels[:, number::8] = 255
        path = tmp_path / f"stripes{number}.png"
        Image.fromarray(pixels).save(path)
        images.append(ImageRef.of_file(path))
    return images


def measured(
    classifier: Classifier, index: DatasetIndex, foreign: list[ImageRef] | None = None
) -> MeasuredNovelty:
    parts = index.by_split
    *progress, last = measure_novelty(
        classifier, parts[Split.TRAIN], parts[Split.VAL], StopToken(), foreign=foreign or ()
    )
    assert isinstance(last, MeasuredNovelty)
    done = [event.done for event in progress if isinstance(event, PoolingProgressed)]
    assert done == sorted(done)
    assert done[-1] == len(index.samples) + len(foreign or ())
    return last


def novelties(classifier: Classifier, images: list[ImageRef]) -> list[PredictionRecord]:
    found = list(predict(classifier, images))
    assert all(isinstance(answer, PredictionRecord) for answer in found)
    return [answer for answer in found if isinstance(answer, PredictionRecord)]


def test_foreign_images_are_refused_and_few_known_ones(
    index: DatasetIndex, classifier: Classifier, foreign: list[ImageRef]
) -> None:
    modes = [module.training for module in classifier.network.modules()]
    result = measured(classifier, index, foreign)
    assert [module.training for module in classifier.network.modules()] == modes
    classifier.novelty = result.detector
    assert not any(answer.is_known for answer in novelties(classifier, foreign))
    held_out = [sample.image for sample in index.by_split[Split.VAL]]
    known = novelties(classifier, held_out)
    assert sum(not answer.is_known for answer in known) <= 0.05 * (len(known) + 2)
    # predict measures what the limits were measured with
    distances = [answer.novelty.distance for answer in known if answer.novelty]
    np.testing.assert_allclose(distances, result.detector.known.scores, atol=1e-6)
    caught = result.report.caught(NoveltyScore.NEIGHBOURS, 0.05)
    assert caught is not None
    assert caught.right == caught.images == len(foreign)
    classifier.novelty = result.detector.changed(is_on=False)
    assert all(answer.novelty is None for answer in novelties(classifier, foreign))


@pytest.mark.parametrize("name", ["w.pth", "w.safetensors", "whole.pt"])
def test_it_travels_with_the_weights(
    index: DatasetIndex, classifier: Classifier, foreign: list[ImageRef], tmp_path: Path, name: str
) -> None:
    classifier.novelty = measured(classifier, index).detector.changed(level=0.1)
    path = tmp_path / name
    save = save_model if name.startswith("whole") else save_weights
    save(classifier, path)
    loaded = load_weights(path).classifier
    assert loaded.novelty is not None
    assert loaded.novelty.level == 0.1
    assert novelties(loaded, foreign) == novelties(classifier, foreign)
    if name == "w.pth":  # strictly, in plain PyTorch
        state = torch.load(path, weights_only=True)
        assert not classifier.network.load_state_dict(state, strict=True).missing_keys


def test_one_that_is_damaged_is_left_out_and_the_weights_are_read(
    index: DatasetIndex, classifier: Classifier, tmp_path: Path
) -> None:
    detector = measured(classifier, index).detector
    classifier.novelty = replace(detector, scales=detector.scales * np.float32(np.nan))
    save_weights(classifier, tmp_path / "w.pth")
    assert load_weights(tmp_path / "w.pth").classifier.novelty is None


def test_stopping_gives_no_result(index: DatasetIndex, classifier: Classifier) -> None:
    parts, stop = index.by_split, StopToken()
    events = []
    for event in measure_novelty(classifier, parts[Split.TRAIN], parts[Split.VAL], stop):
        events.append(event)
        if event_is_past_training(event, len(parts[Split.TRAIN])):
            stop.stop()
    assert events
    assert not any(isinstance(event, MeasuredNovelty) for event in events)


def event_is_past_training(event: object, count: int) -> bool:
    return isinstance(event, PoolingProgressed) and event.done > count


def test_without_held_out_images_it_says_what_is_missing(
    index: DatasetIndex, classifier: Classifier
) -> None:
    samples = index.by_split[Split.TRAIN]
    with pytest.raises(DatasetError, match="validation images"):
        list(measure_novelty(classifier, samples, (), StopToken()))
    with pytest.raises(DatasetError, match="training images"):
        list(measure_novelty(classifier, (), samples, StopToken()))


def test_the_nearest_training_images(index: DatasetIndex, classifier: Classifier) -> None:
    samples = index.by_split[Split.TRAIN]
    *_, features = training_features(classifier, samples, StopToken(), precision="float32")
    assert isinstance(features, TrainingFeatures)
    image = samples[3].image
    vector = feature_vector(classifier, image)
    itself, *others = features.nearest(vector)
    assert (itself.image, itself.class_index) == (image, samples[3].class_index)
    assert itself.distance == pytest.approx(0, abs=1e-5)
    assert len(others) == 4
    without = features.nearest(vector, image)
    assert len(without) == 5
    assert without[:4] == tuple(others)
    assert [n.distance for n in without] == sorted(n.distance for n in without)

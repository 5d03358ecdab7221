"""The rules on arrays: neighbours, doubts, crops, shortcuts; scikit-learn and cleanlab judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint
from cleanlab.outlier import OutOfDistribution
from cleanlab.rank import get_label_quality_scores
from PIL import Image, ImageFilter
from sklearn.neighbors import NearestNeighbors

from tests.engine.health.pictures import picture, save
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.health import neighbours as module
from tlstudio.engine.health.crops import MATCHES, correlation, is_part
from tlstudio.engine.health.labels import doubts, estimated_errors, self_confidence
from tlstudio.engine.health.neighbours import Neighbourhood, bunch_size, neighbourhood


def vectors(count: int = 120, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1, (4, 16))
    return (centres[np.arange(count) % 4] + random.normal(0, 0.4, (count, 16))).astype(np.float32)


def around(features: np.ndarray, count: int = 10) -> Neighbourhood:
    last = list(neighbourhood(features, count))[-1]
    assert isinstance(last, Neighbourhood)
    return last


def test_neighbours_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK_BYTES", 4 * 120 * 7)  # blocks of seven rows
    features = vectors()
    found = around(features)
    judge = NearestNeighbors(n_neighbors=11, metric="cosine").fit(features)
    distances, places = judge.kneighbors(features)
    assert found.distances == pytest.approx(distances[:, 1:], abs=1e-6)
    assert (found.places == places[:, 1:]).mean() > 0.99  # equal distances in another order


def test_near_copies_are_those_of_the_relative_rule_of_cleanlab() -> None:
    random, features = np.random.default_rng(1), vectors()
    features[100:110] = features[:10] * 1.5 + random.normal(0, 0.02, (10, 16))
    found = around(features)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    distances = 1 - unit @ unit.T
    np.fill_diagonal(distances, np.inf)
    radius = 0.13 * np.median(distances.min(axis=1))  # as Datalab's near_duplicate issue manager
    wanted = {tuple(sorted(pair)) for pair in np.argwhere(distances < radius).tolist()}
    assert wanted >= {(n, 100 + n) for n in range(10)}
    assert {tuple(pair) for pair in found.pairs_within(0.13).tolist()} == wanted


def test_the_loneliest_are_those_that_cleanlab_ranks_first() -> None:
    features = vectors()
    features[[5, 17, 60]] = np.random.default_rng(2).normal(0, 3, (3, 16))
    found = around(features)
    assert set(found.alone[:3].tolist()) == {5, 17, 60}
    scores = OutOfDistribution({"k": 10}).fit_score(features=features, verbose=False)
    assert np.array_equal(np.argsort(scores)[:3], np.argsort(-found.loneliness)[:3])


def test_a_bunch_of_strangers_is_smaller_than_half_a_class() -> None:
    assert bunch_size(np.repeat([0, 1, 2], [200, 60, 90])) == 45
    assert bunch_size(np.repeat([0, 1], [6, 8])) == 10
    assert bunch_size(np.zeros(5000, dtype=np.int64)) == 50


def told(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and classes, a tenth of these wrong."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, 300)
    logits = random.normal(0, 1, (300, 4)) + 3 * np.eye(4)[truth]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.where(random.random(300) < 0.1, random.integers(0, 4, 300), truth)
    return probabilities.astype(np.float32), labels


@pytest.mark.parametrize("seed", range(3))
def test_doubts_are_counted_and_ranked_as_cleanlab_does(seed: int) -> None:
    probabilities, labels = told(seed)
    scores = get_label_quality_scores(labels, probabilities, method="self_confidence")
    assert self_confidence(probabilities, labels) == pytest.approx(scores)
    joint = compute_confident_joint(labels, probabilities, calibrate=False)
    estimated = estimated_errors(probabilities, labels)
    assert estimated == joint.sum() - np.trace(joint)
    found = doubts(probabilities, labels)
    assert 0 < len(found) <= 3 * estimated
    assert [doubt.place for doubt in found] == [
        place
        for place in np.argsort(scores, kind="stable")
        if probabilities[place].argmax() != labels[place]
    ][: len(found)]


def test_a_crop_is_a_part_and_another_picture_is_not(tmp_path: Path) -> None:
    whole = picture(1, (200, 150)).filter(ImageFilter.BLUR)
    crop = whole.crop((14, 12, 180, 140)).resize((150, 110))
    images = {
        name: ImageRef.of_file(save(tmp_path / f"{name}.png", image))
        for name, image in {
            "whole": whole,
            "crop": crop,
            "mirrored": crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
            "other": picture(2, (200, 150)),
        }.items()
    }
    assert is_part(images["whole"], images["crop"])
    assert is_part(images["crop"], images["whole"])
    assert is_part(images["whole"], images["mirrored"])
    assert not is_part(images["whole"], images["other"])
    assert not is_part(images["whole"], ImageRef.of_file(tmp_path / "gone.png"))
    assert correlation(whole.convert("L"), whole.convert("L")) > 0.99 > MATCHES

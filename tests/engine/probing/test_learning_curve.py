"""Would more photos help: the curve continues what is measured, and says how sure that is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import DatasetError
from tlstudio.core.learning_curve import LEAST_GAIN, LearningCurve, grown, more_for
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.probing.dataset_features import DatasetFeatures
from tlstudio.engine.probing.learning_curve import CurveProgressed, learning_curve

CLASSES = ("easy", "hard")


def features_of(train: int, val: int, *, spread: float = 1.0, seed: int = 0) -> DatasetFeatures:
    """Two classes whose difference lies in a few of many directions."""
    random = np.random.default_rng(seed)
    targets = np.array([0, 1] * (train + val))
    vectors = random.normal(size=(len(targets), 40)) * spread
    vectors[:, :4] += np.where(targets == 0, 0.6, -0.6)[:, None]
    splits = (Split.TRAIN,) * (2 * train) + (Split.VAL,) * (2 * val)
    images = tuple(ImageRef.of_file(Path(f"/nowhere/{n}.png")) for n in range(len(targets)))
    return DatasetFeatures("tiny", images, vectors.astype(np.float32), targets, splits)


def curve_of(features: DatasetFeatures, more: int | None = None) -> LearningCurve:
    *events, curve = learning_curve(features, CLASSES, StopToken(), more=more)
    assert all(isinstance(event, CurveProgressed) for event in events)
    assert isinstance(curve, LearningCurve)
    return curve


def test_it_foretells_what_more_images_really_bring() -> None:
    now, then = curve_of(features_of(40, 200)), curve_of(features_of(120, 200, seed=1))
    foretold = now.overall.at(120)
    assert foretold.low <= then.overall.means[-1] <= foretold.high
    assert foretold.low < foretold.value < foretold.high
    assert now.overall.has_gain and now.overall.gain is not None
    assert now.overall.gain.value > LEAST_GAIN
    assert "50 more images of each class would bring about" in str(now.notes[0])


def test_where_nothing_is_left_to_gain_it_says_so() -> None:
    curve = curve_of(features_of(60, 100, spread=0.05))
    assert curve.overall.means.min() > 0.98 and not curve.overall.has_gain
    assert "less than half a point" in str(curve.notes[0])
    assert len(curve.notes) == 1  # no class has anything to gain


def test_it_keeps_quiet_about_too_few_images() -> None:
    curve = curve_of(features_of(5, 4))
    assert curve.overall.gain is None or curve.classes[0].gain is None
    few = curve_of(features_of(3, 3))
    assert few.overall.gain is None and "too few images to tell" in str(few.notes[0])
    with pytest.raises(DatasetError):
        curve_of(features_of(1, 1))


def test_without_validation_images_some_are_held_back_and_test_images_are_never_seen() -> None:
    features = features_of(40, 40)
    object.__setattr__(features, "splits", (Split.TRAIN,) * 80 + (Split.TEST,) * 80)
    curve = curve_of(features)
    assert curve.is_held_back
    assert curve.overall.train == 60 and curve.overall.val == 20
    vectors = features.vectors.copy()
    vectors[80:] = 1e6
    object.__setattr__(features, "vectors", vectors)
    np.testing.assert_array_equal(curve_of(features).overall.accuracies, curve.overall.accuracies)


def test_equal_features_give_equal_answers_and_it_can_be_stopped() -> None:
    features = features_of(20, 20)
    assert curve_of(features).to_values() == curve_of(features).to_values()
    stop = StopToken()
    steps = learning_curve(features, CLASSES, stop)
    next(steps)
    stop.stop()
    assert not [step for step in steps if isinstance(step, LearningCurve)]


def test_a_law_without_noise_is_found_again() -> None:
    sizes = np.array([8.0, 12, 18, 27, 40, 60])
    law = 0.1 + 0.9 * sizes**-0.5
    right = np.zeros((4, 6, 4000))
    for step, error in enumerate(law):
        right[:, step] = np.random.default_rng(step).permutation(4000) >= round(error * 4000)
    growth = grown("", sizes, right, 60, 60)
    wanted = 1 - (0.1 + 0.9 * 120**-0.5)
    assert growth.at(120).value == pytest.approx(wanted, abs=0.015)
    assert growth.at(120).low <= wanted <= growth.at(120).high


@pytest.mark.parametrize(
    ("images", "more"), [(3, 10), (20, 25), (59, 100), (300, 250), (9000, 5000)]
)
def test_what_is_asked_about_is_a_round_number_not_too_far_away(images: int, more: int) -> None:
    assert more_for(images) == more

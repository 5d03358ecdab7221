"""Normalisation, augmentation and activations in the lessons: the numbers are torch's."""

import numpy as np
import pytest
import torch
from torch import nn

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.networks.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from tlstudio.engine.lessons.activations import logits_of, outputs_of
from tlstudio.engine.lessons.augmentation import VIEWS, options_of, varied_views, view_answers
from tlstudio.engine.lessons.normalisation import normalised_answers, normalised_picture
from tlstudio.engine.lessons.photo import sample_photos
from tlstudio.engine.lessons.pretrained import (
    imagenet_inputs,
    imagenet_names,
    imagenet_network,
    imagenet_views,
)


@pytest.fixture(scope="module")
def image() -> ImageRef:
    return sample_photos()[0]


def test_softmax_and_sigmoid_are_those_of_torch() -> None:
    logits = (2.0, -1.0, 0.5, 12.0)
    found = outputs_of(logits)
    values = torch.tensor(logits, dtype=torch.float64)
    assert found.softmax == pytest.approx(nn.Softmax(dim=0)(values).tolist())
    assert found.sigmoid == pytest.approx(nn.Sigmoid()(values).tolist())
    assert found.logits == logits == tuple(nn.Identity()(values).tolist())
    assert found.softmax[1] == pytest.approx(found.powers[1] / sum(found.powers))


def test_logits_are_the_highest_of_the_network(image: ImageRef) -> None:
    scores = imagenet_network()(imagenet_inputs([image]))[0]
    said = logits_of(image)
    assert said[0].name == imagenet_names()[int(scores.argmax())]
    assert said[0].score == pytest.approx(float(scores.max()), abs=1e-4)
    assert said[0].probability == pytest.approx(float(scores.softmax(0).max()), abs=1e-4)


def test_a_picture_is_normalised_as_torch_would(image: ImageRef) -> None:
    seen = normalised_picture(image, IMAGENET_MEAN, IMAGENET_STD, (0.25, 0.75))
    pixels = imagenet_views([image])[0].float() / 255
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    numbers = (pixels - mean) / std
    assert seen.pixel == pytest.approx(pixels[:, 56, 168].tolist())
    assert seen.value == pytest.approx(numbers[:, 56, 168].tolist(), abs=1e-5)
    assert seen.mean == pytest.approx(float(numbers.mean()), abs=1e-4)
    assert seen.deviation == pytest.approx(float(numbers.std()), abs=1e-4)
    assert np.allclose(seen.shares.sum(axis=1), 1)


def test_as_trained_the_answer_is_the_networks_own(image: ImageRef) -> None:
    assert normalised_picture(image).used_mean == pytest.approx((127 / 255,) * 3)
    found = normalised_answers(image)
    assert found.answers == found.own
    assert found.own[0].probability == pytest.approx(logits_of(image)[0].probability, abs=1e-4)
    other = normalised_answers(image, IMAGENET_MEAN, IMAGENET_STD)
    assert other.own == found.own
    assert other.answers != found.own


def test_views_follow_from_strength_and_seed(image: ImageRef) -> None:
    plain, *weak = varied_views(image, 0.0, seed=1)
    assert len(weak) == VIEWS and plain.notes == ()
    assert {str(note) for view in weak for note in view.notes} <= {"mirrored", "cut to 100 %"}
    strong, again = (varied_views(image, 1.0, seed=1)[1:] for _ in range(2))
    other = varied_views(image, 1.0, seed=2)[1:]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(strong, again, strict=True))
    assert not any(np.array_equal(a.pixels, b.pixels) for a, b in zip(strong, other, strict=True))
    assert options_of(1.0).crop_area == pytest.approx(0.08)  # torchvision's


def test_views_are_answered_one_by_one(image: ImageRef) -> None:
    answers = view_answers(image, 1.0, seed=1)
    assert len(answers.views) == VIEWS
    assert answers.same == sum(view.name == answers.plain.name for view in answers.views) < VIEWS
    assert answers.plain.name == logits_of(image)[0].name

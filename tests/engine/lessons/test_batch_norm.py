"""BatchNorm in the lesson: its numbers are those of torch's own layer."""

import copy

import pytest
import torch

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.batch_norm import CHANNEL, both_answers, normalised_batch, sample_batch
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network


@pytest.fixture(scope="module")
def images() -> list[ImageRef]:
    return list(sample_batch(5))


def test_both_modes_are_those_of_the_layer(images: list[ImageRef]) -> None:
    seen = normalised_batch(images)
    network = imagenet_network()
    norm = copy.deepcopy(network.bn1)
    norm.act = torch.nn.Identity()  # the layer of timm does the activation as well
    with torch.no_grad():
        maps = network.conv_stem(imagenet_inputs(images))
        row, column = seen.place
        evaluated = norm.eval()(maps)[0, CHANNEL, row, column]
        trained = norm.train()(maps)[0, CHANNEL, row, column]
    assert seen.values == maps[:, 0].numel()
    assert seen.value == pytest.approx(float(maps[0, CHANNEL, row, column]), abs=1e-4)
    assert seen.value_in_evaluation == pytest.approx(float(evaluated), abs=1e-4)
    assert seen.value_in_training == pytest.approx(float(trained), abs=1e-4)
    assert seen.running_after.mean == pytest.approx(float(norm.running_mean[CHANNEL]), abs=1e-4)
    assert seen.running_after.variance == pytest.approx(float(norm.running_var[CHANNEL]), abs=1e-4)


def test_the_batch_of_the_sample_has_all_classes(images: list[ImageRef]) -> None:
    folders = {image.path.parent.name for image in images if image.path is not None}
    assert len(folders) == len(images) == 5


def test_training_forgets_another_light_and_evaluation_does_not(images: list[ImageRef]) -> None:
    plain, warm = normalised_batch(images), normalised_batch(images, light=30)
    assert warm.batch_statistics.mean > plain.batch_statistics.mean + 1
    assert warm.value_in_training == pytest.approx(plain.value_in_training, abs=0.1)
    assert warm.value_in_evaluation > plain.value_in_evaluation + 0.5


def test_in_training_the_companions_matter(images: list[ImageRef]) -> None:
    alone, among = normalised_batch(images[:1]), normalised_batch(images)
    assert alone.value_in_evaluation == pytest.approx(among.value_in_evaluation, abs=1e-5)
    assert abs(alone.value_in_training - among.value_in_training) > 0.1
    for histogram in (among.before, among.in_training, among.in_evaluation):
        assert histogram.shares.sum() == pytest.approx(1)


def test_the_whole_network_answers_by_mode_and_stays_as_it_was(images: list[ImageRef]) -> None:
    before = copy.deepcopy(imagenet_network().state_dict())
    alone, among = both_answers(images[:1]), both_answers(images[:2])
    assert alone.in_evaluation == among.in_evaluation
    assert alone.in_training != among.in_training
    after = imagenet_network().state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not any(module.training for module in imagenet_network().modules())

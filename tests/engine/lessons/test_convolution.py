"""The convolution lesson: its numbers are those of a `torch.nn.Conv2d`."""

import numpy as np
import pytest
import torch

from tlstudio.core.errors import ConfigError
from tlstudio.engine.lessons.convolution import KERNELS, LEARNT, SIDE_PX, convolve
from tlstudio.engine.lessons.photo import photo_pixels, sample_photos
from tlstudio.engine.lessons.pretrained import imagenet_inputs, imagenet_network

PHOTO = sample_photos()[0]


def by_layer(inputs, weights):
    """What a layer with these weights makes of these inputs."""
    layer = torch.nn.Conv2d(*weights.shape[:2][::-1], weights.shape[-1], bias=False)
    layer.weight.data = torch.from_numpy(weights)
    with torch.inference_mode():
        return layer(torch.from_numpy(inputs)[None])[0].numpy()


@pytest.mark.parametrize("kernel", [*KERNELS, LEARNT])
def test_map_and_products_are_those_of_a_layer(kernel):
    answer = convolve(PHOTO, kernel, 5)
    expected = by_layer(answer.inputs, answer.weights[None])[0]
    np.testing.assert_allclose(answer.outputs, expected, atol=1e-5)
    for x, y in ((0, 0), (17, 40), (SIDE_PX - 3, SIDE_PX - 3)):
        place = answer.at(x, y)
        assert place.products.shape == answer.weights.shape
        assert place.products.sum() == pytest.approx(float(expected[y, x]), abs=1e-4)
        assert place.total == pytest.approx(float(expected[y, x]), abs=1e-5)


def test_a_blur_is_the_mean_and_an_edge_finder_sees_nothing_on_a_plain():
    answer = convolve(PHOTO, "blur")
    assert answer.at(3, 4).total == pytest.approx(float(answer.inputs[0, 4:7, 3:6].mean()))
    assert all(np.sum(KERNELS[name]) == 0 for name in ("vertical_edges", "horizontal_edges"))
    assert np.sum(KERNELS["sharpen"]) == 1


def test_learnt_kernels_are_those_of_the_network_on_board():
    first = next(m for m in imagenet_network().modules() if isinstance(m, torch.nn.Conv2d))
    answer = convolve(PHOTO, LEARNT, 7)
    assert any(np.array_equal(answer.weights, weights.numpy()) for weights in first.weight)
    largest = [convolve(PHOTO, LEARNT, n).weights.__abs__().max() for n in range(answer.count)]
    assert largest == sorted(largest, reverse=True) and largest[-1] > 0.05
    left_out = len(first.weight) - answer.count
    assert (first.weight.flatten(1).abs().amax(1) < 1e-6).sum() == left_out  # empty ones
    # as the network takes it: in the middle of its range, about -1 to 1
    views = imagenet_inputs([PHOTO])
    assert abs(answer.inputs.mean() - float(views.mean())) < 0.1


def test_a_kernel_that_is_none_is_refused():
    with pytest.raises(ConfigError, match="emboss"):
        convolve(PHOTO, "emboss")


def test_photos_are_square_and_one_of_each_class():
    assert len({photo.name.split("_")[0] for photo in sample_photos()}) == len(sample_photos()) == 5
    assert photo_pixels(PHOTO, 48).shape == (48, 48, 3)

"""The padding lesson: its sizes are torch's and those that courses print."""

import itertools

import numpy as np
import pytest
import torch

from tlstudio.core.lessons.window_size import WindowSize
from tlstudio.engine.lessons.padding import padded_photo
from tlstudio.engine.lessons.photo import photo_pixels, sample_photos

PHOTO = sample_photos()[0]


def test_the_formula_is_what_torch_does():
    for pixels, kernel, stride, padding in itertools.product(
        (8, 11, 32), (1, 2, 3, 7, 11), (1, 2, 4), (0, 1, 3)
    ):
        size = WindowSize(pixels, kernel, stride, padding)
        layer = torch.nn.Conv2d(1, 1, kernel, stride, padding)
        if size.outputs == 0:
            assert kernel > pixels + 2 * padding
            continue
        assert layer(torch.zeros(1, 1, pixels, pixels)).shape[-1] == size.outputs, size
        reached = (size.outputs - 1) * stride + kernel
        assert reached + size.unseen == size.padded and size.unseen < stride


@pytest.mark.parametrize(
    ("size", "padded", "outputs"),
    [
        (WindowSize(32, 5, 1, 2), 36, 32),
        (WindowSize(32, 5, 1, 0), 32, 28),  # LeNet-5
        (WindowSize(224, 7, 2, 3), 230, 112),  # ResNet
        (WindowSize(224, 11, 4, 2), 228, 55),  # AlexNet, torchvision's
        (WindowSize(227, 11, 4, 0), 227, 55),  # AlexNet, as many courses have it
        (WindowSize(224, 11, 4, 0), 224, 54),  # and why 224 without padding is not it
    ],
)
def test_sizes_of_well_known_layers(size, padded, outputs):
    answer = padded_photo(PHOTO, size)
    assert answer.picture.shape == (padded, padded, 3)
    assert answer.outputs is not None and answer.outputs.shape == (outputs, outputs, 3)


def test_zeros_lie_around_the_photo_and_darken_the_edge_of_the_map():
    answer = padded_photo(PHOTO, WindowSize(32, 5, 1, 2))
    np.testing.assert_array_equal(answer.picture[2:-2, 2:-2], photo_pixels(PHOTO, 32))
    assert not answer.picture[:2].any() and not answer.picture[:, -2:].any()
    assert answer.outputs is not None
    assert answer.outputs[0].mean() < 0.8 * answer.outputs[3].mean()
    expected = photo_pixels(PHOTO, 32)[8:13, 8:13].mean(axis=(0, 1)).round()
    np.testing.assert_allclose(answer.outputs[10, 10], expected, atol=1)


def test_a_kernel_that_is_larger_than_the_picture_makes_nothing():
    answer = padded_photo(PHOTO, WindowSize(8, 11))
    assert answer.size.outputs == 0 and answer.outputs is None

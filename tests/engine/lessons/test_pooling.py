"""The pooling lesson: its maps are those of torch's layers, its share what is left of them."""

import numpy as np
import pytest
import torch

from tlstudio.engine.lessons import pooling
from tlstudio.engine.lessons.convolution import convolve
from tlstudio.engine.lessons.photo import grey, photo_pixels, sample_photos
from tlstudio.engine.lessons.pooling import FAR_PX, MAP_PX, PHOTO_PX, pool_shifted

PHOTO = sample_photos()[0]
SIZES = (1, 2, 4, 8, MAP_PX)


@pytest.mark.parametrize("layer", [torch.nn.MaxPool2d, torch.nn.AvgPool2d])
def test_the_maps_are_those_of_a_layer(layer):
    kind = "max" if layer is torch.nn.MaxPool2d else "average"
    answer = pool_shifted(PHOTO, kind, 4, FAR_PX + 3, FAR_PX - 2)
    weights = torch.from_numpy(convolve(PHOTO, "vertical_edges").weights)[None]
    photo = torch.from_numpy(grey(photo_pixels(PHOTO, PHOTO_PX)))
    for left, top, found in (
        (FAR_PX, FAR_PX, answer.before),
        (FAR_PX + 3, FAR_PX - 2, answer.after),
    ):
        seen = photo[top : top + pooling.FRAME_PX, left : left + pooling.FRAME_PX]
        expected = layer(4)(torch.nn.functional.conv2d(seen[None, None], weights).relu())[0, 0]
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)
    assert answer.shift == (3, -2)
    ratio = (
        np.minimum(answer.before, answer.after).sum()
        / np.maximum(answer.before, answer.after).sum()
    )
    assert answer.stays == pytest.approx(ratio, abs=1e-5)


def test_without_a_shift_all_stays():
    answer = pool_shifted(PHOTO, "max", 2, FAR_PX, FAR_PX)
    assert answer.stays == answer.stays_unpooled == 1
    assert answer.curve[FAR_PX] == answer.curve_unpooled[FAR_PX] == 1
    moved = pool_shifted(PHOTO, "max", 2, FAR_PX - 5, FAR_PX)
    assert moved.stays == moved.curve[FAR_PX - 5] == answer.curve[FAR_PX - 5]


@pytest.mark.parametrize("photo", sample_photos(), ids=lambda photo: photo.name)
def test_larger_windows_keep_more_after_a_shift_by_one_pixel(photo):
    shares = [pool_shifted(photo, "max", size, FAR_PX + 1, FAR_PX) for size in SIZES]
    stays = [answer.stays for answer in shares]
    assert stays == sorted(stays)
    assert stays[0] == pytest.approx(shares[0].stays_unpooled)
    assert stays[1] > 1.2 * stays[0] and stays[-1] > 0.95


def test_a_shift_by_the_window_moves_the_map_by_one_cell():
    answer = pool_shifted(PHOTO, "max", 4, FAR_PX + 4, FAR_PX)
    np.testing.assert_array_equal(answer.after[:, :-1], answer.before[:, 1:])

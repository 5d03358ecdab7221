"""What the test of a heat map says, and where in a photo the map belongs."""

from __future__ import annotations

import numpy as np
import pytest

from tlstudio.core.networks.preprocessing import Preprocessing, SeenBox
from tlstudio.core.understanding.heat_maps import HeatMap, MapCheck, MapMethod, map_note

BOX = SeenBox(0, 0, 1, 1)


def heat_map(value: float = 1.0) -> HeatMap:
    values = np.full((2, 2), value, np.float32)
    return HeatMap(MapMethod.GRAD_CAM, 0, values, np.zeros((2, 2, 3), np.uint8), BOX, 0.9, "a")


def check(after: float, *others: float, likeness: float | None = None) -> MapCheck:
    return MapCheck(0.9, after, others, likeness)


def test_a_map_points_at_the_cause_if_its_brightest_part_matters_more_than_the_others() -> None:
    assert check(0.3, 0.8, 0.9, 0.7, 0.8, 0.2).points_at_cause  # surpasses four of five
    assert not check(0.3, 0.8, 0.9, 0.7, 0.2, 0.2).points_at_cause
    assert not check(0.89, 0.95, 0.95).points_at_cause  # nothing was lost
    assert not check(0.95, 0.99, 0.99).points_at_cause  # blanking it even helped


def test_a_map_that_shuffled_weights_give_as_well_means_little() -> None:
    assert check(0.3, 0.8, likeness=0.2).means_something
    assert not check(0.3, 0.8, likeness=0.9).means_something
    assert check(0.3, 0.8).means_something  # it was not measured


def test_the_sentence_says_what_was_tested() -> None:
    assert str(map_note(heat_map(), check(0.3, 0.8, 0.9), "grain")) == (
        "Tested: with the brightest fifth blanked, grain falls from 90% to 30%; "
        "with as much blanked elsewhere, to 85%."
    )
    assert "means little" in str(map_note(heat_map(), check(0.9, 0.8), "grain"))
    assert "0.90" in str(map_note(heat_map(), check(0.3, 0.8, likeness=0.9), "grain"))
    assert str(map_note(heat_map(0), check(0.3, 0.8), "grain")).startswith("Nothing here")
    assert str(map_note(heat_map(), None, "grain")) == "Testing the map…"


@pytest.mark.parametrize(
    ("width", "height", "box"),
    [
        (256, 256, (0.0625, 0.0625, 0.875, 0.875)),
        (512, 256, (0.28125, 0.0625, 0.4375, 0.875)),
        (256, 1024, (0.0625, 0.390625, 0.875, 0.21875)),
    ],
)
def test_the_part_of_a_photo_that_a_network_sees(
    width: int, height: int, box: tuple[float, ...]
) -> None:
    found = Preprocessing(resize_px=256, crop_px=224).seen_box(width, height)
    assert (found.left, found.top, found.width, found.height) == pytest.approx(box)
    assert not found.is_whole
    assert Preprocessing(resize_px=224, crop_px=224).seen_box(50, 50).is_whole

"""Images in bins: each known one is in exactly one, and the ends say what lies between them."""

from __future__ import annotations

import numpy as np
import pytest

from tlstudio.core.statistics.quantities import (
    MOST_NAMES,
    OTHERS,
    QUANTITIES,
    channel_statistics,
)
from tlstudio.engine.health.image_facts import FACTS

BY_ID = {one.id: one for one in QUANTITIES}


def facts(count: int, **values: object) -> np.ndarray:
    """Rows of images that could be read."""
    rows = np.zeros(count, FACTS)
    rows["width_px"], rows["height_px"], rows["file_bytes"] = 300, 200, 5000
    rows["format"] = b"JPEG"
    for name, value in values.items():
        rows[name] = value
    return rows


@pytest.mark.parametrize("name", BY_ID)
def test_every_image_of_which_something_is_known_is_in_one_bin(name: str) -> None:
    random = np.random.default_rng(0)
    rows = facts(
        50,
        width_px=random.integers(1, 5000, 50),
        height_px=random.integers(1, 5000, 50),
        file_bytes=random.integers(1, 10**8, 50),
        brightness=random.random(50),
        captured=[f"20{10 + n % 9}:01:0{1 + n % 9} 12:00:00".encode() for n in range(50)],
        camera=[f"camera {n % 3}".encode() for n in range(50)],
    )
    rows[7] = np.zeros((), FACTS)  # could not be read
    bins = BY_ID[name].binned(rows)
    known = np.arange(50) != 7
    assert bins.bin_of[7] == -1
    assert ((bins.bin_of[known] >= 0) & (bins.bin_of[known] < bins.count)).all()
    assert all(bins.title(number) for number in range(bins.count))


@pytest.mark.parametrize("name", BY_ID)
def test_nothing_known_makes_no_bins_and_no_fault(name: str) -> None:
    for rows in (np.zeros(0, FACTS), np.zeros(3, FACTS), facts(1)):
        bins = BY_ID[name].binned(rows)
        assert len(bins.bin_of) == len(rows)
    assert BY_ID["captured"].binned(facts(3)).count == 0
    assert BY_ID["camera"].binned(facts(3)).count == 0


def test_rare_names_are_counted_together() -> None:
    count = MOST_NAMES + 3
    names = [f"camera {n}".encode() for n in range(count)] + [b"camera 2"] * 5
    bins = BY_ID["camera"].binned(facts(len(names), camera=names))
    assert bins.names[0] == "camera 2" and bins.names[-1] == OTHERS
    assert bins.count == MOST_NAMES
    assert np.bincount(bins.bin_of).tolist() == [6, *[1] * (MOST_NAMES - 2), 4]


def test_square_images_are_in_the_middle() -> None:
    rows = facts(3, width_px=[400, 100, 100], height_px=[100, 100, 400])
    bins = BY_ID["aspect"].binned(rows)
    wide, square, tall = bins.bin_of
    assert square == bins.count // 2 and wide - square == square - tall > 0


def test_dates_are_days_months_or_years() -> None:
    def names(*times: str) -> tuple[str, ...]:
        captured = [time.encode() for time in times]
        return BY_ID["captured"].binned(facts(len(times), captured=captured)).names

    assert names("2024:02:27 23:00:00", "2024:03:01 01:00:00") == (
        *("2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01"),
    )
    assert names("2024:01:31 10:00:00", "2024:04:01 10:00:00")[:4] == (
        *("2024-01", "2024-02", "2024-03", "2024-04"),
    )
    assert names("2011:01:01 00:00:00", "2024:04:01 10:00:00", "0000:00:00 00:00:00")[::13] == (
        *("2011", "2024"),
    )


def test_channel_statistics_are_those_of_all_pixels() -> None:
    """Of images of one size, as numpy has them."""
    pixels = np.random.default_rng(1).random((4, 10, 10, 3))
    rows = facts(4, means=pixels.mean(axis=(1, 2)), stds=pixels.std(axis=(1, 2)))
    found = channel_statistics(rows)
    assert found is not None
    assert np.allclose(found.mean, pixels.mean(axis=(0, 1, 2)), atol=1e-6)
    assert np.allclose(found.std, pixels.std(axis=(0, 1, 2)), atol=1e-6)
    assert found.as_code.startswith("mean=[0.")
    assert channel_statistics(np.zeros(2, FACTS)) is None

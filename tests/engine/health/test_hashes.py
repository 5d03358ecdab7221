"""Perceptual hashes: of all eight forms, and pairs found without comparing each with each."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.engine.health.pictures import picture
from tlstudio.engine.health.hashes import (
    HASH_SIDE,
    TooAlikeError,
    dct_hashes,
    difference_hashes,
    near_pairs,
)


def square(image: Image.Image) -> np.ndarray:
    small = image.convert("L").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.float32)


TURNS = [None, *Image.Transpose]


@pytest.mark.parametrize("hashes", [dct_hashes, difference_hashes])
def test_the_forms_are_those_of_the_turned_pictures(hashes) -> None:
    image = picture(1)
    forms = set(hashes(square(image)).tolist())
    assert len(forms) == 8
    for turn in TURNS:
        turned = image if turn is None else image.transpose(turn)
        mine = hashes(square(turned))[0]
        assert min(int(np.bitwise_count(mine ^ np.uint64(form))) for form in forms) <= 1


def pairs_of(dct: np.ndarray, difference: np.ndarray) -> set[tuple[int, int]]:
    last = list(near_pairs(dct, difference))[-1]
    assert last is not None
    return {(int(a), int(b)) for a, b in last}


def test_pairs_are_those_that_comparing_each_with_each_finds() -> None:
    random = np.random.default_rng(0)
    dct, difference = random.integers(0, 2**63, (2, 300, 8), dtype=np.uint64)
    for place in range(100):  # near some form of another one, by 0 to 12 bits
        other, form, bits = 100 + random.integers(200), random.integers(8), random.integers(13)
        for table in (dct, difference):
            flips = random.choice(64, bits, replace=False)
            mask = sum(1 << int(bit) for bit in flips)
            table[place, form], table[other, 0] = (h := table[place, form]), h ^ np.uint64(mask)
    wanted = set()
    for a in range(300):
        for b in range(a + 1, 300):
            apart = [np.bitwise_count(table[a] ^ table[b, 0]) for table in (dct, difference)]
            if np.any((apart[0] <= 8) & (apart[1] <= 8)):
                wanted.add((a, b))
    assert len(wanted) > 30
    assert pairs_of(dct, difference) == wanted


def test_pictures_that_are_all_alike_are_refused() -> None:
    same = np.zeros((100, 8), dtype=np.uint64)
    with pytest.raises(TooAlikeError):
        pairs_of(same, same)


def test_saved_again_turned_and_scaled_pictures_are_near_and_others_are_not() -> None:
    photos = [picture(seed, (160, 120)) for seed in range(40)]
    photos += [
        photos[0].resize((80, 60)),
        photos[1].transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        photos[2].transpose(Image.Transpose.ROTATE_90),
        photos[3].transpose(Image.Transpose.TRANSVERSE).resize((90, 120)),
    ]
    squares = [square(photo) for photo in photos]
    found = pairs_of(
        np.stack([dct_hashes(s) for s in squares]),
        np.stack([difference_hashes(s) for s in squares]),
    )
    assert found == {(0, 40), (1, 41), (2, 42), (3, 43)}

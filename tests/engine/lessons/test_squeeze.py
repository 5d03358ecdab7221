"""The squeeze-and-excitation block of the lesson is the paper's, and trained once."""

from __future__ import annotations

import numpy as np
import pytest

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.engine.lessons.squeeze import MAPS, excitation, resnet50_parameters


def test_it_computes_what_the_formulas_say(mushroom: ImageRef) -> None:
    seen = excitation(mushroom, 16)

    assert seen.parameters == 2 * MAPS**2 // 16
    assert seen.inner.shape == (MAPS // 16,)
    np.testing.assert_allclose(seen.squeezed, seen.maps.mean((1, 2)), atol=1e-5)
    assert seen.inner.min() >= 0
    assert 0 < seen.factors.min() < 0.5 < seen.factors.max() < 1


def test_another_photo_has_other_factors_by_the_same_block(
    mushroom: ImageRef, pumpkin: ImageRef
) -> None:
    assert abs(excitation(mushroom, 16).factors - excitation(pumpkin, 16).factors).max() > 0.2
    assert (excitation(mushroom, 16).factors == excitation(mushroom, 16).factors).all()


@pytest.mark.parametrize(("reduction", "printed_m"), [(2, 45.7), (8, 30.7), (16, 28.1), (32, 26.9)])
def test_a_resnet_50_grows_as_the_paper_says(reduction: int, printed_m: float) -> None:
    plain, added = resnet50_parameters(reduction)

    assert (plain + added) / 1e6 == pytest.approx(printed_m, abs=0.12)

"""How strong a learning rate looks."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from tlstudio.core.strategies.timeline import Start
from tlstudio.gui.features.strategy.rate_colours import WEAKEST, rate_colour, strength


def test_slower_is_weaker_and_never_gone() -> None:
    rates = [1e-2, 1e-3, 1e-4, 1e-5, 1e-9, 0.0]
    strengths = [strength(rate, 1e-2, 1e-9) for rate in rates]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == 1.0 and strengths[-1] == WEAKEST
    assert strength(0.0, 0.0, 0.0) == 1.0


def test_a_tenth_is_told_from_all_and_from_next_to_nothing() -> None:
    tenth = strength(1e-4, 1e-3, 1e-4)
    assert 0.4 < tenth < 0.8


@pytest.mark.parametrize("start", list(Start))
def test_each_start_has_a_colour_of_its_own(app: QApplication, start: Start) -> None:
    full = {rate_colour(other, 1.0, 1.0, 1.0).name() for other in Start}
    assert len(full) == len(Start)
    assert rate_colour(start, 1.0, 1.0, 1.0).alphaF() == 1.0

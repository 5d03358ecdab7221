"""Where a label may stand: pure geometry."""

from __future__ import annotations

import numpy as np
import pytest

from tlstudio.gui.kit.chart.placing import Drawn, Rect, beside, best_place, hidden

AREA = (0.0, 0.0, 100.0, 100.0)
LINE = np.array([[0, 0], [100, 100], [np.nan, np.nan], [0, 20], [100, 20]], float)


@pytest.mark.parametrize(
    ("place", "drawn", "expected"),
    [
        ((40, 40, 20, 20), Drawn(), 0),
        ((40, 40, 20, 20), Drawn(np.array([[50, 50, 5]])), 5),  # a point in its middle
        ((40, 40, 20, 20), Drawn(np.array([[63, 50, 5]])), 2),  # a ball that it touches
        ((40, 40, 20, 20), Drawn(np.array([[70, 50, 5]])), 0),
        ((0, 15, 50, 10), Drawn(lines=[LINE[3:]]), 51),  # a line through it has a width
        ((60, 24, 19, 6), Drawn(lines=[LINE]), 0),  # between two lines, and over a gap
        ((60, 2, 19, 6), Drawn(labels=[(80, 0, 20, 10)]), 12),  # too close to another label
        ((95, 50, 10, 10), Drawn(), np.inf),  # over the edge
    ],
)
def test_what_a_place_hides(place: Rect, drawn: Drawn, expected: float) -> None:
    assert hidden([place], AREA, drawn)[0] == pytest.approx(expected)


def test_the_first_free_place_is_taken_else_the_least_bad_one() -> None:
    places = list(beside(50, 50, 20, 10, 6))
    right, left, above, *_ = places
    assert best_place(places, AREA, Drawn()) == (right, True)
    across = Drawn(lines=[np.array([[0, 50], [100, 50]], float)])
    assert best_place(places, AREA, across) == (above, True)
    crowd = Drawn(np.array([(x, y, 9.0) for x in (43, 57) for y in (35, 45, 55, 65)] * 4))
    crowd = Drawn(np.concatenate([crowd.discs, [(65, 50, 9.0)]]), across.lines)
    assert best_place([right, left], AREA, crowd) == (left, False)
    assert best_place([], AREA, Drawn()) == ((0, 0, 0, 0), False)

"""Where a dataset lies in the picture of the four cases."""

from __future__ import annotations

import pytest

from tlstudio.core.advice import AdviceCase, AdviceFacts
from tlstudio.core.advice.place import case_place
from tlstudio.core.config import RunConfig
from tlstudio.core.networks.layers import LayerNode, LayerTree


def facts(each: int, classes: int = 4) -> AdviceFacts:
    head = LayerNode("head", "Linear", (classes,), 8, 8, 0, True)
    root = LayerNode("", "Net", (classes,), 0, 8, 0, children=(head,))
    names = tuple(f"class {n}" for n in range(classes))
    tree = LayerTree("net", classes, root, "head")
    return AdviceFacts(RunConfig(), tree, names, (each,) * classes, 10, True)


@pytest.mark.parametrize("similarity", [0.0, 0.2, 1 / 3, 0.6, 1.0])
@pytest.mark.parametrize("each", [1, 60, 100, 250, 100_000])
@pytest.mark.parametrize(
    ("case", "is_similar", "is_large"),
    [
        (AdviceCase.SMALL_SIMILAR, True, False),
        (AdviceCase.SMALL_DIFFERENT, False, False),
        (AdviceCase.LARGE_SIMILAR, True, True),
        (AdviceCase.LARGE_DIFFERENT, False, True),
    ],
)
def test_each_case_has_its_quarter(
    case: AdviceCase, is_similar: bool, is_large: bool, each: int, similarity: float
) -> None:
    x, y = case_place(facts(each), case, similarity) or (0.5, 0.5)
    assert 0 < x < 1 and 0 < y < 1
    assert (x > 0.5) is is_similar and (y > 0.5) is is_large


def test_more_of_either_lies_further_out() -> None:
    places = [case_place(facts(n), AdviceCase.SMALL_SIMILAR, 0.4 + n / 200) for n in (20, 60)]
    (x, y), (further_x, further_y) = (place or (0.0, 0.0) for place in places)
    assert further_x > x and further_y > y


@pytest.mark.parametrize("case", [AdviceCase.UNMEASURED, AdviceCase.NO_WEIGHTS])
def test_other_cases_have_no_place(case: AdviceCase) -> None:
    assert case_place(facts(50), case, 0.5) is None
    assert case_place(facts(50), AdviceCase.SMALL_SIMILAR, None) is None

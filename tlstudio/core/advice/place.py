"""Places a dataset among the four cases of transfer learning, for a picture of them."""

from __future__ import annotations

import math

from tlstudio.core.advice.advice import AdviceCase, AdviceFacts
from tlstudio.core.advice.similarity import SIMILAR_FROM
from tlstudio.core.advice.strategy import LARGE_IN_ALL, LARGE_PER_CLASS

DECADES = 1.5  # from the middle of the picture to its edge
EDGE = 0.06  # nothing lies on a border

_SIMILAR = (AdviceCase.SMALL_SIMILAR, AdviceCase.LARGE_SIMILAR)
_LARGE = (AdviceCase.LARGE_SIMILAR, AdviceCase.LARGE_DIFFERENT)


def case_place(
    facts: AdviceFacts, case: AdviceCase, similarity: float | None
) -> tuple[float, float] | None:
    """Return ``(x, y)``: from different (0) to similar (1), and from few images (0) to many (1).

    Each case has its quarter. None in the cases that are none of the four.
    """
    if case in (AdviceCase.NO_WEIGHTS, AdviceCase.UNMEASURED) or similarity is None:
        return None
    if similarity < SIMILAR_FROM:
        x = 0.5 * similarity / SIMILAR_FROM
    else:
        x = 0.5 + 0.5 * (similarity - SIMILAR_FROM) / (1 - SIMILAR_FROM)
    share = min(facts.per_class / LARGE_PER_CLASS, facts.train_images / LARGE_IN_ALL)
    y = 0.5 + 0.5 * math.log10(max(share, 1e-9)) / DECADES
    return _in_half(x, case in _SIMILAR), _in_half(y, case in _LARGE)


def _in_half(value: float, is_upper: bool) -> float:
    """The half is decided by more than the number."""
    low, high = (0.5 + EDGE, 1 - EDGE) if is_upper else (EDGE, 0.5 - EDGE)
    return min(high, max(low, value))

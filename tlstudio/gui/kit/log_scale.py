"""A logarithmic scale for bars and axes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

LOG_AT_LEAST = 1.0  # decades that the bars of a logarithmic measure cover at least


@dataclass(frozen=True, slots=True)
class LogScale:
    """A logarithmic scale between two powers of ten."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> LogScale:
        """Whole decades around the finite values above zero."""
        logs = [math.log10(value) for value in values if 0 < value < math.inf]
        if not logs:
            return cls(-1.0, 0.0)
        low, high = math.floor(min(logs) - 0.1), math.ceil(max(logs))
        return cls(low, max(high, low + LOG_AT_LEAST))

    def share(self, value: float) -> float:
        """Return the position of `value`, 0..1; 0 for values that are not positive."""
        if value <= 0:
            return 0.0
        place = (math.log10(value) - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, place))

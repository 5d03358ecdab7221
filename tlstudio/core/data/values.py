"""The values of deep greys that are shown as black and as white."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The stored values that are shown as black and as white; what lies beyond is cut off."""

    low: float
    high: float

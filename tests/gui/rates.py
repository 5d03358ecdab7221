"""Range tests without an engine: a curve with a known answer, step by step when it may go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tlstudio.core.errors import TrainingError
from tlstudio.core.rate_finder import (
    FeaturesCounted,
    RangeCurve,
    RangeEnd,
    RangeEnded,
    RangeStarted,
    rate_range,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.gui.features.rate_finder import jobs as rate_finder


class Finder:
    """Stands in for the engine's.

    Attributes:
        goes_on: whether it may go past the tenth step.
        falls: whether the loss falls anywhere.
        fails: whether it breaks off.
        asked: the settings it was asked for.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.falls = True
        self.fails = False
        self.asked: list[Any] = []
        monkeypatch.setattr(rate_finder, "find_rate", self._find)

    def _find(self, settings: Any, index: Any, stop: StopToken) -> Iterator[Any]:
        self.asked.append(settings)
        curve = RangeCurve()
        yield RangeStarted(100, 1234, "cpu")
        yield FeaturesCounted(0, 18)
        yield FeaturesCounted(18, 18)
        if self.fails:
            raise TrainingError("It broke.", "Try again.")
        while curve.end is None:
            rate = curve.next_rate
            fall = 1.2 / (1 + (1e-2 / rate) ** 1.5) if self.falls else 0.0
            yield curve.add(1.4 - fall + (rate / 0.5) ** 3 * self.falls)
            if len(curve.points) == 10:
                while not self.goes_on.wait(0.01) and not stop.stopped:
                    pass
            if stop.stopped:
                yield RangeEnded(rate_range(curve.points, RangeEnd.STOPPED))
                return
        yield RangeEnded(rate_range(curve.points, curve.end))

"""The learning-rate finder, for the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.rate_finder import RangeEvent
    from tlstudio.core.runs.events import SampleSkipped, StopToken
    from tlstudio.core.settings import Settings


def find_rate(
    settings: Settings, index: DatasetIndex, stop: StopToken
) -> Iterator[RangeEvent | SampleSkipped]:
    """A range test on a fresh network; the classifier in hand is not touched."""
    from tlstudio.engine.rate_finder import find_rate

    return find_rate(settings.config, index, stop, plan=settings.plan)

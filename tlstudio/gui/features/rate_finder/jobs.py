"""The learning-rate finder, for the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlstudio.core.config import RunConfig
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.rate_finder import RangeEvent, RateRange
    from tlstudio.core.runs.events import SampleSkipped, StopToken
    from tlstudio.core.settings import Settings


def find_rate(
    settings: Settings, index: DatasetIndex, stop: StopToken
) -> Iterator[RangeEvent | SampleSkipped]:
    """A range test on a fresh network; the classifier in hand is not touched.

    Its result is kept before anybody hears of it: the window may be closing.
    """
    from tlstudio.core.rate_finder import RangeEnded
    from tlstudio.engine.found_rates import keep_rate
    from tlstudio.engine.rate_finder import find_rate

    for event in find_rate(settings.config, index, stop, plan=settings.plan):
        if isinstance(event, RangeEnded):
            keep_rate(settings.config, index, event.result)
        yield event


def last_rate(index: DatasetIndex) -> tuple[RunConfig, RateRange] | None:
    """The last test on exactly these images."""
    from tlstudio.engine.found_rates import last_rate

    return last_rate(index)

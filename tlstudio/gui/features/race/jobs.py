"""The race's functions of the engine, for worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.core.race.race import RaceEnded, RaceEvent, RaceRunEnded, RaceStarted

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.race.race import RaceConfig, RaceRecord
    from tlstudio.core.race.verdict import RaceVerdict
    from tlstudio.core.runs.events import StopToken


def race(
    config: RaceConfig, index: DatasetIndex, stop: StopToken, before: RaceRecord | None = None
) -> Iterator[tuple[RaceEvent, RaceVerdict | None]]:
    """Run a race; yield each event, with the verdict so far where the record has changed.

    Args:
        before: the same race as far as it came.
    """
    from tlstudio.core.race.verdict import race_verdict
    from tlstudio.engine.race import race

    for event in race(config, index, stop, before=before):
        if isinstance(event, RaceStarted | RaceRunEnded | RaceEnded):
            yield event, race_verdict(event.record)
        else:
            yield event, None


def expected_seconds(config: RaceConfig, index: DatasetIndex) -> dict[str, float]:
    """About how long one run of each entry takes here, by the name of its network."""
    from tlstudio.engine.race import expected_seconds

    names = [entry.config.model for entry in config.entries]
    return dict(zip(names, expected_seconds(config, index), strict=True))


def last(index: DatasetIndex) -> tuple[RaceRecord, RaceVerdict, bool] | None:
    """The last race of a dataset, what it says, and whether its images are others by now.

    Needs no torch.
    """
    from tlstudio.core.race.race import is_of, last_race
    from tlstudio.core.race.verdict import race_verdict

    record = last_race(index.root)
    if record is None:
        return None
    return record, race_verdict(record), not is_of(record, index)

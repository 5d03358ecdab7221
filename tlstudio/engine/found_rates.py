"""Range tests on disk: the last one of each dataset is there when it is opened again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.config import RunConfig, config_from_json
from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import ConfigError, StorageError
from tlstudio.core.rate_finder import RangeEnd, RateRange
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, write_record

_log = logging.getLogger(__name__)

KEPT = 200


@dataclass(frozen=True)
class _Record:
    """A range test with the settings it was made with, as JSON."""

    config: str
    result: RateRange


def keep_rate(config: RunConfig, index: DatasetIndex, result: RateRange) -> None:
    """Keep a range test. One that was stopped does not take the place of one that was not."""
    before = cached_record(_file(index), _Record)
    is_stopped = result.end is RangeEnd.STOPPED
    if is_stopped and before is not None and before.result.end is not RangeEnd.STOPPED:
        return
    try:
        write_record(_file(index), _Record(config.to_json(), result))
    except StorageError as error:
        _log.warning("a range test is not kept: %s", error)
        return
    keep_newest(_file(index).parent, "*.json", KEPT)


def last_rate(index: DatasetIndex) -> tuple[RunConfig, RateRange] | None:
    """The settings and the result of the last range test on exactly these images; else None."""
    record = cached_record(_file(index), _Record)
    if record is None:
        return None
    try:
        return config_from_json(record.config), record.result
    except ConfigError as error:
        _log.info("a range test is forgotten: %s", error)
        return None


def _file(index: DatasetIndex) -> Path:
    return cache_dir() / "rates" / f"{index.fingerprint}.json"

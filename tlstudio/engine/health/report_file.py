"""The report of a health check on disk: there at once when its dataset is opened again."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import StorageError
from tlstudio.core.health.finding import HealthReport, all_images
from tlstudio.core.storage import atomic_write, cache_dir, keep_newest, read_json

KEPT = 100  # datasets
_VERSION = 1

_log = logging.getLogger(__name__)


def stored_report(index: DatasetIndex) -> HealthReport | None:
    """The last report on this dataset, however it has been edited since; None without one.

    Only for files that look as they did: each one's size and times are asked for, which takes half
    a second for 100,000 of them. What still holds of it, `HealthReport.open_in` tells.
    """
    values = read_json(_file(index))
    if not isinstance(values, dict) or values.get("version") != _VERSION:
        return None
    try:
        report = HealthReport.from_values(values, index)
    except ValueError:
        return None
    return report if report.stamp == files_stamp(index) else None


def open_findings(index: DatasetIndex) -> dict[str, int] | None:
    """How many findings that change the result still hold, by kind; None without a report.

    For the files of a run: what was known of its data when it was trained.
    """
    report = stored_report(index)
    if report is None:
        return None
    still = report.open_in(index)
    return {kind: len(still.by_kind[kind]) for kind in still.serious}


def store_report(report: HealthReport, index: DatasetIndex) -> None:
    """Keep a report for the next time; where that fails the check is made again then."""
    text = json.dumps({"version": _VERSION, **report.to_values(index)}, ensure_ascii=False)
    try:
        atomic_write(_file(index), text.encode("utf-8", "surrogatepass"))
    except (StorageError, ValueError) as error:
        _log.warning("the health report is not kept: %s", error)
        return
    keep_newest(_file(index).parent, "*.json", KEPT)


def files_stamp(index: DatasetIndex) -> str:
    """A digest of the names, sizes and times of all files, those left out among them."""
    digest = hashlib.blake2b(digest_size=16)
    for image in all_images(index):
        try:
            stat = image.stat()
            told = f"{image.key}\0{stat.size_bytes} {stat.mtime_ns} {stat.ctime_ns}\0"
        except OSError:
            told = f"{image.key}\0\0"
        digest.update(told.encode(*_TEXT))
    return digest.hexdigest()


_TEXT = ("utf-8", "backslashreplace")


def _file(index: DatasetIndex) -> Path:
    """By what lies on the disk, so that an edit finds the report of before."""
    whole = index.unedited or index
    return cache_dir() / "health" / f"{whole.fingerprint}.json"

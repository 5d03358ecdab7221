"""The health check as the window asks for it, on a worker's thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.gui.kit.later import later

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.health import Finding, HealthProgressed, HealthReport
    from tlstudio.core.runs.events import StopToken
    from tlstudio.engine.health.report_file import stored_report as stored_report
    from tlstudio.engine.probing.dataset_features import DatasetFeatures
else:
    stored_report = later("tlstudio.engine.health.report_file", "stored_report")


def check_dataset(
    index: DatasetIndex, features: DatasetFeatures | None, stop: StopToken
) -> Iterator[HealthProgressed | Finding | HealthReport]:
    """Look for what is wrong; without `features` by files and pixels alone."""
    from tlstudio.engine.health.check import check_dataset

    yield from check_dataset(index, stop, features)


def open_report(report: HealthReport, index: DatasetIndex) -> HealthReport:
    """What of a report still holds."""
    return report.open_in(index)

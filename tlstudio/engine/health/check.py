"""The health check of a dataset: every check in turn, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health.finding import (
    Finding,
    HealthProgressed,
    HealthReport,
    SkippedCheck,
    ordered,
)
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.health.copies import CopyGroup, findings_of, joined, same_digest
from tlstudio.engine.health.image_facts import FactsTable, image_facts
from tlstudio.engine.health.report_file import files_stamp, store_report

Step = HealthProgressed | Finding | SkippedCheck


@dataclass(frozen=True, slots=True, eq=False)
class CheckedData:
    """What the checks look at.

    Attributes:
        index: the dataset, as it is used now.
        table: a row of facts for each of its samples, in their order.
    """

    index: DatasetIndex
    table: FactsTable
    stop: StopToken = field(default_factory=StopToken)


Check = Callable[[CheckedData], Iterator[Step]]


def check_dataset(
    index: DatasetIndex, stop: StopToken
) -> Iterator[HealthProgressed | Finding | HealthReport]:
    """Look for what is wrong with a dataset, and keep the report.

    Yields:
        Progress, each finding as soon as it is there, and last of all the report, which is kept on
        disk; no report where `stop` ended it early.
    """
    stamp = files_stamp(index)
    table: FactsTable | None = None
    for step in image_facts([sample.image for sample in index.samples], stop):
        if isinstance(step, FactsTable):
            table = step
        else:
            yield step
    if table is None:
        return
    data = CheckedData(index, table, stop)
    findings: list[Finding] = []
    skipped: list[SkippedCheck] = []
    for title, check in CHECKS:
        yield HealthProgressed(title, 0, len(index.samples))
        for found in check(data):
            if isinstance(found, Finding):
                findings.append(found)
            if isinstance(found, SkippedCheck):
                skipped.append(found)
            else:
                yield found
        if stop.stopped:
            return
    report = HealthReport(
        fingerprint=index.fingerprint,
        findings=ordered(findings),
        checked=len(index.samples),
        skipped=tuple(skipped),
        stamp=stamp,
    )
    store_report(report, index)
    yield report


def _copies(data: CheckedData) -> Iterator[Step]:
    groups = joined(same_digest(data.table.digests))
    found = (CopyGroup(tuple(group), is_exact=True) for group in groups)
    yield from findings_of(found, data.index, data.index.samples)


CHECKS: tuple[tuple[str, Check], ...] = ((QT_TRANSLATE_NOOP("core", "Comparing images"), _copies),)

"""`check`: what is wrong with a dataset, before it is trained on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.features import features_of
from tlstudio.cli.output import Output
from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.health import Finding, HealthReport

SERIOUS = 1  # exit code where something changes the result
_EXAMPLES = 3


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit code 0: nothing was found that changes the result of training. 1: something was. "
        "No file of the dataset is touched, whatever is applied."
    )
    add_data_argument(parser)
    parser.add_argument(
        "--fast",
        action="store_true",
        help="without a network: no doubtful classes, no strangers, fewer near copies",
    )
    parser.add_argument(
        "--apply",
        action="append",
        default=[],
        metavar="KIND=REMEDY",
        help="do this about all findings of a kind, e.g. leaks=leave_out_of_training; remembered "
        "with the dataset, here and in the window. May be given several times",
    )
    parser.add_argument(
        "--examples", type=int, default=_EXAMPLES, metavar="N", help="of each kind (default: 3)"
    )
    add_json_flag(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.core.health import FINDING_KINDS, HealthProgressed, HealthReport
    from tlstudio.core.health.remedies import REMEDIES, applied, remedies_for
    from tlstudio.engine.data.sources import store_manifest
    from tlstudio.engine.health.check import check_dataset, sampled

    wanted = [_wish(text) for text in arguments.apply]
    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop)
        whole = index.unedited or index  # what was dealt with stays in the report that is kept
        features = None if arguments.fast else features_of(sampled(whole), stop, output)
        report = None
        for step in check_dataset(whole, stop, features):
            if isinstance(step, HealthReport):
                report = step
            elif isinstance(step, HealthProgressed):
                output.progress(f"{step.stage} {step.done}/{step.total}")
    if report is None:
        raise KeyboardInterrupt
    report = report.open_in(index)
    manifest = index.manifest
    for kind, name in wanted:
        found = report.by_kind.get(kind, ())
        manifest = applied(REMEDIES[name], found, index, manifest)
        output.line(f"{FINDING_KINDS[kind].title}: {REMEDIES[name].title}: {len(found)}")
    if manifest != index.manifest:
        store_manifest(index.root, manifest)
        index = index.edited(manifest)
        report = report.open_in(index)
    for line in report_lines(report, index, arguments.examples):
        output.line(line)
    for finding in report.findings:
        remedies = [remedy.id for remedy in remedies_for(finding, index)]
        about = {**finding.to_values(index), "severity": finding.spec.severity.value}
        output.record(event="finding", sentence=str(finding.note), remedies=remedies, **about)
    for row in report.skipped:
        output.record(event="skipped", kind=row.kind, reason=str(row.reason))
    counts = {kind: len(found) for kind, found in report.by_kind.items()}
    output.record(
        event="ended", images=report.checked, counts=counts, changes_result=list(report.serious)
    )
    return SERIOUS if report.serious else 0


def report_lines(report: HealthReport, index: DatasetIndex, examples: int) -> Iterator[str]:
    """The report as people read it."""
    from tlstudio.core.health import FINDING_KINDS, SEVERITY_TITLES
    from tlstudio.core.health.remedies import remedies_for

    severity = None
    for kind, found in report.by_kind.items():
        row = FINDING_KINDS[kind]
        if row.severity is not severity:
            severity = row.severity
            yield ""
            yield SEVERITY_TITLES[severity]
        yield f"  {row.title}: {len(found)}"
        yield f"    {row.reason}"
        for finding in found[:examples]:
            yield f"    – {finding.note}"
            yield from (f"        {name}" for name in _names(finding, index))
        if len(found) > examples:
            yield f"    – and {len(found) - examples} more"
        remedies = ", ".join(f"{kind}={remedy.id}" for remedy in remedies_for(found[0], index))
        yield f"    --apply {remedies}"
    if not report.findings:
        yield "Nothing was found."
    if report.skipped:
        yield ""
        yield "Not checked, or not on all images"
        for skipped in report.skipped:
            yield f"  {FINDING_KINDS[skipped.kind].title}: {skipped.reason}"


def _names(finding: Finding, index: DatasetIndex) -> list[str]:
    names = [index.key_of(image) for image in finding.images]
    return names if len(names) <= 4 else [*names[:3], f"… {len(names)} images"]


def _wish(text: str) -> tuple[str, str]:
    """The kind and the remedy of ``KIND=REMEDY``.

    Raises:
        ConfigError: there is no such kind, or nothing of that name helps against it.
    """
    from tlstudio.core.health import FINDING_KINDS
    from tlstudio.core.health.remedies import ACCEPT

    kind, _, remedy = text.partition("=")
    if kind not in FINDING_KINDS:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "There are no findings called “{name}”."),
            QT_TRANSLATE_NOOP("core", "There are {names}."),
            name=kind,
            names=", ".join(FINDING_KINDS),
        )
    remedies = (*FINDING_KINDS[kind].remedies, ACCEPT.id)
    if remedy not in remedies:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "Findings of “{kind}” have no remedy called “{name}”."),
            QT_TRANSLATE_NOOP("core", "There are {names}."),
            kind=kind,
            name=remedy,
            names=", ".join(remedies),
        )
    return kind, remedy


COMMAND = Command("check", "Find what is wrong with a dataset.", _add_arguments, _run)

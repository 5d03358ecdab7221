"""`inspect-weights`: what a file of weights holds, before anything of it is used."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output
from tlstudio.core.weights.report import EntryState, LoadingReport, LoadingWay, ReportEntry

_WAYS = {
    LoadingWay.EVERYTHING: "can answer at once (tlstudio-cli predict)",
    LoadingWay.BACKBONE: "training can start from it (tlstudio-cli train --start-from)",
}
_NAMED = 6
_STATES = {
    EntryState.MATCHED: "matched",
    EntryState.MISSING: "missing",
    EntryState.OTHER_SHAPE: "other shape",
    EntryState.UNEXPECTED: "unexpected",
    EntryState.SET_ASIDE: "set aside",
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="of weights; no code in it is run")
    parser.add_argument("--model", help="compare it with this network, not with the likeliest one")
    parser.add_argument(
        "--copy", default="", metavar="PLACE", help="which of several copies of the network in it"
    )
    parser.add_argument("--all", action="store_true", help="list the entries that match as well")
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.weights.load import open_weights

    opened = open_weights(arguments.file, model=arguments.model).copy(arguments.copy)
    report = opened.report()
    output.record(**report.to_values())
    for line in _lines(report, is_whole=arguments.all):
        output.line(line)
    return 0


def _lines(report: LoadingReport, *, is_whole: bool) -> list[str]:
    counts = report.counts
    classes = f"{report.num_classes} classes" if report.num_classes else "no head that fits"
    lines = [
        f"{report.file}: {report.model}, {classes}",
        ", ".join(f"{counts[state]} {_STATES[state]}" for state in EntryState if counts[state]),
    ]
    lines += [f"{_WAYS[way]}" for way in report.ways] or ["does not fit: nothing can be loaded"]
    if report.twins:
        more = " ..." if len(report.twins) > _NAMED else ""
        lines.append(f"may also be (--model): {', '.join(report.twins[:_NAMED])}{more}")
    if report.class_names:
        lines.append(f"classes: {', '.join(report.class_names)}")
    if len(report.copies) > 1:
        lines += [
            f"copy {copy.place or '(without a prefix)'}"
            f"{' (average)' if copy.is_average else ''}{' *' if copy.place == report.copy else ''}"
            for copy in report.copies
        ]
    lines += map(str, report.notes)
    shown = [e for e in report.entries if is_whole or e.state is not EntryState.MATCHED]
    rows = [_cells(entry) for entry in shown]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return lines


def _cells(entry: ReportEntry) -> tuple[str, ...]:
    shape, wanted = _shape(entry.shape), _shape(entry.wanted)
    if entry.tensors > 1:
        shape = f"{entry.tensors} tensors"
    if entry.shape == entry.wanted:
        wanted = ""
    elif wanted:
        wanted = f"wanted {wanted}"
    return _STATES[entry.state], entry.name, shape, wanted


def _shape(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else " x ".join(str(n or "classes") for n in shape) or "number"


COMMAND = Command(
    "inspect-weights",
    "Show what a file of weights holds and how it fits, without loading it.",
    _add_arguments,
    _run,
)

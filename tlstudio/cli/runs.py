"""`runs`: the list of all runs that are kept, or some of them beside each other."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output, duration, percent
from tlstudio.core.errors import ConfigError
from tlstudio.core.runs.comparison import Change
from tlstudio.core.runs.kept import RunEntry
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.engine.runs.store import RunStore

_HOW_MANY = QT_TRANSLATE_NOOP("core", "Two to six runs can be compared, not {count}.")
_HEAD = ("run", "name", "dataset", "network", "strategy", "val accuracy", "epochs", "time", "size")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json_flag(parser)
    parser.add_argument(
        "--compare",
        nargs="+",
        metavar="RUN",
        help="two to six runs, by id or folder: settings that differ, accuracies, and whether one "
        "is better by more than chance",
    )


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.runs.store import RunStore

    store = RunStore()
    if arguments.compare:
        return _compare(store, arguments.compare, output)
    entries = store.entries()
    for entry in entries:
        output.record(**_values(entry))
    if not entries:
        output.line("No runs are kept yet: train one.")
        return 0
    _print_table([(*_HEAD, "state"), *(_cells(entry) for entry in entries)], output)
    output.line()
    size = _size(sum(entry.size_bytes for entry in entries))
    output.line(f"{len(entries)} {'run' if len(entries) == 1 else 'runs'}, {size}, {store.folder}")
    return 0


def _compare(store: RunStore, names: list[str], output: Output) -> int:
    from tlstudio.core.runs.comparison import FEWEST, MOST, ComparedRun, compare

    if not FEWEST <= len(names) <= MOST:
        raise ConfigError(_HOW_MANY, count=len(names))
    found = compare(ComparedRun.of(store.open(store.find_any(name).id)) for name in names)
    scores = [(run, run.score, run.score.interval) for run in found.runs]
    verdicts = [[str(note) for note in found.verdict(pair)] for pair in found.pairs]
    output.record(
        runs=[
            {
                "id": run.id,
                "name": run.name,
                "val_accuracy": score.accuracy,
                "interval": None if interval is None else [interval.low, interval.high],
                "right": score.right,
                "images": score.images,
            }
            for run, score, interval in scores
        ],
        settings={row.name: list(row.values) for row in found.settings},
        pairs=[
            {
                "first": found.runs[pair.first].id,
                "second": found.runs[pair.second].id,
                "images": pair.images,
                "fixed": pair.fixed,
                "broken": pair.broken,
                "p_value": None if pair.problem is not None else pair.p_value,
                "adjusted": None if pair.problem is not None else pair.adjusted,
                "is_significant": pair.is_significant,
                "verdict": " ".join(words),
            }
            for pair, words in zip(found.pairs, verdicts, strict=True)
        ],
        never_right=[image.key for image in found.select(Change.NEVER, 0, 1)],
    )
    accuracies = [
        f"{percent(score.accuracy)} ({interval.low * 100:.0f}–{interval.high * 100:.0f})"
        if interval is not None
        else percent(score.accuracy)
        for _, score, interval in scores
    ]
    rows = [("", *found.names), ("val accuracy (95 %)", *accuracies)]
    rows += [(row.title, *row.values) for row in found.settings]
    _print_table(rows, output)
    output.line()
    for words in verdicts:
        output.line(" ".join(words))
    return 0


def _print_table(rows: Sequence[tuple[str, ...]], output: Output) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        output.line("  ".join(cells).rstrip())


def _values(entry: RunEntry) -> dict[str, object]:
    interval = entry.interval
    return {
        "id": entry.id,
        "name": entry.name,
        "folder": str(entry.folder),
        "origin": entry.origin.value,
        "created": entry.created,
        "dataset": entry.dataset,
        "root": entry.root,
        "model": entry.model,
        "strategy": entry.strategy,
        "learning_rate": entry.learning_rate,
        "planned_epochs": entry.planned_epochs,
        "epochs": entry.epochs,
        "best_epoch": entry.best_epoch,
        "val_accuracy": entry.accuracy,
        "interval": None if interval is None else [interval.low, interval.high],
        "right": entry.right,
        "images": entry.images,
        "elapsed_s": entry.elapsed_s,
        "size_bytes": entry.size_bytes,
        "state": _state(entry),
        "can_continue": entry.can_continue,
        "is_starred": entry.marks.is_starred,
        "tags": list(entry.marks.tags),
        "note": entry.marks.note,
    }


def _cells(entry: RunEntry) -> tuple[str, ...]:
    interval, accuracy = entry.interval, percent(entry.accuracy)
    if interval is not None:
        accuracy += f" ({interval.low * 100:.0f}–{interval.high * 100:.0f})"
    return (
        entry.id,
        f"* {entry.name}" if entry.marks.is_starred else entry.name,
        entry.dataset,
        entry.model,
        entry.strategy,
        accuracy,
        f"{entry.epochs}/{entry.planned_epochs}",
        duration(entry.elapsed_s),
        _size(entry.size_bytes),
        _state(entry),
    )


def _state(entry: RunEntry) -> str:
    if entry.is_running:
        return "running"
    return "interrupted" if entry.end is None else entry.end.value


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"


COMMAND = Command("runs", "List the runs that are kept.", _add_arguments, _run)

"""`runs`: the list of all runs that are kept."""

from __future__ import annotations

import argparse

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output, duration, percent
from tlstudio.core.runs.kept import RunEntry

_HEAD = ("run", "name", "dataset", "network", "strategy", "val accuracy", "epochs", "time", "size")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.runs.store import RunStore

    store = RunStore()
    entries = store.entries()
    for entry in entries:
        output.record(**_values(entry))
    if not entries:
        output.line("No runs are kept yet: train one.")
        return 0
    rows = [(*_HEAD, "state"), *(_cells(entry) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        output.line("  ".join(cells).rstrip())
    output.line()
    size = _size(sum(entry.size_bytes for entry in entries))
    output.line(f"{len(entries)} {'run' if len(entries) == 1 else 'runs'}, {size}, {store.folder}")
    return 0


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

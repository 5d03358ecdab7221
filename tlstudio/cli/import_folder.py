"""The weights of many networks from one folder; a part of the command `models`."""

from __future__ import annotations

from pathlib import Path

from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output, megabytes
from tlstudio.core.classroom.weights import (
    ARRIVAL_TITLES,
    Arrival,
    FoundWeights,
    WeightsProgressed,
)


def import_folder(folder: Path, output: Output, *, is_dry: bool) -> int:
    """Say what each file in a folder is, and import what is new; returns the exit code."""
    from tlstudio.engine.classroom.weights import find_weights, take_weights

    with ctrl_c_stops(output) as stop:
        found: tuple[FoundWeights, ...] | None = None
        for event in find_weights(folder, stop):
            if isinstance(event, WeightsProgressed):
                output.progress(f"looking at {event.done + 1} of {event.total}: {event.path}")
            else:
                found = event
        if found is None:
            raise KeyboardInterrupt
        for row in found:
            if is_dry or row.arrival is not Arrival.NEW:
                _print(row, folder, output)
        new = sum(row.arrival is Arrival.NEW for row in found)
        if is_dry:
            output.note(f"tlstudio: {new} of {len(found)} files would be imported.")
            return 0
        failed = 0
        for step in take_weights(found, stop):
            if isinstance(step, WeightsProgressed):
                output.progress(f"importing {step.done} of {step.total}")
            else:
                _print(step, folder, output)
                failed += step.arrival is Arrival.FAILED
        if stop.stopped:
            raise KeyboardInterrupt
    output.note(f"tlstudio: {new - failed} of {len(found)} files imported.")
    return 1 if failed else 0


def _print(row: FoundWeights, folder: Path, output: Output) -> None:
    name = row.name
    output.record(
        path=str(row.path),
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        arrival=row.arrival,
        model=None if name is None else name.model,
        weights=None if name is None else name.weights,
        problem=None if row.problem is None else str(row.problem),
    )
    what = "" if name is None else f"  {name.weights} of {name.model}"
    why = "" if row.problem is None else f": {row.problem}"
    said = f"{ARRIVAL_TITLES[row.arrival]}{why}"
    place = row.path.relative_to(folder)
    output.line(f"{place}  {megabytes(row.size_bytes)}{what}  {said}")

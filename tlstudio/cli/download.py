"""`download`: the well-known datasets, and fetching one of them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output
from tlstudio.core.data.catalog import CATALOG, CatalogProgress
from tlstudio.core.errors import WeightsError


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="the dataset to fetch; without it, what there is"
    )
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="the folder around the dataset's own (default: one in the studio's own folder)",
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    if arguments.name is None:
        return _list(arguments.to, output)
    from tlstudio.engine.downloads.catalog import download_dataset

    row = CATALOG[arguments.name]

    def on_progress(progress: CatalogProgress) -> None:
        output.progress(f"{row.title}: {_progress(progress)}")

    with ctrl_c_stops(output, "Stopping the download; what has come is kept.") as stop:
        try:
            place = download_dataset(row.name, arguments.to, stop=stop, on_progress=on_progress)
        except WeightsError:
            if stop.stopped:
                raise KeyboardInterrupt from None
            raise
    output.record(event="downloaded", name=row.name, licence=row.licence, path=str(place))
    output.line(f"{row.title} is on this machine: {place}")
    output.line(f"Licence: {row.licence}. {row.page}")
    return 0


def _list(parent: Path | None, output: Output) -> int:
    from tlstudio.engine.downloads.catalog import downloaded

    titles = ("name", "classes", "images", "size", "here", "licence")
    rows = [titles]
    for row in CATALOG:
        place = downloaded(row.name, parent)
        output.record(**asdict(row), path=None if place is None else str(place))
        here = "" if place is None else "yes"
        size = f"{row.download_mb:,} MB"
        rows.append((row.name, str(row.classes), f"{row.images:,}", size, here, row.licence))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *numbers, last in rows:
        middle = "  ".join(t.rjust(w) for t, w in zip(numbers, widths[1:-1], strict=True))
        output.line(f"{first.ljust(widths[0])}  {middle}  {last}")
    return 0


def _progress(progress: CatalogProgress) -> str:
    if progress.is_unpacking:
        return f"putting the images into folders, {progress.fraction or 0:.0%}"
    text = f"{progress.done_bytes / 1e6:.0f} of {progress.total_bytes / 1e6:.0f} MB"
    return text + (f", {progress.bytes_per_s / 1e6:.1f} MB/s" if progress.bytes_per_s else "")


COMMAND = Command("download", "Fetch a well-known dataset, or list them.", _add_arguments, _run)

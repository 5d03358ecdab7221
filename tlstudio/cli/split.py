"""`split`: which images train, validate and test; printed, written as a table, remembered."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output
from tlstudio.core.data.dataset import Split
from tlstudio.core.data.groups import groups_found


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write it as a table (image, class, split, group), for other programs and for "
        "--split-from",
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="remember it for this dataset, here and in the window",
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.core.storage import atomic_write
    from tlstudio.engine.data.sources import store_manifest, store_split
    from tlstudio.engine.data.split_file import split_csv

    if arguments.out is not None:
        free_file(arguments.out, overwrite=arguments.overwrite)
    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop)
    groups = groups_found([sample.image for sample in index.samples], index.image_groups())
    if groups.groups:
        output.line(
            f"{groups.groups:,} groups; the largest has {groups.largest:,} images; "
            f"{groups.alone:,} images are on their own"
        )
    shown = [split for split in Split if index.by_split[split]]
    rows = [("class", *(split.value for split in shown))]
    rows += [
        (name, *(f"{index.counts[split][number]:,}" for split in shown))
        for number, name in enumerate(index.classes)
    ]
    width = max(len(row[0]) for row in rows)
    for row in rows:
        output.line(f"{row[0]:<{width}}" + "".join(f"{cell:>8}" for cell in row[1:]))
    if arguments.out is not None:
        atomic_write(arguments.out, split_csv(index))
        output.line(f"Written: {arguments.out}")
    if arguments.keep:
        if index.split_config is not None:
            store_split(index.root, index.split_config)
        store_manifest(index.root, index.manifest)
    output.record(
        split=None if index.split_config is None else index.split_config.to_values(),
        counts={
            split.value: dict(zip(index.classes, index.counts[split], strict=True))
            for split in shown
        },
        groups=groups._asdict(),
        fingerprint=index.fingerprint,
    )
    return 0


COMMAND = Command(
    "split",
    "Show which images train, validate and test, and write it as a table.",
    _add_arguments,
    _run,
)

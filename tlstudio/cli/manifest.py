"""`manifest`: what was changed about a dataset by hand, to take along and to bring in."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import add_data_argument, add_split_flags, ctrl_c_stops, open_data
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import manifest_line


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the manifest there")
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="take this manifest in place of the one in force; the images stay as they are",
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.core.storage import atomic_write
    from tlstudio.engine.data.manifest_file import brought_manifest, manifest_text
    from tlstudio.engine.data.sources import store_manifest

    if arguments.out is not None:
        free_file(arguments.out, overwrite=arguments.overwrite)
    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop)
    missing = 0
    if arguments.source is not None:
        manifest, missing = brought_manifest(arguments.source, index)
        index = index.edited(manifest)
        store_manifest(index.root, manifest)
        output.note(manifest_line(manifest))
        if missing:
            output.note(f"tlstudio: {missing:,} of its images are not in this dataset.")
    elif not index.manifest:
        output.note(manifest_line(index.manifest))
    manifest = index.manifest
    if arguments.out is not None:
        atomic_write(arguments.out, manifest_text(manifest))
        output.line(f"Written: {arguments.out}")
    output.record(
        left_out=dict(manifest.left_out),
        moved=dict(manifest.moved),
        splits=dict(manifest.splits),
        groups=dict(manifest.groups),
        accepted=sorted(manifest.accepted),
        missing=missing,
    )
    return 0


COMMAND = Command(
    "manifest",
    "Show, take along or bring in what was changed about a dataset by hand.",
    _add_arguments,
    _run,
)

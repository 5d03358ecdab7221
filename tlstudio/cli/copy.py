"""`copy`: a clean copy of a dataset, as its manifest and its split say."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import (
    add_data_argument,
    add_split_flags,
    ctrl_c_stops,
    open_data,
    result_of,
)
from tlstudio.cli.output import Output


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="where it is written; must not exist yet, or be empty",
    )
    parser.add_argument(
        "--class-folders",
        action="store_true",
        help="one folder per class, without train/, val/ and test/",
    )
    parser.add_argument(
        "--links",
        action="store_true",
        help="hard links in place of copies: no room is taken, and who changes such a file changes "
        "the original",
    )
    add_json_flag(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.health.clean_copy import CleanCopy, write_clean_copy

    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop)
        steps = write_clean_copy(
            index,
            arguments.out,
            stop,
            by_split=not arguments.class_folders,
            links=arguments.links,
        )
        written = result_of(
            steps, CleanCopy, lambda step: output.progress(f"{step.stage} {step.done}/{step.total}")
        )
    for image in written.missing:
        output.note(f"tlstudio: {image}: could not be read, and is not in the copy")
    output.line(f"{written.images:,} images: {written.folder}")
    output.record(
        folder=str(written.folder),
        images=written.images,
        missing=[str(image) for image in written.missing],
    )
    return 0


COMMAND = Command(
    "copy",
    "Write a clean copy of a dataset, without what was left out.",
    _add_arguments,
    _run,
)

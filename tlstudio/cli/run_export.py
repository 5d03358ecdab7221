"""`run-export`: opens an export and answers for images; the studio starts itself for this."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", type=Path, metavar="FILE")
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.export.readers import run_task

    # Whatever a runtime leaves behind when this process is ended goes with the task's own folder.
    tempfile.tempdir = str(arguments.task.parent.absolute())
    run_task(arguments.task)
    return 0


COMMAND = Command(
    "run-export",
    "",  # in no list of commands: people have no use for it
    _add_arguments,
    _run,
)

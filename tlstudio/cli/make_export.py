"""`make-export`: makes an export for the window, whose own process must not; see `elsewhere`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", type=Path, metavar="FILE")
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.export.elsewhere import run_task

    run_task(arguments.task)
    return 0


COMMAND = Command(
    "make-export",
    "",  # in no list of commands: people have no use for it
    _add_arguments,
    _run,
)

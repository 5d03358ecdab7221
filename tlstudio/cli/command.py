"""The row type of the commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from tlstudio.cli.output import Output


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the terminal: a row of the table of commands.

    Attributes:
        name: what one types.
        help: one sentence.
        add_arguments: gives a parser its arguments; must not need torch.
        run: does it and returns the exit code; raises TLStudioError for wrong use and bad input.
    """

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Output], int]


def add_json_flag(parser: argparse.ArgumentParser) -> None:
    """The flag that all commands share."""
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line and nothing else on stdout"
    )

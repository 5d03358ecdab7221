"""The row type of the commands."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tlstudio.cli.output import Output
from tlstudio.core.errors import ConfigError
from tlstudio.core.texts import QT_TRANSLATE_NOOP


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


def add_classes_flag(parser: argparse.ArgumentParser) -> None:
    """The flag of all commands that take saved weights."""
    parser.add_argument(
        "--classes",
        nargs="+",
        metavar="NAME",
        help="its classes, where the file does not say; or a text file with one a line",
    )


def given_classes(arguments: argparse.Namespace) -> tuple[str, ...] | None:
    """The names that were typed, or that are in the file that was named; None without the flag.

    Raises:
        WeightsError: the file holds no names.
        ConfigError: one was typed twice.
    """
    names: list[str] = arguments.classes or []
    if not names:
        return None
    if len(names) == 1 and Path(names[0]).is_file():
        from tlstudio.engine.weights.class_names import read_class_names

        return read_class_names(Path(names[0]))
    if len(set(names)) != len(names):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            name="--classes",
            value=" ".join(names),
        )
    return tuple(names)

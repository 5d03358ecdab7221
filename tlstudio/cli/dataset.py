"""The dataset of a command: its flags, and opening it so that Ctrl+C can stop that as well."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.config_flags import number_of
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_dataset
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.values import VALUE_PRESETS, ValueRange
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.data.options import ReadOptions
    from tlstudio.core.data.values import ValueFacts

_SPLIT_FLAGS = ("val_fraction", "test_fraction", "split_seed")


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """The folder, first of all."""
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="folder with train/ and val/, or with class folders"
    )


def add_split_flags(parser: argparse.ArgumentParser, *, with_values: bool = True) -> None:
    """Add the flags that say how to read a folder, and how to split one of class folders.

    Args:
        parser: of the command.
        with_values: whether the values of deep images are chosen; weights bring their own.
    """
    group = parser.add_argument_group("Split, where the folders don't say it")
    group.add_argument("--val-fraction", metavar="X", help="share for validation (default: 0.2)")
    group.add_argument("--test-fraction", metavar="X", help="share for testing (default: 0)")
    group.add_argument(
        "--read-as",
        metavar="ID",
        help="which reading is meant, where a folder can be understood in several ways; the ids "
        "are printed then",
    )
    group.add_argument("--split-seed", metavar="N", help="another seed, another split (default: 0)")
    if not with_values:
        return
    names = ", ".join(preset.name for preset in VALUE_PRESETS)
    group.add_argument(
        "--values",
        metavar="LOW,HIGH",
        help="the values shown as black and white in images of 16 or 32 bits, e.g. "
        f"--values=-1024,3071; or one of {names} (default: auto)",
    )


def open_data(
    arguments: argparse.Namespace,
    output: Output,
    stop: StopToken,
    split: SplitConfig | None = None,
    options: ReadOptions | None = None,
) -> DatasetIndex:
    """Open the dataset and print what was found.

    Args:
        arguments: with the folder and the flags of the split.
        output: where it is printed.
        stop: read meanwhile.
        split: where no flag says it.
        options: how to read it, where no flag says it.

    Raises:
        ConfigError: a flag is no number, or can be read in two ways.
        DatasetError: there is no dataset, or it can be read in several ways.
        KeyboardInterrupt: `stop` said so meanwhile.
    """
    split = split_of(arguments) or split
    options = options_of(arguments) or options
    try:
        index = read_data(arguments, split, options, stop)
    except DatasetError:
        if stop.stopped:
            raise KeyboardInterrupt from None
        raise
    print_dataset(index, output)
    return index


def read_data(
    arguments: argparse.Namespace,
    split: SplitConfig | None,
    options: ReadOptions | None,
    stop: StopToken | None = None,
) -> DatasetIndex:
    """Open the dataset with the range of values that ``--values`` asks for.

    Raises:
        ConfigError: it asks for no range.
        DatasetError: see `open_dataset`.
    """
    from tlstudio.engine.data.sources import open_dataset, stored_options

    index = open_dataset(arguments.data, split, options, stop=stop)
    if arguments.values is None:
        return index
    values = _values_of(arguments.values, index.value_facts)  # some follow from the images
    options = replace(options or stored_options(arguments.data), values=values)
    return open_dataset(arguments.data, split, options, stop=stop)


def split_of(arguments: argparse.Namespace) -> SplitConfig | None:
    """The split asked for; None where nothing was."""
    given = {name: getattr(arguments, name) for name in _SPLIT_FLAGS}
    given = {name: value for name, value in given.items() if value is not None}
    values = {
        name.removeprefix("split_"): number_of(value, name, is_integer=name == "split_seed")
        for name, value in given.items()
    }
    return SplitConfig(**values) if values else None  # type: ignore[arg-type]


def options_of(arguments: argparse.Namespace) -> ReadOptions | None:
    """How to read the dataset, where a flag says it; None where none does."""
    if arguments.read_as is None:
        return None
    from tlstudio.engine.data.sources import stored_options

    return replace(stored_options(arguments.data), reading=arguments.read_as)


def _values_of(given: str, facts: ValueFacts | None) -> ValueRange | None:
    """The range that ``--values`` means, for a dataset with such values; None where it has none."""
    preset = next((preset for preset in VALUE_PRESETS if preset.name == given), None)
    if preset is not None:
        return preset.range_of(facts) if facts is not None else None
    try:
        low, high = given.split(",")
        return ValueRange(float(low), float(high))
    except ValueError:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is no range of values."),
            QT_TRANSLATE_NOOP("core", "Give two numbers, as in 0,4095, or one of {names}."),
            value=given,
            names=", ".join(preset.name for preset in VALUE_PRESETS),
        ) from None


@contextmanager
def ctrl_c_stops(
    output: Output, said: str = "Stopping after this batch; press Ctrl+C again to abort."
) -> Iterator[StopToken]:
    """The first Ctrl+C ends the work in order and says so, the second one at once."""
    stop = StopToken()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_signal(number: int, frame: object) -> None:
        if stop.stopped:
            raise KeyboardInterrupt
        stop.stop()
        output.note_from_signal(f"tlstudio: {said}")

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)

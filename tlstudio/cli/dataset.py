"""The dataset of a command: its flags, and opening it so that Ctrl+C can stop that as well."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tlstudio.cli.config_flags import number_of
from tlstudio.cli.ending import signals_answered
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_dataset
from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.options import TableOptions
from tlstudio.core.data.split_config import GroupBy
from tlstudio.core.data.values import VALUE_PRESETS, ValueRange
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.data.manifest import Manifest
    from tlstudio.core.data.options import ReadOptions
    from tlstudio.core.data.values import ValueFacts

Result = TypeVar("Result")

_SPLIT_FLAGS = {
    "val_fraction": "val_fraction",
    "test_fraction": "test_fraction",
    "split_seed": "seed",
    "val_images": "val_images",
    "test_images": "test_images",
    "gap_seconds": "gap_s",
}
_COLUMNS = ("image", "class", "split", "group")
_WHOLE = ("split_seed", "val_images", "test_images")


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """The folder, first of all."""
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="folder with train/ and val/ or class folders, an archive (.zip, .tar.gz) of one, "
        "a table (.csv, .tsv, .jsonl, .parquet), or the files of CIFAR, MNIST, STL-10",
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
    group.add_argument(
        "--val-images", metavar="N", help="number of images for validation, in place of a share"
    )
    group.add_argument("--test-images", metavar="N", help="likewise for testing")
    group.add_argument(
        "--group-by",
        choices=[rule.value for rule in GroupBy],
        help="images that stay in one split: of a folder within the class, with the same start of "
        "the file name, or taken by the camera in one burst (default: none). Groups of the "
        "manifest always do",
    )
    group.add_argument(
        "--gap-seconds", metavar="X", help="the longest pause within a burst (default: 10)"
    )
    group.add_argument(
        "--split-anew",
        action="store_true",
        help="throw training and validation images of a dataset that says its split together first",
    )
    group.add_argument(
        "--split-from",
        type=Path,
        metavar="FILE",
        help="place each image where this table has it, as `tlstudio split --out` writes it",
    )
    for what in _COLUMNS:
        group.add_argument(
            f"--{what}-column",
            metavar="NAME",
            help=f"the column of a table that says the {what} (default: guessed)"
            + ("; - for none" if what in ("split", "group") else ""),
        )
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
    manifest: Manifest | None = None,
) -> DatasetIndex:
    """Open the dataset and print what was found.

    Args:
        arguments: with the folder and the flags of the split.
        output: where it is printed.
        stop: read meanwhile.
        split: where no flag says it.
        options: how to read it, where no flag says it.
        manifest: in place of the one in force.

    Raises:
        ConfigError: a flag is no number, or can be read in two ways.
        DatasetError: there is no dataset, or it can be read in several ways.
        KeyboardInterrupt: `stop` said so meanwhile.
    """
    split = split_of(arguments) or split
    options = options_of(arguments) or options
    try:
        index = read_data(arguments, split, options, stop, manifest)
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
    manifest: Manifest | None = None,
) -> DatasetIndex:
    """Open the dataset as ``--values`` and ``--split-from`` ask for.

    Raises:
        ConfigError: the first asks for no range.
        DatasetError: see `open_dataset` and `placed_by`.
    """
    from tlstudio.engine.data.sources import open_dataset, stored_options

    index = open_dataset(arguments.data, split, options, manifest=manifest, stop=stop)
    if getattr(arguments, "values", None) is not None:
        values = _values_of(arguments.values, index.value_facts)  # some follow from the images
        options = replace(options or stored_options(arguments.data), values=values)
        index = open_dataset(arguments.data, split, options, manifest=manifest, stop=stop)
    if arguments.split_from is not None:
        from tlstudio.engine.data.split_file import placed_by

        index = index.edited(placed_by(arguments.split_from, index)[0])
    return index


def split_of(arguments: argparse.Namespace) -> SplitConfig | None:
    """The split asked for; None where nothing was."""
    given = {name: getattr(arguments, name) for name in _SPLIT_FLAGS}
    values: dict[str, Any] = {
        _SPLIT_FLAGS[name]: number_of(value, name, is_integer=name in _WHOLE)
        for name, value in given.items()
        if value is not None
    }
    if arguments.group_by is not None:
        values["group_by"] = GroupBy(arguments.group_by)
    if arguments.split_anew:
        values["anew"] = True
    return SplitConfig(**values) if values else None


def options_of(arguments: argparse.Namespace) -> ReadOptions | None:
    """How to read the dataset, where a flag says it; None where none does."""
    columns = {f"{what}_column": getattr(arguments, f"{what}_column") for what in _COLUMNS}
    columns = {name: value for name, value in columns.items() if value is not None}
    if arguments.read_as is None and not columns:
        return None
    from tlstudio.engine.data.sources import stored_options

    options = stored_options(arguments.data)
    if columns:
        options = replace(options, table=replace(options.table or TableOptions(), **columns))
    if arguments.read_as is not None:
        options = replace(options, reading=arguments.read_as)
    return options


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
    """The first Ctrl+C ends the work in order and says so, the second one at once.

    The system's wish that the program ends is answered likewise, and a terminal that goes away.
    """
    stop = StopToken()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def answer(_number: int, _frame: object) -> None:
        if stop.stopped:
            raise KeyboardInterrupt
        stop.stop()
        output.note_from_signal(f"tlstudio: {said}")

    with signals_answered(answer):
        yield stop


def result_of(steps: Iterable[object], kind: type[Result], tell: Callable[[Any], None]) -> Result:
    """Go through `steps` of which one is the result; `tell` is given all others.

    Raises:
        KeyboardInterrupt: a person stopped the work before there was a result.
    """
    result = None
    for step in steps:
        if isinstance(step, kind):
            result = step
        else:
            tell(step)
    if result is None:
        raise KeyboardInterrupt
    return result

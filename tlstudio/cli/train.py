"""`train`: from a folder of images to a file of weights."""

from __future__ import annotations

import argparse
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.output import Output
from tlstudio.cli.run_lines import print_dataset, print_event
from tlstudio.core.catalog import file_stem
from tlstudio.core.config import RunConfig
from tlstudio.core.dataset import SplitConfig
from tlstudio.core.errors import ConfigError, DatasetError, TLStudioError
from tlstudio.core.events import RunEnded, RunEndReason, StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.dataset import DatasetIndex
    from tlstudio.engine.classifier import Classifier

_EXIT_CODES = {
    RunEndReason.FINISHED: 0,
    RunEndReason.EARLY: 0,
    RunEndReason.FAILED: 1,
    RunEndReason.STOPPED: 130,
}
_SPLIT_FLAGS = {"val_fraction": float, "test_fraction": float, "split_seed": int}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data", type=Path, metavar="DATA", help="folder with train/ and val/, or with class folders"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where weights, history and settings go (default: tlstudio-runs/MODEL-TIME)",
    )
    add_json_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def add_split_flags(parser: argparse.ArgumentParser) -> None:
    """How to split a folder that does not say so itself."""
    group = parser.add_argument_group("Split, where the folders don't say it")
    group.add_argument("--val-fraction", metavar="X", help="share for validation (default: 0.2)")
    group.add_argument("--test-fraction", metavar="X", help="share for testing (default: 0)")
    group.add_argument("--split-seed", metavar="N", help="another seed, another split (default: 0)")


def _run(arguments: argparse.Namespace, output: Output) -> int:
    config = config_of(arguments)
    split = split_of(arguments)
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.data.sources import open_dataset

        try:
            index = open_dataset(arguments.data, split, stop=stop)
        except DatasetError:
            if stop.stopped:
                raise KeyboardInterrupt from None
            raise
        print_dataset(index, output)

        from tlstudio.engine.models.build import build_classifier
        from tlstudio.engine.trainer import check_run, train

        problems = check_run(config, index)
        for problem in problems:
            output.error(problem)
        if problems:
            return 2
        classifier = build_classifier(config, index.classes)
        if stop.stopped:  # nothing was learned that could take the place of an earlier run
            raise KeyboardInterrupt
        out = _make_folder(arguments.out or _default_folder(config))
        is_unheard = False
        for event in train(config, index, stop, classifier):
            if isinstance(event, RunEnded):
                code = _end(event, classifier, index, out, output)
                return 1 if is_unheard else code
            print_event(event, output)
            if output.is_broken and not stop.stopped:  # keep what was learned
                is_unheard = True
                stop.stop()
    raise AssertionError("a run ends with RunEnded")


def _end(
    event: RunEnded, classifier: Classifier, index: DatasetIndex, out: Path, output: Output
) -> int:
    """Write what was learned, say how it ended; returns the exit code."""
    from tlstudio.cli.run_files import write_run

    weights: Path | None = None
    code = _EXIT_CODES[event.reason]
    error = event.error
    if event.reason is not RunEndReason.FAILED or event.epochs:
        try:
            weights = write_run(classifier, index, out)
        except TLStudioError as problem:
            error, code = error or problem, 1
            if problem is not error:
                output.error(problem)
    print_event(event, output, weights=weights, error=error)
    if error is not None:
        output.error(error)
    return code


def split_of(arguments: argparse.Namespace) -> SplitConfig | None:
    """The split asked for; None where nothing was."""
    given = {name: getattr(arguments, name) for name in _SPLIT_FLAGS}
    given = {name: value for name, value in given.items() if value is not None}
    values: dict[str, float | int] = {}
    for name, value in given.items():
        try:
            values[name.removeprefix("split_")] = _SPLIT_FLAGS[name](value)
        except ValueError:
            raise ConfigError(
                QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
                QT_TRANSLATE_NOOP("core", "It must be a number."),
                name=name,
                value=value,
            ) from None
    return SplitConfig(**values) if values else None  # type: ignore[arg-type]


def _default_folder(config: RunConfig) -> Path:
    time = datetime.now().strftime("%Y%m%d-%H%M%S")
    return Path("tlstudio-runs") / f"{file_stem(config.model)}-{time}"


def _make_folder(folder: Path) -> Path:
    """Made and tried before training, so that a wrong path does not cost a run."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be written: {why}."),
            QT_TRANSLATE_NOOP("core", "Choose another folder, or make room on the disk."),
            name=folder,
            why=error.strerror or str(error),
        ) from error
    return folder


@contextmanager
def ctrl_c_stops(output: Output) -> Iterator[StopToken]:
    """The first Ctrl+C ends the run after the present batch, the second one at once."""
    stop = StopToken()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_signal(number: int, frame: object) -> None:
        if stop.stopped:
            raise KeyboardInterrupt
        stop.stop()
        output.note_from_signal("tlstudio: Stopping after this batch; press Ctrl+C again to abort.")

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


COMMAND = Command("train", "Train a classifier on a folder of images.", _add_arguments, _run)

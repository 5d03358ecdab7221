"""`train`: from a folder of images to a file of weights."""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of
from tlstudio.cli.dataset import (
    add_data_argument,
    add_split_flags,
    ctrl_c_stops,
    open_data,
)
from tlstudio.cli.output import Output
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.cli.run_lines import print_end, print_event
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError, TLStudioError
from tlstudio.core.networks.catalog import file_stem
from tlstudio.core.runs.events import RunEndReason
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.engine.models.classifier import Classifier

_EXIT_CODES = {
    RunEndReason.FINISHED: 0,
    RunEndReason.EARLY: 0,
    RunEndReason.FAILED: 1,
    RunEndReason.STOPPED: 130,
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_argument(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where weights, history and settings go (default: tlstudio-runs/MODEL-TIME)",
    )
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = PresetFlags.of(arguments, config_of(arguments))
    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop)
        config, _ = flags.for_dataset(index, output)

        from tlstudio.engine.models.build import build_classifier
        from tlstudio.engine.training.run_checks import checked_plan
        from tlstudio.engine.training.trainer import train

        plan = checked_plan(config, index)
        classifier = build_classifier(config, index.classes)
        if stop.stopped:  # nothing was learned that could take the place of an earlier run
            raise KeyboardInterrupt
        out = _make_folder(arguments.out or _default_folder(config))
        run = RunRecord(Settings(config, plan), index.name, index.fingerprint, index.classes)
        is_unheard = False
        for event in train(config, index, stop, classifier, plan=plan):
            run = run.with_event(event)
            print_event(event, output)
            if run.end is None and output.is_broken and not stop.stopped:  # keep what was learned
                is_unheard = True
                stop.stop()
        code = _end(run, classifier, index, out, output)
        return 1 if is_unheard else code


def _end(
    run: RunRecord, classifier: Classifier, index: DatasetIndex, out: Path, output: Output
) -> int:
    """Write what was learned, say how it ended; returns the exit code."""
    from tlstudio.cli.run_files import write_run

    weights: Path | None = None
    assert run.end is not None, "a run ends with RunEnded"
    code, error = _EXIT_CODES[run.end.reason], run.end.error
    if run.end.reason is not RunEndReason.FAILED or run.history.epochs:
        try:
            weights = write_run(run, classifier, index, out)
        except TLStudioError as problem:
            error, code = error or problem, 1
            if problem is not error:
                output.error(problem)
    print_end(run, output, weights=weights, error=error)
    if error is not None:
        output.error(error)
    return code


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


COMMAND = Command("train", "Train a classifier on a folder of images.", _add_arguments, _run)

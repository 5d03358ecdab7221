"""`train`: from a folder of images to a run that is kept; and on with one that was kept."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of, given_fields, number_of
from tlstudio.cli.dataset import (
    add_split_flags,
    ctrl_c_stops,
    open_data,
)
from tlstudio.cli.out import add_overwrite_flag
from tlstudio.cli.output import Output
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.cli.run_lines import print_end, print_event, print_leaks
from tlstudio.core.config.command_line import flag
from tlstudio.core.errors import ConfigError, DatasetError
from tlstudio.core.runs.events import RunEndReason, RunNotKept, StopToken
from tlstudio.core.runs.kept import RunOrigin
from tlstudio.core.runs.record import RunRecord
from tlstudio.core.settings import Settings
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.engine.runs.store import RunStore

_EXIT_CODES = {
    RunEndReason.FINISHED: 0,
    RunEndReason.EARLY: 0,
    RunEndReason.FAILED: 1,
    RunEndReason.STOPPED: 130,
}
_COMPLETE = (RunEndReason.FINISHED, RunEndReason.EARLY)
_WITH_RESUME = ("epochs",)  # the settings that a run may have otherwise when it goes on


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data",
        type=Path,
        nargs="?",
        metavar="DATA",
        help="folder with train/ and val/, or with class folders; with --resume where it is now",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="the run's folder, with weights.pth in it (default: one in the studio's own folder)",
    )
    parser.add_argument(
        "--resume",
        metavar="RUN",
        help="go on with a run, by its folder or id; with --epochs to have more of them in all",
    )
    parser.add_argument(
        "--log",
        action="append",
        default=[],
        metavar="tensorboard|mlflow",
        help="tell another program of the run as well, in a folder beside its files; repeatable",
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


@dataclass(frozen=True)
class _Job:
    """A run that is about to begin, or to go on.

    Attributes:
        record: what is known of it, the epochs before among it.
        folder: of its files.
        has_out: whether a person named the folder; then plain weights lie in it as well.
    """

    settings: Settings
    index: DatasetIndex
    record: RunRecord
    folder: Path
    has_out: bool
    is_resumed: bool = False


def _run(arguments: argparse.Namespace, output: Output) -> int:
    flags = None if arguments.resume else PresetFlags.of(arguments, config_of(arguments))
    if flags is not None and arguments.data is None:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "The following arguments are required: {names}."),
            names="DATA",
        )
    with ctrl_c_stops(output) as stop:
        from tlstudio.engine.runs.store import RunStore

        store = RunStore()
        if flags is None:
            job = _old_run(arguments, output, stop, store)
        else:
            job = _new_run(arguments, flags, output, stop, store)
        return _train(job, store, output, stop, arguments.log)


def _new_run(
    arguments: argparse.Namespace,
    flags: PresetFlags,
    output: Output,
    stop: StopToken,
    store: RunStore,
) -> _Job:
    if arguments.out is not None:
        _check_out(arguments.out.absolute(), store, overwrite=arguments.overwrite)
    index = open_data(arguments, output, stop)
    print_leaks(index, output, stop)
    config, _ = flags.for_dataset(index, output)

    from tlstudio.engine.training.run_checks import checked_plan

    settings = Settings(config, checked_plan(config, index))
    run_id = store.new_id()
    record = RunRecord(settings, index.name, index.fingerprint, index.classes, run_id=run_id)
    has_out = arguments.out is not None
    folder = arguments.out.absolute() if has_out else store.folder / run_id
    return _Job(settings, index, record, folder, has_out)


def _old_run(
    arguments: argparse.Namespace, output: Output, stop: StopToken, store: RunStore
) -> _Job:
    """The run that `--resume` names, with its dataset.

    Raises:
        TLStudioError: it cannot go on.
    """
    others = [name for name in given_fields(arguments) if name not in _WITH_RESUME]
    if others or arguments.out is not None:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{flag} has no meaning with --resume."),
            QT_TRANSLATE_NOOP("core", "A run goes on with its own settings and folder."),
            flag=flag(others[0]) if others else "--out",
        )
    from tlstudio.engine.runs.checkpoint import read_checkpoint
    from tlstudio.engine.runs.files import PLAIN_WEIGHTS, RUN, damaged
    from tlstudio.engine.runs.recording import resumed_record

    entry = store.find_any(arguments.resume)
    kept = store.open(entry.id)
    if kept.record.settings is None:
        raise damaged(RUN)
    settings = kept.record.settings
    read_checkpoint(entry.folder)  # before a dataset is opened in vain
    if "epochs" in arguments:
        epochs = int(number_of(arguments.epochs, "--epochs", is_integer=True))
        settings = replace(settings, config=settings.config.changed(epochs=epochs))
    is_done = not entry.can_continue and not entry.is_running
    if entry.epochs >= settings.config.epochs or (is_done and "epochs" not in arguments):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "This run has had its {epochs} epochs."),
            QT_TRANSLATE_NOOP("core", "Say how many it is to have in all, for example {example}."),
            epochs=entry.epochs,
            example=f"--epochs {2 * max(1, entry.epochs)}",
        )
    arguments.data = arguments.data or Path(entry.root)
    index = open_data(arguments, output, stop, kept.split_config, kept.read_options, kept.manifest)
    if index.fingerprint != entry.fingerprint:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” is not the dataset that the run began with."),
            QT_TRANSLATE_NOOP(
                "core", "Its images, classes and split must be the same for a run to go on."
            ),
            name=arguments.data,
        )
    record = resumed_record(store, entry.id, settings)
    has_plain = (entry.folder / PLAIN_WEIGHTS).exists()
    return _Job(settings, index, record, entry.folder, has_plain, is_resumed=True)


def _train(
    job: _Job, store: RunStore, output: Output, stop: StopToken, logger_names: Sequence[str]
) -> int:
    from tlstudio.engine.models.build import build_classifier
    from tlstudio.engine.runs.loggers import logged, make_loggers
    from tlstudio.engine.runs.recording import keep_run
    from tlstudio.engine.runs.replaced import put_aside

    classifier = build_classifier(job.settings.config, job.index.classes)
    if stop.stopped:
        raise KeyboardInterrupt
    if job.has_out:
        _make_folder(job.folder)
        if not job.is_resumed:
            put_aside(job.folder, store)
    loggers = make_loggers(logger_names, job.folder)
    run, is_unheard = job.record, False
    unkept: RunNotKept | None = None
    events = keep_run(
        job.settings,
        job.index,
        stop,
        classifier,
        store=store,
        run_id=run.run_id,
        origin=RunOrigin.TERMINAL,
        folder=job.folder,
        resume=job.is_resumed,
        plain_weights=job.has_out,
    )
    try:
        for event in logged(events, run, loggers):
            run = run.with_event(event)
            if isinstance(event, RunNotKept) and event.is_last:
                unkept = event
            print_event(event, output)
            if run.end is None and output.is_broken and not stop.stopped:  # keep what was learned
                is_unheard = True
                stop.stop()
    finally:
        _settle_replaced(run, job, store, output)
    code = _end(run, unkept, job, output)
    return 1 if is_unheard else code


def _settle_replaced(run: RunRecord, job: _Job, store: RunStore, output: Output) -> None:
    """A complete run has taken the place of the one before; that comes back where none is there."""
    from tlstudio.engine.runs.replaced import ASIDE, bring_back, drop

    if run.end is not None and run.end.reason in _COMPLETE:
        drop(job.folder)
        return
    bring_back(job.folder, store)
    if (job.folder / ASIDE).exists():
        output.note(f"tlstudio: The run that was there before is in {job.folder / ASIDE}.")


def _end(run: RunRecord, unkept: RunNotKept | None, job: _Job, output: Output) -> int:
    """Say how it ended; returns the exit code."""
    from tlstudio.engine.runs.files import PLAIN_WEIGHTS, WEIGHTS

    assert run.end is not None, "a run ends with RunEnded"
    code, error = _EXIT_CODES[run.end.reason], run.end.error
    kept = job.folder / (PLAIN_WEIGHTS if job.has_out else WEIGHTS)
    weights = kept if kept.exists() and run.history.epochs else None
    if unkept is not None:
        weights, code = unkept.weights, code or 1
    print_end(run, output, weights=weights, error=error)
    if error is not None:
        output.error(error)
    return code


def _check_out(folder: Path, store: RunStore, *, overwrite: bool) -> None:
    """Look before any work whether a folder may take a new run.

    Raises:
        ConfigError: it holds a run, and that may not be replaced or is going on.
    """
    from tlstudio.engine.runs.lock import is_locked
    from tlstudio.engine.runs.replaced import has_run_files

    if is_locked(folder):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "This run is being trained already."),
            QT_TRANSLATE_NOOP("core", "Look for another window or terminal of the studio."),
        )
    if has_run_files(folder, store) and not overwrite:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds another run already."),
            QT_TRANSLATE_NOOP(
                "core",
                "Choose another folder, go on with it (--resume {name}), or let the new run take "
                "its place (--overwrite).",
            ),
            name=folder,
        )


def _make_folder(folder: Path) -> None:
    """Made and tried before training, so that a wrong path does not cost a run.

    Raises:
        ConfigError: it cannot be written to.
    """
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


COMMAND = Command("train", "Train a classifier on a folder of images.", _add_arguments, _run)

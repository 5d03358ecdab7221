"""`pack`: a class pack, all that a class needs as one file."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.config_flags import add_config_flags, config_of, given_fields
from tlstudio.cli.dataset import add_split_flags, ctrl_c_stops, open_data, result_of
from tlstudio.cli.out import add_overwrite_flag, free_file
from tlstudio.cli.output import Output, megabytes
from tlstudio.cli.preset import PresetFlags, add_preset_flag
from tlstudio.core.classroom import SUFFIX
from tlstudio.core.classroom.pack import PackContents, PackMade, PackProgressed
from tlstudio.core.config import RunConfig
from tlstudio.core.errors import ConfigError
from tlstudio.core.lessons.table import find_lesson
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.texts import QT_TRANSLATE_NOOP


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data", nargs="?", type=Path, metavar="DATA", help="the dataset whose images go along"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=f"the pack, e.g. week-3{SUFFIX}"
    )
    parser.add_argument(
        "--title", default="", metavar="TEXT", help="what the class is about (default: the name)"
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="what to say to the class")
    parser.add_argument(
        "--sample", default="", metavar="NAME", help="a sample dataset, in place of DATA"
    )
    parser.add_argument(
        "--networks",
        nargs="+",
        default=[],
        metavar="MODEL",
        help="further networks whose pretrained weights go along; MODEL:WEIGHTS for other than the "
        "default ones",
    )
    parser.add_argument(
        "--lesson", default="", metavar="ID", help="the lesson to begin with, or quiz"
    )
    parser.add_argument("--quiz", type=Path, metavar="FILE", help="a text file of questions")
    parser.add_argument(
        "--no-settings", action="store_true", help="leave settings to whoever opens it"
    )
    add_overwrite_flag(parser)
    add_json_flag(parser)
    add_preset_flag(parser)
    add_config_flags(parser)
    add_split_flags(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.classroom.make import make_pack

    out: Path = arguments.out
    target = out if out.suffix.lower() == SUFFIX else out.with_name(out.name + SUFFIX)
    free_file(target, overwrite=arguments.overwrite)
    with ctrl_c_stops(output) as stop:
        index = open_data(arguments, output, stop) if arguments.data is not None else None
        config: RunConfig | None = config_of(arguments)
        if arguments.no_settings:
            config = None
        elif index is not None:
            config, _ = PresetFlags.of(arguments, config_of(arguments)).for_dataset(index, output)
        elif not given_fields(arguments):
            config = None
        contents = PackContents(
            arguments.title or target.stem,
            arguments.note,
            index,
            arguments.sample,
            tuple(_name(word) for word in arguments.networks),
            config,
            _lesson(arguments.lesson),
            arguments.quiz,
        )
        steps = make_pack(contents, target, stop)
        made = result_of(steps, PackMade, partial(print_progress, output, "packing"))
    if made.missing:
        output.note(f"tlstudio: {made.missing:,} images could not be read, and are not in the pack")
    output.line(f"{len(made.manifest.files):,} files, {megabytes(made.size_bytes)}: {made.path}")
    output.record(
        path=str(made.path),
        size_bytes=made.size_bytes,
        images=0 if made.manifest.dataset is None else made.manifest.dataset.images,
        weights=[row.name._asdict() for row in made.manifest.weights],
        missing=made.missing,
    )
    return 0


def print_progress(output: Output, doing: str, event: PackProgressed) -> None:
    """Say how much of a pack is written, or taken out of it."""
    done, total = megabytes(event.done_bytes), megabytes(event.total_bytes)
    output.progress(f"{doing} {done} of {total}")


def _name(word: str) -> WeightsName:
    from tlstudio.engine.models.catalog import get_model

    model, _, weights = word.partition(":")
    spec = get_model(model)
    chosen = spec.weights_named(weights)
    if chosen is None:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "{model} has no pretrained weights."), model=spec.title
        )
    return WeightsName(spec.name, chosen.name)


def _lesson(name: str) -> str:
    """The place in the Learn window."""
    if name in ("", "quiz"):
        return name
    if find_lesson(name) is None:
        raise ConfigError(QT_TRANSLATE_NOOP("core", "There is no lesson “{name}”."), name=name)
    return f"lesson/{name}"


COMMAND = Command(
    "pack", "Make a class pack: all that a class needs, in one file.", _add_arguments, _run
)

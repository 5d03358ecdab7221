"""`unpack`: a class pack is looked into, or taken over."""

from __future__ import annotations

import argparse
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.dataset import ctrl_c_stops, result_of
from tlstudio.cli.output import Output, megabytes
from tlstudio.cli.pack import print_progress
from tlstudio.core.classroom.pack import PackManifest, PackOpened
from tlstudio.core.config.command_line import flags_of

if TYPE_CHECKING:
    from tlstudio.engine.classroom.open import PackLook


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pack", type=Path, metavar="PACK", help="the class pack (.tlspack)")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="DIR",
        help="its own folder, which must not exist yet (default: one in the studio's documents)",
    )
    parser.add_argument(
        "--list", action="store_true", help="only say what is in it; nothing is written"
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.classroom.open import look_into_pack, open_pack

    look = look_into_pack(arguments.pack)
    _print_contents(look, output)
    if arguments.list:
        output.record(**_facts(look.manifest), path=str(look.path))
        return 0
    with ctrl_c_stops(output) as stop:
        steps = open_pack(arguments.pack, stop, arguments.to)
        opened = result_of(steps, PackOpened, partial(print_progress, output, "unpacking"))
    _print_opened(opened, output)
    return 0


def _print_contents(look: PackLook, output: Output) -> None:
    manifest, dataset = look.manifest, look.manifest.dataset
    output.line(f"{manifest.title} ({megabytes(manifest.total_bytes)})")
    for line in manifest.note.splitlines():
        output.line(f"  {line}")
    if dataset is not None:
        what = f"{dataset.images:,} images" if dataset.folder else "a sample dataset"
        output.line(f"dataset   {dataset.title}, {what}")
    for row in manifest.weights:
        is_here = " (on this machine already)" if row.name in look.known else ""
        output.line(f"weights   {row.weights} of {row.model}{is_here}")
    if look.config is not None:
        output.line(f"settings  {look.config.model}, {look.config.strategy.replace('_', ' ')}")
    if manifest.lesson:
        output.line(f"begins    {manifest.lesson}")
    if manifest.has("quiz.txt"):
        output.line("quiz      quiz.txt")


def _print_opened(opened: PackOpened, output: Output) -> None:
    output.record(
        **_facts(opened.manifest),
        folder=str(opened.folder),
        opened_dataset=None if opened.dataset is None else str(opened.dataset),
        taken=[name._asdict() for name in opened.taken],
        known=[name._asdict() for name in opened.known],
        quiz=None if opened.quiz is None else str(opened.quiz),
        was_there=opened.was_there,
    )
    was = "It was opened before" if opened.was_there else "It is opened"
    output.line(f"{was}: {opened.folder}")
    data = _data_of(opened)
    if opened.config is not None and data is not None:
        words = ["tlstudio", "train", str(data), *flags_of(opened.config)]
        output.line(f"To train: {shlex.join(words)}")


def _data_of(opened: PackOpened) -> Path | None:
    """Its folder of images, or that of the sample dataset that it names."""
    from tlstudio.engine.data.samples import sample_dataset_folder

    dataset = opened.manifest.dataset
    return sample_dataset_folder(dataset.sample) if dataset and dataset.sample else opened.dataset


def _facts(manifest: PackManifest) -> dict[str, object]:
    dataset = manifest.dataset
    return {
        "title": manifest.title,
        "note": manifest.note,
        "size_bytes": manifest.total_bytes,
        "dataset": None if dataset is None else dataset.title,
        "images": 0 if dataset is None else dataset.images,
        "weights": [row.name._asdict() for row in manifest.weights],
        "lesson": manifest.lesson,
    }


COMMAND = Command("unpack", "Open a class pack, or say what is in it.", _add_arguments, _run)

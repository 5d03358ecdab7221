"""`models`: the catalog, and the pretrained weights on this machine."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_json_flag
from tlstudio.cli.output import Output, duration, percent
from tlstudio.core.errors import ConfigError
from tlstudio.core.networks.catalog import (
    WEIGHTS_PLACE_TITLES,
    ModelFilter,
    ModelSpec,
    WeightsPlace,
)
from tlstudio.core.networks.downloads import DownloadProgress, WeightsName
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from collections.abc import Sequence


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="words that the model must have")
    parser.add_argument("--all", action="store_true", help="every model, not the short list")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--download", metavar="MODEL", help="fetch the pretrained weights of a model")
    what.add_argument(
        "--stored", action="store_true", help="list the pretrained weights on this machine"
    )
    what.add_argument(
        "--import",
        dest="import_file",
        metavar="PATH",
        type=Path,
        help="take pretrained weights that were downloaded elsewhere; of a folder, e.g. of a USB "
        "stick, those of all networks in it",
    )
    what.add_argument("--remove", metavar="MODEL", help="delete the pretrained weights of a model")
    what.add_argument(
        "--measure",
        nargs="+",
        metavar="MODEL",
        help="how fast these networks run on this machine, and what memory training takes",
    )
    parser.add_argument(
        "--model", default="", metavar="MODEL", help="with --import: whose weights they are"
    )
    parser.add_argument(
        "--weights",
        default="",
        metavar="NAME",
        help="with --download, --import and --remove: which weights; the default ones otherwise",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="with --import and a folder: only say what is in it",
    )
    parser.add_argument(
        "--restart",
        action="store_true",
        help="with --download: begin again rather than go on where an earlier one ended",
    )
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    if arguments.weights and not (arguments.download or arguments.import_file or arguments.remove):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "--weights goes with --download, --import or --remove."),
        )
    if arguments.model and not arguments.import_file:
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "--model goes with --import."),
            QT_TRANSLATE_NOOP("core", "To look for a model, write its name alone: {model}."),
            model=arguments.model,
        )
    is_folder = arguments.import_file is not None and arguments.import_file.is_dir()
    if arguments.dry_run and not is_folder:
        raise ConfigError(QT_TRANSLATE_NOOP("core", "--dry-run goes with --import and a folder."))
    if arguments.restart and not arguments.download:
        raise ConfigError(QT_TRANSLATE_NOOP("core", "--restart goes with --download."))
    if arguments.measure:
        from tlstudio.cli.model_speeds import measure_models

        return measure_models(arguments.measure, output)
    if arguments.download:
        return _download(arguments, output)
    if arguments.stored:
        return _list_stored(output)
    if is_folder:
        from tlstudio.cli.import_folder import import_folder

        return import_folder(arguments.import_file, output, is_dry=arguments.dry_run)
    if arguments.import_file:
        return _import(arguments, output)
    if arguments.remove:
        return _remove(arguments, output)
    return _list(arguments, output)


def _list(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.models.catalog import list_models

    every = list_models()
    is_short = not (arguments.query or arguments.all or output.as_json)
    models = ModelFilter(" ".join(arguments.query), recommended=is_short)(every)
    for model in models:
        output.record(**asdict(model), input_px=model.preprocessing.crop_px)
    titles = ("model", "parameters", "GFLOPs", "input", "ImageNet top-1", "weights")
    _table(output, titles, [_row(model) for model in models])
    if is_short:
        output.note(
            f"tlstudio: {len(every)} models in all: "
            "tlstudio-cli models --all, or words to search for."
        )
    if not models:
        output.note("tlstudio: No model has all of these words. See tlstudio-cli models.")
    return 0


def _row(model: ModelSpec) -> tuple[str, ...]:
    weights: str = WEIGHTS_PLACE_TITLES[model.weights_place]
    if model.weights_place is WeightsPlace.REMOTE:
        weights += f" ({model.weights_bytes / 1e6:.0f} MB)"
    return (
        model.name,
        f"{model.parameters / 1e6:.1f} M" if model.parameters else "–",
        f"{model.gflops:.2f}" if model.gflops else "–",
        f"{model.preprocessing.crop_px} px",
        percent(model.imagenet_top1),
        weights,
    )


def _table(output: Output, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """The first column left, numbers right, the last one as it comes."""
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    for row in (titles, *rows):
        first, *numbers, last = row
        middle = "  ".join(t.rjust(w) for t, w in zip(numbers, widths[1:-1], strict=True))
        output.line(f"{first.ljust(widths[0])}  {middle}  {last}")


def _download(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.models.catalog import get_model
    from tlstudio.engine.weights.download import download_weights

    model: str = arguments.download
    chosen = get_model(model).weights_named(arguments.weights)
    if chosen is not None and not chosen.ready and not chosen.has_checksum:
        output.note(
            f"tlstudio: Nobody states a checksum for the weights of {model}: the first download "
            "is taken as it comes, and later ones are compared with it."
        )

    def on_progress(progress: DownloadProgress) -> None:
        output.progress(f"{model}: {_progress(progress)}")

    path = download_weights(
        model, arguments.weights, restart=arguments.restart, on_progress=on_progress
    )
    output.record(event="downloaded", model=model, weights=arguments.weights, path=str(path))
    output.line(f"The pretrained weights of {model} are on this machine.")
    return 0


def _progress(progress: DownloadProgress) -> str:
    text = f"{progress.done_bytes / 1e6:.0f}"
    if progress.total_bytes:
        text += f" of {progress.total_bytes / 1e6:.0f}"
    text += " MB"
    if progress.bytes_per_s:
        text += f", {progress.bytes_per_s / 1e6:.1f} MB/s"
    if progress.seconds_left is not None:
        text += f", {duration(progress.seconds_left)} left"
    return text


def _list_stored(output: Output) -> int:
    from tlstudio.engine.weights.stored import partial_downloads, stored_weights

    rows: list[tuple[str, ...]] = []
    for row in stored_weights():
        output.record(
            model=row.name.model,
            weights=row.name.weights,
            place=row.place,
            size_bytes=row.size_bytes,
            path=str(row.path),
        )
        place = WEIGHTS_PLACE_TITLES[row.place]
        rows.append((*row.name, f"{row.size_bytes / 1e6:.1f} MB", place, str(row.path)))
    for part in partial_downloads():
        output.record(
            model=part.name.model,
            weights=part.name.weights,
            place="unfinished",
            size_bytes=part.done_bytes,
            total_bytes=part.total_bytes,
            path=str(part.path),
        )
        size = f"{part.done_bytes / 1e6:.1f} MB"
        rows.append((*part.name, size, "unfinished", str(part.path)))
    _table(output, ("model", "weights", "size", "place", "file"), rows)
    return 0


def _import(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.weights.import_file import import_weights

    name = import_weights(arguments.import_file, arguments.model, arguments.weights)
    output.record(event="imported", **name._asdict())
    output.line(f"The pretrained weights {_shown(name)} are on this machine.")
    return 0


def _remove(arguments: argparse.Namespace, output: Output) -> int:
    from tlstudio.engine.weights.stored import remove_weights

    path = remove_weights(arguments.remove, arguments.weights)
    output.record(event="removed", model=arguments.remove, path=str(path))
    output.line(f"The pretrained weights of {arguments.remove} are deleted.")
    return 0


def _shown(name: WeightsName) -> str:
    return f"{name.weights} of {name.model}"


COMMAND = Command("models", "List the networks, or fetch pretrained weights.", _add_arguments, _run)

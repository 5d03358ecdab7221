"""`export`: a trained network as a file or a folder that is used outside the studio."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.cli.command import Command, add_classes_flag, add_json_flag, given_classes
from tlstudio.cli.dataset import ctrl_c_stops
from tlstudio.cli.output import Output
from tlstudio.core.errors import ConfigError
from tlstudio.core.export.formats import (
    DEFAULT_OPSET,
    EXPORT_FORMATS,
    EXPORT_PART_TITLES,
    MAX_OPSET,
    MIN_OPSET,
    WEB,
    Exported,
    ExportFormat,
    ExportOptions,
)
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tlstudio.core.data.dataset import DatasetIndex
    from tlstudio.core.export.receipt import Receipt
    from tlstudio.core.networks.downloads import DownloadProgress
    from tlstudio.core.runs.events import StopToken
    from tlstudio.core.runs.kept import KeptRun


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "weights",
        metavar="RUN_OR_WEIGHTS",
        help="the folder or the id of a run, or a file of weights",
    )
    parser.add_argument(
        "--to",
        required=True,
        metavar="FORMAT",
        help="; ".join(f"{row.id}: {row.title}" for row in EXPORT_FORMATS),
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="the file or folder to write"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DATA",
        help="the dataset that the export is compared on (default: that of the run)",
    )
    parser.add_argument(
        "--int8",
        action="store_true",
        help="compute with 8-bit integers: a quarter of the size, faster, a little less accurate",
    )
    parser.add_argument(
        "--opset",
        type=int,
        metavar="N",
        help=f"version of ONNX's operators, {MIN_OPSET} to {MAX_OPSET} (default: {DEFAULT_OPSET})",
    )
    parser.add_argument(
        "--with-preprocessing",
        action="store_true",
        help="let the file take uint8 images, cropped to its size, and scale them itself",
    )
    parser.add_argument(
        "--download",
        action="store_true",
        help="fetch what a web page is run by, where it is not on this machine yet: 33 MB, once",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there already")
    parser.add_argument("--model", help="its network, where the file does not say")
    add_classes_flag(parser)
    add_json_flag(parser)


def _run(arguments: argparse.Namespace, output: Output) -> int:
    options = ExportOptions(
        arguments.to, arguments.int8, arguments.opset, arguments.with_preprocessing
    )
    row = options.check()
    out = _place(arguments.out, row, overwrite=arguments.overwrite)

    from tlstudio.engine.data.sources import open_dataset
    from tlstudio.engine.export.export import export_run
    from tlstudio.engine.runs.dataset import dataset_of
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.runs.weights import load_any

    exported: Exported | None = None
    with ctrl_c_stops(output) as stop:
        if row.id == WEB:
            _need_web_runtime(arguments, output, stop)
        classes = given_classes(arguments)
        loaded = load_any(arguments.weights, model=arguments.model, classes=classes)
        for note in loaded.notes:
            output.note(f"tlstudio: {note}")
        run: KeptRun | None = None
        if loaded.source == "run":
            store = RunStore()
            run = store.open(store.find_any(arguments.weights).id)
        index: DatasetIndex | None = None
        if arguments.data is not None:
            index = open_dataset(arguments.data, run.split_config if run else None, stop=stop)
        elif run is not None:
            index = dataset_of(run, stop)
        if index is None:
            output.note(
                "tlstudio: Its dataset is not at hand: the export is compared on random images. "
                "Name one with --data."
            )
        for event in export_run(loaded.classifier, options, out, stop, index=index, run=run):
            if isinstance(event, Exported):
                exported = event
            else:
                done = f" {event.done} / {event.total}" if event.total else ""
                output.progress(f"{EXPORT_PART_TITLES[event.part]}{done}")
    if exported is None:
        raise KeyboardInterrupt
    receipt = exported.receipt
    output.record(
        paths=[str(path) for path in exported.paths],
        size_bytes=_size_bytes(exported.path),
        receipt=receipt.to_values(),
    )
    if not receipt.is_passed:
        output.error(receipt.error(exported.path))
        return 1
    output.line(f"Written: {exported.path} ({_size_bytes(exported.path) / 1e6:.1f} MB)")
    _print_receipt(receipt, output)
    output.line(f"Receipt: {exported.paths[1]}")
    return 0


def _need_web_runtime(arguments: argparse.Namespace, output: Output, stop: StopToken) -> None:
    """Raises where it is not on this machine and nobody allowed its download."""
    from tlstudio.engine.export.web.runtime import NAME, download_runtime, require_runtime

    def told(progress: DownloadProgress) -> None:
        output.progress(f"{NAME} {progress.done_bytes / 1e6:.0f} MB")

    if arguments.download:
        download_runtime(stop=stop, on_progress=told)
    require_runtime()


def _place(out: Path, row: ExportFormat, *, overwrite: bool) -> Path:
    """Where to write, with the suffix of the format.

    Raises:
        ConfigError: it is no name, or something is there and nobody said that it may be replaced.
    """
    if out.name in ("", ".."):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            QT_TRANSLATE_NOOP("core", "Give the file or folder that is to be written a name."),
            name="--out",
            value=out,
        )
    if row.suffix and out.suffix.lower() != row.suffix:
        out = out.with_name(out.name + row.suffix)
    if not overwrite and is_there(out) and not _is_empty(out):
        raise ConfigError(
            QT_TRANSLATE_NOOP("core", "“{name}” is there already."),
            QT_TRANSLATE_NOOP("core", "Give --out another name, or add --overwrite."),
            name=out,
        )
    return out


def _is_empty(folder: Path) -> bool:
    try:
        return not any(folder.iterdir())
    except OSError:  # a file, or a folder that may not be looked into
        return False


def _print_receipt(receipt: Receipt, output: Output) -> None:
    output.line(str(receipt.sentence))
    where = f"validation images of “{receipt.dataset}”" if receipt.dataset else "random images"
    output.line(f"Compared in another process, on {receipt.images} {where}.")
    for title, share in (
        ("original", receipt.accuracy_before),
        ("export", receipt.accuracy_after),
    ):
        if share is not None and share.value is not None and share.interval is not None:
            low, high = 100 * share.interval.low, 100 * share.interval.high
            output.line(f"  accuracy, {title:<9} {100 * share.value:.1f} % ({low:.1f}–{high:.1f})")
    if receipt.same_known is not None:
        output.line(f"  none of these: {receipt.same_known} of {receipt.images} alike")
    versions = ", ".join(f"{name} {version}" for name, version in receipt.versions.items())
    output.line(f"  {versions}; processor: {' '.join(receipt.cpu_flags) or 'unknown'}")


def _size_bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())


COMMAND = Command(
    "export",
    "Write a trained network for use outside the studio (ONNX, PyTorch, a ready-to-run folder), "
    "and compare it with the original. The training as code: export-code.",
    _add_arguments,
    _run,
)

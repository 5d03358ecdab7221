"""Makes an export: written beside its place, compared with the original, then put there."""

from __future__ import annotations

import glob
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.errors import StorageError
from tlstudio.core.export.formats import (
    FAILED_SUFFIX,
    RECEIPT_SUFFIX,
    Exported,
    ExportOptions,
    ExportPart,
    ExportProgressed,
)
from tlstudio.core.export.receipt import Receipt
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.kept import KeptRun
from tlstudio.core.storage import atomic_write, is_there, place_of, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.export.compare import compare
from tlstudio.engine.export.folder import FOLDER_FILES, describe_folder, write_folder
from tlstudio.engine.export.job import ExportJob
from tlstudio.engine.export.onnx_file import write_onnx
from tlstudio.engine.export.torch_export_file import write_torch_export
from tlstudio.engine.export.web.write import write_page
from tlstudio.engine.models.classifier import Classifier
from tlstudio.engine.weights.save import save_weights

_UNFINISHED = ".part"  # at the end of a folder in which an export is being made
FOLDER_RECEIPT = "receipt.json"


def write_safetensors(job: ExportJob, path: Path) -> Iterator[ExportProgressed]:
    """Write the weights alone, as the studio keeps them."""
    yield ExportProgressed(ExportPart.WRITE)
    save_weights(job.classifier, path)


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """How a form of export is made.

    Attributes:
        write: writes it to a path where nothing is yet.
        reader: which of `readers.READERS` opens it for the comparison.
        describe: writes what is to be read beside it, once that is known to be true.
    """

    write: Callable[[ExportJob, Path], Iterator[ExportProgressed]]
    reader: str
    describe: Callable[[ExportJob, Path, Receipt], None] | None = None


# One row for each of `EXPORT_FORMATS`.
WRITERS: dict[str, ExportWriter] = {
    "onnx": ExportWriter(write_onnx, "onnxruntime"),
    "web": ExportWriter(write_page, "browser"),
    "folder": ExportWriter(write_folder, "predict.py", describe_folder),
    "torch-export": ExportWriter(write_torch_export, "torch.export"),
    "safetensors": ExportWriter(write_safetensors, "safetensors"),
}


def export_run(
    source: Classifier | str,
    options: ExportOptions,
    out: Path,
    stop: StopToken,
    *,
    index: DatasetIndex | None = None,
    run: KeptRun | None = None,
) -> Iterator[ExportProgressed | Exported]:
    """Yield progress, and the export at last; nothing is left where it was stopped.

    What does not compute the same as the original is kept under a name that says so, and
    `Exported.receipt` tells: whoever calls this must look at `receipt.is_passed`.

    Args:
        source: a classifier, which stays as it is and may go on training; or the id or folder of
            a run, or a file of weights.
        options: the form and its options.
        out: the file or folder; a file that is there is replaced, and a folder where it is empty
            or holds an export and nothing else. Where it is a link, what it leads to.
        stop: read between batches.
        index: the dataset, for the comparison and for 8-bit integers; None takes that of the run,
            if it is still there.
        run: that made the classifier, for the model card.

    Raises:
        ConfigError: the form has not such options.
        ExportError: the network cannot be exported so, or the export cannot be opened.
        StorageError, WeightsError: the network cannot be read, or the export not be written.
    """
    row = options.check()
    writer = WRITERS[row.id]
    if isinstance(source, str):
        source, run = _opened(source)
    if index is None and run is not None:
        from tlstudio.engine.runs.dataset import dataset_of

        index = dataset_of(run, stop)
    out = _end_of(out) if row.is_folder else place_of(out)
    if row.is_folder and not may_take_place_of(out):
        raise _in_the_way(out)
    job = ExportJob.of(source, options, stop, index, run)
    with _room_beside(out) as folder:
        path = folder / out.name
        yield from writer.write(job, path)
        receipt: Receipt | None = None
        if not stop.stopped:
            for event in compare(job, writer.reader, path):
                if isinstance(event, Receipt):
                    receipt = event
                else:
                    yield event
        if receipt is None:
            return
        if writer.describe is not None:
            writer.describe(job, path, receipt)
        final = out if receipt.is_passed else out.with_name(out.name + FAILED_SUFFIX)
        paths = _put(path, final, receipt)
    yield Exported(paths, receipt)


def may_take_place_of(out: Path) -> bool:
    """Whether a folder export may be put here: there is nothing, or one of before.

    What a person has put into that stays: it is no more to be replaced then.
    """
    if not is_there(out):
        return True
    try:
        names = {path.name for path in out.iterdir()}
    except OSError:
        return False
    return not names or (FOLDER_RECEIPT in names and names <= {FOLDER_RECEIPT, *FOLDER_FILES})


def _opened(name: str) -> tuple[Classifier, KeptRun | None]:
    from tlstudio.engine.runs.store import RunStore
    from tlstudio.engine.runs.weights import load_any

    loaded = load_any(name)
    if loaded.source != "run":
        return loaded.classifier, None
    store = RunStore()
    return loaded.classifier, store.open(store.find_any(name).id)


@contextmanager
def _room_beside(out: Path) -> Iterator[Path]:
    """A folder of its own on the same disk as `out`, gone when the block ends.

    Raises:
        StorageError: it cannot be made, or there is no room.
    """
    folder: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.", suffix=_UNFINISHED))
        yield folder
    except OSError as error:
        raise unwritable(out, error) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def take_away_unfinished(out: Path) -> None:
    """Delete what a process left beside `out` that was killed while it exported."""
    out = _end_of(out)
    for folder in out.parent.glob(f".{glob.escape(out.name)}.*{_UNFINISHED}"):
        shutil.rmtree(folder, ignore_errors=True)


def _end_of(out: Path) -> Path:
    return Path(os.path.realpath(out)) if os.path.islink(out) else out  # noqa: PTH114 - False for any odd name


def _put(path: Path, final: Path, receipt: Receipt) -> tuple[Path, ...]:
    """Move the export to its place, the receipt with it; returns the paths of both."""
    text = json.dumps(receipt.to_values(), ensure_ascii=False, indent=1)
    if not path.is_dir():
        beside = final.with_name(final.name + RECEIPT_SUFFIX)
        path.replace(final)
        atomic_write(beside, text)
        return final, beside
    if not may_take_place_of(final):
        raise _in_the_way(final)
    atomic_write(path / FOLDER_RECEIPT, text)
    if final.exists():
        final.replace(path.parent / "before")  # goes with the folder around it
    path.replace(final)
    return final, final / FOLDER_RECEIPT


def _in_the_way(out: Path) -> StorageError:
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” is there already, and is not an export alone."),
        QT_TRANSLATE_NOOP("core", "Choose another folder: nothing of yours is replaced."),
        name=out.name,
    )

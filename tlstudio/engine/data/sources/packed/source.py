"""The source for packed datasets: finds the files, and gives each image in them its class."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tlstudio.core.data.dataset import DatasetIndex, Layout, Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.data_files import tree_at
from tlstudio.engine.data.files import is_folder
from tlstudio.engine.data.pixels import PixelContainer
from tlstudio.engine.data.sources.folder_layout import quoted
from tlstudio.engine.data.sources.indexing import (
    ProgressReport,
    cannot_be_read,
    make_index,
    raise_if_stopped,
)
from tlstudio.engine.data.sources.packed import cifar_python, idx, records
from tlstudio.engine.data.sources.packed.listing import (
    FolderOfFiles,
    Packed,
    PackedFormat,
    PackedPart,
    unlabelled,
)
from tlstudio.engine.data.sources.source import Progress
from tlstudio.engine.data.trees import FileTree
from tlstudio.engine.data.unpacked import damaged

FORMATS: tuple[PackedFormat, ...] = (records.CIFAR, records.STL10, cifar_python.FORMAT, idx.FORMAT)

_MAX_WRAPPERS = 3
_NUMBERED = re.compile(r"(.*_)(\d{1,3})(\.\w+)?")


class PackedSource:
    """CIFAR, MNIST and their like: the folder of the files, one around it, or one of them."""

    name = "packed"

    def recognises(self, path: Path) -> bool:
        return _find(path) is not None

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        found = _find(path, stop)
        if found is None:
            raise damaged(path.name)
        row, files = found
        try:
            packed = row.read(files, stop)
        except OSError as error:
            raise cannot_be_read(path, error) from error
        container = PixelContainer(path, tuple(part.block for part in packed.parts))
        progress = ProgressReport(sum(part.block.count for part in packed.parts), on_progress)
        readable: dict[Split, dict[str, list[ImageRef]]] = {}
        names = _names(packed)
        for part in packed.parts:
            raise_if_stopped(stop)
            by_class = readable.setdefault(part.split, {})
            called = _called(part, names)
            for image, label in zip(container.images_in(part.block), part.labels, strict=True):
                by_class.setdefault(called[int(label)], []).append(image)
            progress.add(part.block.count)
        warnings = [unlabelled(packed.left_out)] if packed.left_out else []
        if gaps := _gaps([part.block.data.name for part in packed.parts]):
            sentence = QT_TRANSLATE_NOOP("core", "Files of the dataset that are missing: {names}.")
            warnings.append(Note(sentence, {"names": quoted(gaps)}))
        return make_index(path, Layout.PACKED, readable, split, warnings=warnings)


PACKED = PackedSource()


def _find(path: Path, stop: StopToken | None = None) -> tuple[PackedFormat, FolderOfFiles] | None:
    """The format and the folder of its files: `path`, or the only folder in it that has any."""
    if is_folder(path) or (is_archive(path) and is_there(path)):
        try:
            return _search(tree_at(path, stop), path, "", _MAX_WRAPPERS)
        except (OSError, DatasetError):
            return None  # the source of folders says why
    return _in_folder(tree_at(path), path, "", only=path.name) if is_there(path) else None


def _search(
    tree: FileTree, path: Path, folder: str, depth: int
) -> tuple[PackedFormat, FolderOfFiles] | None:
    found = _in_folder(tree, path, folder)
    if found is not None or not depth:
        return found
    folders = tree.look(folder).folders
    if len(folders) != 1:
        return None
    below = f"{folder}/{folders[0]}" if folder else folders[0]
    return _search(tree, path, below, depth - 1)


def _in_folder(
    tree: FileTree, path: Path, folder: str, only: str = ""
) -> tuple[PackedFormat, FolderOfFiles] | None:
    """The first format that knows the files in `folder`, and among them `only` if it is given."""
    inside = tree.look(folder)
    names = frozenset(inside.files)
    for row in FORMATS:
        if row.recognises(names) and (not only or row.recognises(frozenset({only}))):
            return row, FolderOfFiles(tree, path, folder, inside.files)
    return None


def _names(packed: Packed) -> list[str]:
    """The names by label, from zero on; labels that count from one are understood."""
    names = [name.strip() for name in packed.names]
    labels = [part.labels for part in packed.parts if part.labels.size]
    if names and labels and min(map(np.min, labels)) > 0 and max(map(np.max, labels)) == len(names):
        return ["", *names]
    return names


def _gaps(files: Sequence[str]) -> list[str]:
    """The numbered files that are missing between others: ``data_batch_2``."""
    numbered = [match for name in files if (match := _NUMBERED.fullmatch(name))]
    found = {(match[1], int(match[2]), match[3] or "") for match in numbered}
    missing = {
        (start, number, end) for start, last, end in found for number in range(1, last)
    } - found
    return [f"{start}{number}{end}" for start, number, end in sorted(missing)]


def _called(part: PackedPart, names: list[str]) -> dict[int, str]:
    """The class name of each label; the label itself where the dataset names none."""
    labels = sorted({int(label) for label in part.labels})
    if names and labels[-1] >= len(names):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” has the label {label}, but only {count} names."),
            name=part.block.data.name,
            label=labels[-1],
            count=len(names),
        )
    return {label: (names[label] if names else "") or str(label) for label in labels}

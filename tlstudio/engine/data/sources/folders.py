"""Folders of images: find the layout, and look at every file once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, Layout, Split, SplitConfig
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.values import UNSETTLED
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.checked_files import CheckedFiles, Verdict
from tlstudio.engine.data.files import FolderScan, is_folder, name_of
from tlstudio.engine.data.images import DEEP, look_into
from tlstudio.engine.data.sources import class_folders, split_folders
from tlstudio.engine.data.sources.folder_layout import FolderLayout, Listing
from tlstudio.engine.data.sources.indexing import (
    ProgressReport,
    make_index,
    one_class,
    raise_if_stopped,
)
from tlstudio.engine.data.sources.source import Progress

LAYOUTS: tuple[FolderLayout, ...] = (split_folders.LAYOUT, class_folders.LAYOUT)

_MAX_WRAPPERS = 3


class FolderSource:
    """``train/ val/ [test/]`` or a folder of class folders, or a folder around such a one."""

    name = "folder"

    def recognises(self, path: Path) -> bool:
        return is_folder(path)

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        scan = FolderScan()
        layout, listing = _recognise(scan, path)
        readable, excluded = _check(path, listing, stop, on_progress)
        return make_index(
            path,
            layout,
            readable,
            split,
            excluded=excluded,
            listed={s: {n for n, found in c.items() if found} for s, c in listing.files.items()},
            warnings=listing.warnings,
            folders=_folders(scan, listing),
        )


FOLDERS = FolderSource()


def _folders(scan: FolderScan, listing: Listing) -> tuple[Path, ...]:
    """List the folders in which a change of files matters, outermost first."""
    blocks = chain.from_iterable(chain.from_iterable(c.values()) for c in listing.files.values())
    holding = dict.fromkeys(block.folder for block in blocks)
    parents = dict.fromkeys(folder.parent for folder in holding)
    siblings = chain.from_iterable(map(scan.folders_in, parents))
    return tuple(dict.fromkeys(chain(parents, holding, siblings)))


def _recognise(scan: FolderScan, root: Path) -> tuple[Layout, Listing]:
    """The layout of `root`, or the only folder in it, and so on a few levels down."""
    folder = root
    for _ in range(_MAX_WRAPPERS):
        for row in LAYOUTS:
            listing = row.listing(scan, folder)
            if listing is not None:
                return row.layout, listing
        folders = scan.folders_in(folder)
        if len(folders) != 1 or scan.has_loose_images(folder):
            break
        folder = folders[0]
    raise _not_a_dataset(scan, root)


def _not_a_dataset(scan: FolderScan, root: Path) -> DatasetError:
    files = class_folders.files_by_class(scan, root)
    with_images = [name for name, paths in files.items() if paths]
    hint = QT_TRANSLATE_NOOP(
        "core",
        "Make one folder per class with its images inside, or “train” and “val” folders that hold "
        "such class folders.",
    )
    if len(with_images) == 1:
        return one_class(with_images[0], hint)
    if scan.has_loose_images(root):
        sentence = QT_TRANSLATE_NOOP(
            "core", "The images in “{name}” lie loose, without a folder for each class."
        )
    else:
        sentence = QT_TRANSLATE_NOOP("core", "There are no images in “{name}” to learn from.")
    return DatasetError(sentence, hint, name=name_of(root))


def _check(
    root: Path, listing: Listing, stop: StopToken | None, on_progress: Progress | None
) -> tuple[dict[Split, dict[str, list[ImageRef]]], list[ExcludedFile]]:
    """The files that can be used, and the others. What is known from before is not opened again."""
    blocks = [
        (split, name, block)
        for split, by_class in listing.files.items()
        for name, of_class in by_class.items()
        for block in of_class
    ]
    readable: dict[Split, dict[str, list[ImageRef]]] = {
        split: {name: [] for name in by_class} for split, by_class in listing.files.items()
    }
    excluded: list[ExcludedFile] = []
    progress = ProgressReport(sum(len(block.names) for _, _, block in blocks), on_progress)
    checked, container = CheckedFiles(root), FolderContainer(root)
    try:
        for split, name, block in blocks:
            verdicts, images = checked.verdicts(block), block.images_in(container)
            try:
                _fill(verdicts, images, stop, progress)
            finally:
                checked.remember(block, verdicts)
            of_class = readable[split][name]
            if not any(verdicts):
                of_class += images
                continue
            for image, verdict in zip(images, verdicts, strict=True):
                if verdict == DEEP:
                    of_class.append(image.shown_in(UNSETTLED))
                elif verdict:
                    excluded.append(ExcludedFile(image, verdict))
                else:
                    of_class.append(image)
    finally:
        checked.save()
    return readable, excluded


def _fill(
    verdicts: list[Verdict],
    images: Sequence[ImageRef],
    stop: StopToken | None,
    progress: ProgressReport,
) -> None:
    """Look into the images whose verdict is open."""
    raise_if_stopped(stop)
    if None not in verdicts:
        progress.add(len(verdicts))
        return
    for i, verdict in enumerate(verdicts):
        raise_if_stopped(stop)
        if verdict is None:
            verdicts[i] = look_into(images[i])
        progress.add(1)

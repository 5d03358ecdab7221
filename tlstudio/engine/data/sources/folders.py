"""Folders of images: find the layout, and look at every file once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, Split, SplitConfig
from tlstudio.core.data.image_ref import ImageContainer, ImageRef
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.reading import AmbiguousDatasetError, Reading
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.archive_scan import ArchiveScan, container_of, scan_of
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.files import FolderScan, is_folder, name_of
from tlstudio.engine.data.sources import class_folders, datasets_inside, split_folders
from tlstudio.engine.data.sources.checking import checked_blocks
from tlstudio.engine.data.sources.folder_layout import FolderLayout, FoundLayout, Listing
from tlstudio.engine.data.sources.indexing import (
    cannot_be_read,
    make_index,
)
from tlstudio.engine.data.sources.left_over import (
    link_warnings,
    not_a_dataset,
    other_files,
    special_members,
    split_beside,
    unused_images,
)
from tlstudio.engine.data.sources.source import Progress

_EXAMPLES = 2  # images of each class

LAYOUTS: tuple[FolderLayout, ...] = (
    split_folders.split_folders,
    split_folders.parts_of_classes,
    datasets_inside.dataset_inside,
    class_folders.class_folders,
    class_folders.inner_folders,
)
READINGS = (
    split_folders.SPLITS,
    split_folders.PARTS,
    datasets_inside.INSIDE,
    class_folders.CLASSES,
    class_folders.INNER,
)  # their ids


class FolderSource:
    """A folder of folders, whose names say classes and splits, or a folder around such a one.

    An archive is looked at as if it were the folder that it was made of.
    """

    name = "folder"

    def recognises(self, path: Path) -> bool:
        return is_folder(path) or (is_archive(path) and is_there(path))

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        try:
            scan = scan_of(path, stop)
        except OSError as error:
            raise cannot_be_read(path, error) from error
        try:
            place, found = _recognise(scan, path)
        except DatasetError as error:
            if isinstance(scan, ArchiveScan):  # what lies in it cannot be opened by itself
                error.values.pop("instead", None)
            raise
        chosen = _choose(path, found, options)
        listing = chosen.listing
        readable, excluded = _check(path, listing, stop, on_progress)
        unused, others = unused_images(scan, path, place, chosen), other_files(scan, path)
        return make_index(
            path,
            chosen.layout,
            readable,
            split,
            excluded=excluded,
            unused=unused.files,
            other_files=others.files,
            listed={s: {n for n, found in c.items() if found} for s, c in listing.files.items()},
            warnings=(
                *listing.warnings,
                *unused.warnings,
                *others.warnings,
                *link_warnings(listing),
                *special_members(scan),
                *split_beside(path.resolve()),
            ),
            folders=_folders(scan, listing),
            readings=_readings(path, [chosen, *(f for f in found if f is not chosen)]),
        )


FOLDERS = FolderSource()


def _folders(scan: FolderScan, listing: Listing) -> tuple[Path, ...]:
    """List the folders in which a change of files matters, outermost first; in archives, none."""
    if isinstance(scan, ArchiveScan):
        return ()
    holding = dict.fromkeys(block.folder for block in listing.blocks)
    parents = dict.fromkeys(folder.parent for folder in holding)
    siblings = chain.from_iterable(map(scan.folders_in, parents))
    return tuple(dict.fromkeys(chain(parents, holding, siblings)))


def _recognise(scan: FolderScan, root: Path) -> tuple[Path, list[FoundLayout]]:
    """The layouts of `root`, or of the only folder with images in it, and so on, with that folder.

    Raises:
        DatasetError: there is none.
    """
    folder = root
    for _ in range(datasets_inside.MAX_WRAPPERS):
        found = [layout for row in LAYOUTS if (layout := row(scan, folder)) is not None]
        if found:
            return folder, found
        holding = scan.holding_images(folder)
        if len(holding) != 1:
            break
        folder = holding[0]
    raise not_a_dataset(scan, root)


def _choose(root: Path, found: Sequence[FoundLayout], options: ReadOptions) -> FoundLayout:
    """The layout that a person chose, or the one that is sure of itself.

    Raises:
        AmbiguousDatasetError: neither.
        DatasetError: there is no reading of the name that was chosen.
    """
    by_id = {layout.id: layout for layout in found}
    if options.reading in by_id:
        return by_id[options.reading]
    if options.reading and options.reading not in READINGS:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There is no reading called “{reading}”."),
            QT_TRANSLATE_NOOP("core", "Choose one of: {names}."),
            reading=options.reading,
            names=", ".join(by_id),
        )
    sure = [layout for layout in found if layout.is_sure]
    if len(sure) == 1:
        return sure[0]
    if len(found) == 1:
        sentence = QT_TRANSLATE_NOOP(
            "core", "“{name}” has folders for its splits, and none for its classes."
        )
        hint = QT_TRANSLATE_NOOP(
            "core", "Make one folder per class in each of them, or say that they are the classes."
        )
    else:
        sentence = QT_TRANSLATE_NOOP("core", "“{name}” can be read in more than one way.")
        hint = QT_TRANSLATE_NOOP("core", "Choose what its folders mean.")
    raise AmbiguousDatasetError(
        sentence,
        hint,
        name=name_of(root),
        root=root,
        options=options,
        readings=_readings(root, found, least=1),
    )


def _readings(root: Path, found: Sequence[FoundLayout], least: int = 2) -> tuple[Reading, ...]:
    """The layouts for a person to choose from; none where there are fewer than `least`."""
    if len(found) < least:
        return ()
    container = container_of(root)
    return tuple(_reading(root, container, layout) for layout in found)


def _reading(root: Path, container: ImageContainer, layout: FoundLayout) -> Reading:
    examples: dict[str, list[ImageRef]] = {}
    counts: dict[Split, int] = {}
    for split, by_class in layout.listing.files.items():
        for name, blocks in by_class.items():
            counts[split] = counts.get(split, 0) + sum(len(block.names) for block in blocks)
            for block in blocks:
                of_class = examples.setdefault(name, [])
                if len(of_class) < _EXAMPLES:
                    of_class += block.images_in(container, root)[: _EXAMPLES - len(of_class)]
    examples = dict(sorted(examples.items()))
    return Reading(
        layout.id,
        layout.title,
        tuple(examples),
        counts,
        {name: tuple(images) for name, images in examples.items()},
    )


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
    looked_into = checked_blocks(root, [block for _, _, block in blocks], stop, on_progress)
    for (split, name, _), found in zip(blocks, looked_into, strict=True):
        readable[split][name] += [image for image, reason in found if not reason]
        excluded += [ExcludedFile(image, reason) for image, reason in found if reason]
    return readable, excluded

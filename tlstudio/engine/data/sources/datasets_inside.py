"""A dataset beside other folders of images: which of the folders it is, if that can be told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan, name_of
from tlstudio.engine.data.sources.folder_layout import FoundLayout, Listing, listed, quoted
from tlstudio.engine.data.sources.folder_names import class_key, is_plain, split_name, stem_of
from tlstudio.engine.data.sources.split_folders import find_splits, split_folders

INSIDE = "inside"  # id of the reading
MAX_WRAPPERS = 8  # folders around a dataset that hold nothing else


def dataset_inside(scan: FolderScan, root: Path) -> FoundLayout | None:
    """Find the one folder in `root` that is a dataset by itself, where the others are none.

    Raises:
        DatasetError: there are several datasets, or this one is the smaller part of the images.
    """
    copies = copies_inside(scan, root)
    holding = [folder for folder in scan.holding_images(root) if folder not in copies]
    if len(holding) < 2 or find_splits(scan, root) is not None:
        return None
    places = {f: place for f in holding if (place := _split_dataset(scan, f)) is not None}
    if len(places) > 1:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” holds several datasets: {names}."),
            QT_TRANSLATE_NOOP("core", "Open one of them."),
            name=name_of(root),
            names=quoted(f.name for f in places),
            instead=next(iter(places)),
        )
    if places:
        ((folder, place),) = places.items()
        found = split_folders(scan, place)
        assert found is not None, "its splits were found before"
        _refuse_the_smaller_part(scan, root, folder, found.listing)
        return _inside(folder, holding, found.layout, found.listing, is_sure=True)
    nested = [f for f in holding if class_like(scan, f) is not None]
    if len(nested) != 1 or any(scan.holding_images(f) for f in holding if f not in nested):
        return None
    classes = class_like(scan, nested[0]) or []
    listing = listed(scan, {Split.TRAIN: [(f, f) for f in classes]})
    return _inside(nested[0], holding, Layout.CLASS_FOLDERS, listing, is_sure=False)


def copies_inside(scan: FolderScan, root: Path) -> list[Path]:
    """The folders in `root` that hold the classes beside them once more, e.g. an unpacked archive.

    Some well-known downloads hold themselves; the same photos would be in a class of their own.
    """
    holding = scan.holding_images(root)
    counts = Counter(class_key(folder.name) for folder in holding)
    found = []
    for folder in holding:
        place = _split_dataset(scan, folder)
        splits = find_splits(scan, place) if place is not None else None
        if splits is not None:
            inside = splits.by_split[Split.TRAIN][0].keys
        elif scan.has_loose_images(folder):
            continue
        else:
            inside = frozenset(class_key(f.name) for f in scan.holding_images(folder))
        own = class_key(folder.name)
        shared = sum(1 for key in inside if counts[key] > (key == own))
        if shared >= max(2, len(inside) / 2):
            found.append(folder)
    return found


def class_like(scan: FolderScan, folder: Path) -> list[Path] | None:
    """The folders in `folder` with images, if each has a name as a class has; None else.

    Not those of a series (``shoot1``, ``shoot2``), nor names that say nothing (``images``), and not
    beside loose images.
    """
    inside = scan.holding_images(folder)
    while len(inside) == 1 and is_plain(inside[0].name) and not scan.has_loose_images(folder):
        folder = inside[0]
        inside = scan.holding_images(folder)
    if scan.has_loose_images(folder) or len(inside) < 2:
        return None
    stems = {stem_of(f.name) for f in inside}
    is_named = not any(is_plain(f.name) or split_name(f.name) for f in inside)
    return inside if is_named and len(stems) == len(inside) else None


def _split_dataset(scan: FolderScan, folder: Path) -> Path | None:
    """Where, from `folder` on, there are split folders beyond doubt."""
    for _ in range(MAX_WRAPPERS):
        found = find_splits(scan, folder)
        if found is not None:
            return folder if found.is_sure and len(found.by_split) > 1 else None
        holding = scan.holding_images(folder)
        if len(holding) != 1:
            return None
        folder = holding[0]
    return None


def _inside(
    folder: Path, holding: list[Path], layout: Layout, listing: Listing, *, is_sure: bool
) -> FoundLayout:
    title = QT_TRANSLATE_NOOP("core", "“{name}” is the dataset; not part of it: {names}.")
    others = quoted(f.name for f in holding if f != folder)
    return FoundLayout(
        INSIDE, layout, Note(title, {"name": folder.name, "names": others}), listing, is_sure
    )


def _refuse_the_smaller_part(scan: FolderScan, root: Path, folder: Path, listing: Listing) -> None:
    inside = sum(len(block.names) for block in listing.blocks)
    others = sum(len(block.names) for block in scan.images_below(root)) - inside
    if others > inside:
        raise DatasetError(
            QT_TRANSLATE_NOOP(
                "core",
                "“{name}” holds the dataset “{inner}” among {count} images that are not part of "
                "it.",
            ),
            QT_TRANSLATE_NOOP("core", "Open “{inner}” instead."),
            name=name_of(root),
            inner=folder.name,
            count=others,
            instead=folder,
        )

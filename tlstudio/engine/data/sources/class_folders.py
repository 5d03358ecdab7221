"""A folder per class, which the studio splits; and the readings that are plausible beside it."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan
from tlstudio.engine.data.sources.datasets_inside import class_like, copies_inside, dataset_inside
from tlstudio.engine.data.sources.folder_layout import FoundLayout, listed, quoted
from tlstudio.engine.data.sources.folder_names import class_key
from tlstudio.engine.data.sources.split_folders import find_splits, parts_of_classes, says_splits

CLASSES, INNER = "classes", "inner"  # ids of readings


def class_folders(scan: FolderScan, root: Path) -> FoundLayout | None:
    """Find folders that are classes, with images in and below them."""
    copies = copies_inside(scan, root)
    holding = [folder for folder in scan.holding_images(root) if folder not in copies]
    if len({class_key(folder.name) for folder in holding}) < 2:
        return None
    splits = find_splits(scan, root)
    inside = dataset_inside(scan, root)
    if (
        (splits is not None and splits.is_sure)
        or (inside is not None and inside.is_sure)
        or parts_of_classes(scan, root) is not None
    ):
        return None
    doubts = (splits, inside, _inner(scan, root))
    is_sure = doubts == (None, None, None) and not says_splits(scan, root)
    title = QT_TRANSLATE_NOOP("core", "Each folder is a class: {names}.")
    return FoundLayout(
        CLASSES,
        Layout.CLASS_FOLDERS,
        Note(title, {"names": quoted(folder.name for folder in holding)}),
        listed(scan, {Split.TRAIN: [(f, f) for f in scan.folders_in(root) if f not in copies]}),
        is_sure,
    )


def inner_folders(scan: FolderScan, root: Path) -> FoundLayout | None:
    """Find folders of folders, where the inner ones can be classes as well."""
    inner = _inner(scan, root)
    if inner is None or find_splits(scan, root) is not None or class_folders(scan, root) is None:
        return None
    title = QT_TRANSLATE_NOOP("core", "The folders inside are the classes: {names}.")
    names = dict.fromkeys(folder.name for folder in inner)
    return FoundLayout(
        INNER,
        Layout.CLASS_FOLDERS,
        Note(title, {"names": quoted(names)}),
        listed(scan, {Split.TRAIN: [(f, f) for f in inner]}),
        is_sure=False,
    )


def _inner(scan: FolderScan, root: Path) -> list[Path] | None:
    """The folders in the folders of `root`, where all have names as classes have."""
    found = [class_like(scan, folder) for folder in scan.holding_images(root)]
    return [f for inside in found for f in inside or ()] if found and None not in found else None

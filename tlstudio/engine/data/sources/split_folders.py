"""train/ and val/ (and test/), with one folder per class in each."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan, name_of
from tlstudio.engine.data.sources.class_folders import files_by_class
from tlstudio.engine.data.sources.folder_layout import FolderLayout, Listing

SPLIT_NAMES = {
    Split.TRAIN: ("train", "training"),
    Split.VAL: ("val", "valid", "validation"),
    Split.TEST: ("test", "testing"),
}


def _listing(scan: FolderScan, root: Path) -> Listing | None:
    # A class may be called "train": a split has folders in it, and no images beside them.
    candidates = {
        folder.name.casefold(): folder
        for folder in scan.folders_in(root)
        if scan.folders_in(folder) and not scan.has_loose_images(folder)
    }
    found = {
        split: next((candidates[name] for name in names if name in candidates), None)
        for split, names in SPLIT_NAMES.items()
    }
    train = found[Split.TRAIN]
    if train is None:
        if found[Split.VAL] is None:
            return None
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” has a validation folder but no training folder."),
            QT_TRANSLATE_NOOP("core", "Put the training images in a folder called “train”."),
            name=name_of(root),
        )
    if found[Split.VAL] is None:
        others = [f for f in scan.folders_in(root) if f not in found.values()]
        if others and found[Split.TEST] is None:
            return None  # a class of nested folders that happens to be called "train"
    files = {split: files_by_class(scan, folder) for split, folder in found.items() if folder}
    warnings: tuple[Note, ...] = ()
    if Split.VAL not in files:
        warnings = (
            Note(
                QT_TRANSLATE_NOOP(
                    "core",
                    "There is no validation folder, so the studio validates with a part of the "
                    "training images.",
                )
            ),
        )
    return Listing(files, warnings)


LAYOUT = FolderLayout(Layout.SPLIT_FOLDERS, _listing)

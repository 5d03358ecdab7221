"""The source for a folder per class, which the studio splits."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.engine.data.files import FolderImages, FolderScan, class_name_of
from tlstudio.engine.data.sources.folder_layout import FolderLayout, Listing


def files_by_class(scan: FolderScan, folder: Path) -> dict[str, tuple[FolderImages, ...]]:
    """Candidates in and below each folder of `folder`, by class name in order; may be empty."""
    found: dict[str, tuple[FolderImages, ...]] = {}
    for class_folder in scan.folders_in(folder):
        name = class_name_of(class_folder)
        found[name] = found.get(name, ()) + tuple(scan.images_below(class_folder))
    return dict(sorted(found.items()))


def _listing(scan: FolderScan, root: Path) -> Listing | None:
    if len(scan.folders_in(root)) < 2:
        return None
    files = files_by_class(scan, root)
    if sum(1 for blocks in files.values() if blocks) < 2:
        return None
    return Listing({Split.TRAIN: files})


LAYOUT = FolderLayout(Layout.CLASS_FOLDERS, _listing)

"""One folder per class; the studio makes the split."""

from __future__ import annotations

from pathlib import Path

from tlstudio.core.dataset import Layout, Split
from tlstudio.engine.data.files import class_name_of, folders_in, images_below
from tlstudio.engine.data.sources.source import Listing, SourceSpec


def files_by_class(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Candidates in and below each folder of `folder`, by class name in order; may be empty."""
    found: dict[str, tuple[Path, ...]] = {}
    for class_folder in folders_in(folder):
        name = class_name_of(class_folder)
        found[name] = found.get(name, ()) + tuple(images_below(class_folder))
    return dict(sorted(found.items()))


def _listing(root: Path) -> Listing | None:
    files = files_by_class(root)
    if sum(1 for paths in files.values() if paths) < 2:
        return None
    return Listing({Split.TRAIN: files})


SOURCE = SourceSpec(Layout.CLASS_FOLDERS, _listing)

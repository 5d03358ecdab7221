"""Finding the tables of a dataset: the one that was opened, or those in a folder of images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tlstudio.core.data.options import TableOptions
from tlstudio.core.data.sample import Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.engine.data.archive_scan import scan_of
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.data_files import DataFile, tree_at
from tlstudio.engine.data.files import FolderImages, FolderScan, is_folder
from tlstudio.engine.data.sources.folder_names import split_name, stem_of
from tlstudio.engine.data.sources.tables.columns import NO_IMAGES, Columns, find_columns
from tlstudio.engine.data.sources.tables.places import ImagePlaces
from tlstudio.engine.data.sources.tables.rows import Table, kind_of, read_table
from tlstudio.engine.data.trees import FileTree, TreeFolder

# What the Hugging Face hub and Roboflow call the table of a folder of images
_OF_FOLDERS = ("metadata", "_classes")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_GUESSED = (".csv", ".tsv", ".jsonl", ".parquet")  # of tables that are found in a folder
_MAX_WRAPPERS = 3


@dataclass(frozen=True)
class Found:
    """The tables of a dataset.

    Attributes:
        base: the folder or archive around them.
        keys: of the tables in it.
        folder: the key of the folder that is looked into for images.
        is_of_folders: whether each is called as tables of folders of images are.
    """

    base: Path
    keys: tuple[str, ...]
    folder: str = ""
    is_of_folders: bool = False


def find_tables(path: Path) -> Found | None:
    """The table at `path`, or the tables in it."""
    if is_folder(path) or (is_archive(path) and is_there(path)):
        try:
            return _in_folder(path)
        except (OSError, DatasetError):
            return None  # the source of folders says why
    if kind_of(path.name) is None or not is_there(path):
        return None
    return Found(path.parent, (path.name,))


def _in_folder(path: Path) -> Found | None:
    """The tables of a folder of images, or of the only folder in it, and so on.

    Where there are none, little is looked at: most folders hold no table, and many images.
    """
    tree, folder = tree_at(path), ""
    for _ in range(_MAX_WRAPPERS + 1):
        inside = tree.look(folder)
        start = f"{folder}/" if folder else ""
        if hub := _hub_tables(tree, start, inside):
            return Found(path, tuple(start + name for name in hub), folder, True)
        tables = [name for name in inside.files if name.lower().endswith(_GUESSED)]
        if tables:
            found = Found(path, tuple(start + name for name in tables), folder)
            scan, place = scan_of(path), path / folder
            is_loose = _lies_loose(scan, place, scan.holding_images(place))
            return _that_say_classes(scan, found) if is_loose else None
        if len(inside.folders) != 1:
            return None
        folder = start + inside.folders[0]
    return None


def _hub_tables(tree: FileTree, start: str, inside: TreeFolder) -> list[str]:
    """The tables of folders: ``metadata.csv`` of the hub's `imagefolder`, or one a split."""
    parts = [name for name in inside.folders if split_name(name) is not None]
    places = [("", inside), *((f"{name}/", tree.look(start + name)) for name in parts)]
    return [
        before + name
        for before, place in places
        for name in place.files
        if name.lower().startswith(tuple(f"{start}." for start in _OF_FOLDERS))
        and name.lower().endswith(_GUESSED)
    ]


def _lies_loose(scan: FolderScan, folder: Path, holding: Sequence[Path]) -> bool:
    """Whether the images lie in no folders that could be classes."""
    while len(holding) == 1 and not scan.has_loose_images(holding[0]):
        holding = scan.holding_images(holding[0])
    if any(scan.holding_images(_innermost(scan, below)) for below in holding):
        return False
    are_splits = all(split_name(below.name) is not None for below in holding)
    are_parts = len({stem_of(below.name) for below in holding}) == 1  # part_1, part_2
    return are_splits or are_parts if holding else scan.has_loose_images(folder)


def _innermost(scan: FolderScan, folder: Path) -> Path:
    """The folder in `folder` that is alone in it, and so on: ``images_001/images``."""
    while not scan.has_loose_images(folder) and len(inside := scan.holding_images(folder)) == 1:
        folder = inside[0]
    return folder


def _that_say_classes(scan: FolderScan, found: Found) -> Found | None:
    """The tables that can be read, those named after splits before others; None without any.

    One that names images without saying one class for each is taken as well, to be refused with its
    reason.
    """
    blocks = scan.images_below(found.base / found.folder)
    fitting, refused = [], []
    for key in found.keys:
        if "submission" in key.lower():
            continue
        try:
            read_one(found, key, places_of(found, key, blocks), TableOptions(), None)
        except OSError:
            continue
        except DatasetError as error:
            if error.sentence != NO_IMAGES:
                refused.append(key)
        else:
            fitting.append(key)
    of_splits = [key for key in fitting if split_of(key) is not None]
    keys = fitting if len(fitting) == 1 or not of_splits else of_splits
    if not fitting and len(refused) == 1:
        keys = refused
    return Found(found.base, tuple(keys), found.folder) if keys else None


def split_of(key: str) -> Split | None:
    """The split that the name of a table says, or for the hub that of its folder."""
    path = PurePosixPath(key)
    name = path.parent.name if path.stem.lower() in _OF_FOLDERS else path.stem
    found = split_name(_CAMEL.sub(" ", name))  # trainLabels
    return found.choices[0] if found is not None else None


def places_of(found: Found, key: str, blocks: Sequence[FolderImages]) -> ImagePlaces:
    return ImagePlaces(found.base, key.rpartition("/")[0], blocks, split_of(key))


def read_one(
    found: Found, key: str, places: ImagePlaces, options: TableOptions, stop: StopToken | None
) -> tuple[Table, Columns]:
    file = DataFile(found.base, key)
    table = read_table(file, options, stop)
    columns = find_columns(
        file.name, table, options, lambda cell: not isinstance(places.find(cell), str)
    )
    return table, columns

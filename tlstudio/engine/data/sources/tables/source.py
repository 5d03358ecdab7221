"""The source for tables: each row names an image and its class."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tlstudio.core.data.dataset import DatasetIndex, ExcludedFile, Layout, Split, SplitConfig
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.data.manifest import manifest_key
from tlstudio.core.data.options import ReadOptions, TableOptions, TableReading
from tlstudio.core.data.values import UNSETTLED
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.archive_scan import ArchiveScan, container_of, scan_of
from tlstudio.engine.data.archives import is_archive
from tlstudio.engine.data.data_files import DataFile, tree_at
from tlstudio.engine.data.files import FACTS, FolderImages, FolderScan, exists, is_folder
from tlstudio.engine.data.images import DEEP, look_into
from tlstudio.engine.data.sources.checking import checked_blocks
from tlstudio.engine.data.sources.folder_names import split_name
from tlstudio.engine.data.sources.indexing import cannot_be_read, make_index
from tlstudio.engine.data.sources.source import Progress
from tlstudio.engine.data.sources.tables.columns import (
    Columns,
    class_in,
    find_columns,
    split_in,
)
from tlstudio.engine.data.sources.tables.places import AMBIGUOUS, MISSING, ImagePlaces
from tlstudio.engine.data.sources.tables.rows import Table, kind_of, read_table
from tlstudio.engine.data.trees import FileTree, TreeFolder
from tlstudio.engine.data.unpacked import damaged

NO_CLASS = QT_TRANSLATE_NOOP("core", "The table says no class for it.")
NO_SPLIT = QT_TRANSLATE_NOOP("core", "The table says no split for it.")
SEVERAL_CLASSES = QT_TRANSLATE_NOOP("core", "The table names it several times, in other classes.")
NOT_LISTED = QT_TRANSLATE_NOOP("core", "The table does not name it.")

_METADATA = "metadata"  # what the Hugging Face hub calls the table of a folder of images
_GUESSED = (".csv", ".tsv", ".jsonl", ".parquet")  # of tables that are found in a folder
_MAX_WRAPPERS = 3
_LOOKED_AT, _EXAMPLES = 100, 3  # rows, and values of a column, to show what is in it


@dataclass(frozen=True)
class _Found:
    """The tables of a dataset.

    Attributes:
        base: the folder or archive around them.
        keys: of the tables in it.
        folder: the key of the folder that is looked into for images.
    """

    base: Path
    keys: tuple[str, ...]
    folder: str = ""


Where = tuple[int, int] | Path  # a block and a position in it, or a file that lies elsewhere


class _Said(NamedTuple):
    """What the tables say of an image; no split is None, no group is empty."""

    name: str
    split: Split | None
    group: str


@dataclass
class _Rows:
    """The rows of all tables, by the image that they mean.

    Attributes:
        said: of each image that can be used.
        refused: why another one cannot.
        missing: rows that mean no image, each with the reason.
        readings: how each table was read.
    """

    said: dict[Where, _Said] = field(default_factory=dict)
    refused: dict[Where, str] = field(default_factory=dict)
    missing: list[ExcludedFile] = field(default_factory=list)
    readings: list[TableReading] = field(default_factory=list)

    def take(self, where: Where, said: _Said, reason: str) -> None:
        """Add a row; one of two classes for an image is not chosen for a person."""
        if reason:
            self.refused.setdefault(where, reason)
            return
        before = self.said.setdefault(where, said)
        if before.name != said.name:
            self.refused[where] = SEVERAL_CLASSES

    def settle(self) -> None:
        """Decide which images are used: with a class in any row, and with one only."""
        for where, reason in list(self.refused.items()):
            if where not in self.said:
                continue
            if reason == SEVERAL_CLASSES:
                del self.said[where]
            else:
                del self.refused[where]


class TableSource:
    """A table of images and classes, or a folder or archive that holds one beside loose images."""

    name = "table"

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
        found = _find(path)
        assert found is not None
        try:
            scan = scan_of(found.base, stop)
            blocks = scan.images_below(found.base / found.folder)
            rows = _rows(found, blocks, options.table or TableOptions(), stop)
        except OSError as error:
            raise cannot_be_read(path, error) from error
        checked = _checked(path, found, blocks, rows, stop, on_progress)
        if not rows.said:
            raise _no_rows(path, rows)
        unused = _unused(found, blocks, rows)
        return make_index(
            path,
            Layout.TABLE,
            checked.readable,
            split,
            excluded=checked.excluded,
            unused=unused,
            warnings=_warnings(unused),
            folders=_folders(scan, found, blocks),
            groups=checked.groups,
            table=rows.readings[0],
        )


TABLES = TableSource()


def _no_rows(path: Path, rows: _Rows) -> DatasetError:
    """No row can be used."""
    counts = Counter([*rows.refused.values(), *(file.reason for file in rows.missing)])
    if not counts:
        return damaged(path.name)
    ((reason, count),) = counts.most_common(1)
    return DatasetError(_COUNTED[reason], name=path.name, count=count)


def _find(path: Path) -> _Found | None:
    """The table at `path`, or the tables in it."""
    if is_folder(path) or (is_archive(path) and exists(path)):
        try:
            return _in_folder(path)
        except (OSError, DatasetError):
            return None  # the source of folders says why
    if kind_of(path.name) is None or not exists(path):
        return None
    return _Found(path.parent, (path.name,))


def _in_folder(path: Path) -> _Found | None:
    """The tables of a folder of images, or of the only folder in it, and so on.

    Where there are none, little is looked at: most folders hold no table, and many images.
    """
    tree, folder = tree_at(path), ""
    for _ in range(_MAX_WRAPPERS + 1):
        inside = tree.look(folder)
        start = f"{folder}/" if folder else ""
        if hub := _hub_tables(tree, start, inside):
            return _Found(path, tuple(start + name for name in hub), folder)
        tables = [name for name in inside.files if name.lower().endswith(_GUESSED)]
        if tables:
            found = _Found(path, tuple(start + name for name in tables), folder)
            scan, place = scan_of(path), path / folder
            is_loose = _lies_loose(scan, place, scan.holding_images(place))
            return _that_say_classes(scan, found) if is_loose else None
        if len(inside.folders) != 1:
            return None
        folder = start + inside.folders[0]
    return None


def _hub_tables(tree: FileTree, start: str, inside: TreeFolder) -> list[str]:
    """The tables of the Hugging Face hub's `imagefolder`: ``metadata.csv``, or one a split."""
    parts = [name for name in inside.folders if split_name(name) is not None]
    places = [("", inside), *((f"{name}/", tree.look(start + name)) for name in parts)]
    return [
        before + name
        for before, place in places
        for name in place.files
        if name.lower().startswith(f"{_METADATA}.") and name.lower().endswith(_GUESSED)
    ]


def _lies_loose(scan: FolderScan, folder: Path, holding: Sequence[Path]) -> bool:
    """Whether the images lie in no folders that could be classes."""
    if any(scan.holding_images(below) for below in holding):
        return False
    named = [split_name(below.name) for below in holding]
    is_parts = len(holding) < 2 or all(name is not None for name in named)
    return is_parts and (bool(holding) or scan.has_loose_images(folder))


def _that_say_classes(scan: FolderScan, found: _Found) -> _Found | None:
    """The one table that can be read, or those named after splits; None where there is none."""
    blocks = scan.images_below(found.base / found.folder)
    fitting = []
    for key in found.keys:
        try:
            _read_one(found, key, _places(found, key, blocks), TableOptions(), None)
        except (OSError, DatasetError):
            continue
        if "submission" not in key.lower():
            fitting.append(key)
    of_splits = [key for key in fitting if _split_of(key) is not None]
    keys = fitting if len(fitting) == 1 else of_splits
    return _Found(found.base, tuple(keys), found.folder) if keys else None


def _split_of(key: str) -> Split | None:
    """The split that the name of a table says, or for the hub that of its folder."""
    path = PurePosixPath(key)
    name = path.parent.name if path.stem.lower() == _METADATA else path.stem
    found = split_name(name)
    return found.choices[0] if found is not None else None


def _places(found: _Found, key: str, blocks: Sequence[FolderImages]) -> ImagePlaces:
    return ImagePlaces(found.base, key.rpartition("/")[0], blocks)


def _read_one(
    found: _Found, key: str, places: ImagePlaces, options: TableOptions, stop: StopToken | None
) -> tuple[Table, Columns]:
    file = DataFile(found.base, key)
    table = read_table(file, options, stop)
    columns = find_columns(
        file.name, table, options, lambda cell: not isinstance(places.find(cell), str)
    )
    return table, columns


def _rows(
    found: _Found, blocks: Sequence[FolderImages], options: TableOptions, stop: StopToken | None
) -> _Rows:
    rows, container = _Rows(), container_of(found.base)
    for key in found.keys:
        places = _places(found, key, blocks)
        table, columns = _read_one(found, key, places, options, stop)
        own_split = _split_of(key) if len(found.keys) > 1 else None
        name, options_read = PurePosixPath(key).name, columns.options
        rows.readings.append(TableReading(name, table.columns, options_read, _examples(table)))
        for row in table.rows:
            cell = row[columns.image]
            where = places.find(cell)
            if isinstance(where, str):
                named = cell.replace("\\", "/").strip("/") or "?"
                rows.missing.append(ExcludedFile(ImageRef(container, named), where))
                continue
            said, reason = _said(row, table, columns, own_split)
            rows.take(where, said, reason)
    rows.settle()
    return rows


def _examples(table: Table) -> tuple[tuple[str, ...], ...]:
    """The first values of each column, each once."""
    first = table.rows[:_LOOKED_AT]
    return tuple(
        tuple(dict.fromkeys(row[column] for row in first if row[column]))[:_EXAMPLES]
        for column in range(len(table.columns))
    )


def _said(
    row: Sequence[str], table: Table, columns: Columns, own_split: Split | None
) -> tuple[_Said, str]:
    """What a row says, and the reason why that is too little."""
    name, split = class_in(row, columns, table), own_split
    if columns.split is not None:
        split = split_in(row[columns.split], table.columns[columns.split])
    group = "" if columns.group is None else row[columns.group]
    lacks_split = columns.split is not None and split is None
    reason = NO_SPLIT if lacks_split and name else "" if name else NO_CLASS
    return _Said(name, split, group), reason


def _checked(
    path: Path,
    found: _Found,
    blocks: Sequence[FolderImages],
    rows: _Rows,
    stop: StopToken | None,
    on_progress: Progress | None,
) -> _Checked:
    """Look into the images that the tables give a class."""
    result = _Checked()

    def take(image: ImageRef, said: _Said, reason: str) -> None:
        if reason:
            result.excluded.append(ExcludedFile(image, reason))
            return
        by_class = result.readable.setdefault(said.split or Split.TRAIN, {})
        by_class.setdefault(said.name, []).append(image)
        if said.group:
            result.groups[manifest_key(path, image)] = said.group

    used: dict[int, list[int]] = {}
    for where in rows.said:
        if not isinstance(where, Path):
            used.setdefault(where[0], []).append(where[1])
    numbers = sorted(used)
    parts = [_part(blocks[number], sorted(used[number])) for number in numbers]
    looked_into = checked_blocks(found.base, parts, stop, on_progress)
    for number, checked in zip(numbers, looked_into, strict=True):
        for position, (image, reason) in zip(sorted(used[number]), checked, strict=True):
            take(image, rows.said[number, position], reason)
    for where, said in rows.said.items():
        if isinstance(where, Path):
            image = ImageRef.of_file(where)
            verdict = look_into(image)
            take(image.shown_in(UNSETTLED) if verdict == DEEP else image, said, verdict)
    return result


@dataclass
class _Checked:
    """The images that were looked into.

    Attributes:
        readable: by split and class.
        groups: of each image that is in one, by `manifest_key`.
        excluded: those that cannot be read.
    """

    readable: dict[Split, dict[str, list[ImageRef]]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    excluded: list[ExcludedFile] = field(default_factory=list)


def _part(block: FolderImages, positions: Sequence[int]) -> FolderImages:
    facts = array("q")
    for position in positions:
        facts.extend(block.facts[FACTS * position : FACTS * (position + 1)])
    return FolderImages(block.folder, tuple(block.names[n] for n in positions), facts)


def _unused(found: _Found, blocks: Sequence[FolderImages], rows: _Rows) -> list[ExcludedFile]:
    """Rows without an image, images without a class, and images that no row names.

    Of the latter only those in folders from which others are used: a table may lie among much else.
    """
    container = container_of(found.base)
    used = {where[0] for where in (*rows.said, *rows.refused) if not isinstance(where, Path)}
    files = list(rows.missing)
    for where, reason in rows.refused.items():
        if isinstance(where, Path):
            files.append(ExcludedFile(ImageRef.of_file(where), reason))
    for number in sorted(used):
        images = blocks[number].images_in(container, found.base)
        for position, image in enumerate(images):
            if (number, position) not in rows.said:
                reason = rows.refused.get((number, position), NOT_LISTED)
                files.append(ExcludedFile(image, reason))
    return files


_COUNTED: dict[str, str] = {
    MISSING: QT_TRANSLATE_NOOP("core", "Rows of the table whose images are not there: {count}."),
    AMBIGUOUS: QT_TRANSLATE_NOOP(
        "core", "Rows of the table that may mean several images: {count}."
    ),
    NO_CLASS: QT_TRANSLATE_NOOP(
        "core", "Images to which the table gives no class, not used: {count}."
    ),
    NO_SPLIT: QT_TRANSLATE_NOOP(
        "core", "Images to which the table gives no split, not used: {count}."
    ),
    SEVERAL_CLASSES: QT_TRANSLATE_NOOP(
        "core", "Images to which the table gives several classes, not used: {count}."
    ),
    NOT_LISTED: QT_TRANSLATE_NOOP(
        "core", "Images that the table does not name, not used: {count}."
    ),
}


def _warnings(unused: Sequence[ExcludedFile]) -> list[Note]:
    counts = Counter(file.reason for file in unused)
    return [
        Note(text, {"count": counts[reason]}) for reason, text in _COUNTED.items() if counts[reason]
    ]


def _folders(scan: FolderScan, found: _Found, blocks: Sequence[FolderImages]) -> tuple[Path, ...]:
    """List the folders in which a change of files matters; in archives, none."""
    if isinstance(scan, ArchiveScan):
        return ()
    return tuple(dict.fromkeys([found.base, *(block.folder for block in blocks)]))

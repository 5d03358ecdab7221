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
from tlstudio.engine.data.files import FACTS, FolderImages, FolderScan, is_folder, name_of
from tlstudio.engine.data.images import DEEP, look_into
from tlstudio.engine.data.sources.checking import checked_blocks
from tlstudio.engine.data.sources.folder_layout import quoted
from tlstudio.engine.data.sources.folder_names import class_key
from tlstudio.engine.data.sources.indexing import cannot_be_read, make_index
from tlstudio.engine.data.sources.left_over import other_files
from tlstudio.engine.data.sources.source import Progress
from tlstudio.engine.data.sources.tables.class_names import spellings
from tlstudio.engine.data.sources.tables.columns import (
    Columns,
    classes_in,
    split_in,
)
from tlstudio.engine.data.sources.tables.finding import (
    Found,
    find_tables,
    places_of,
    read_one,
    split_of,
)
from tlstudio.engine.data.sources.tables.places import AMBIGUOUS, MISSING
from tlstudio.engine.data.sources.tables.rows import Table

NO_CLASS = QT_TRANSLATE_NOOP("core", "The table says no class for it.")
NO_SPLIT = QT_TRANSLATE_NOOP("core", "The table says no split for it.")
SEVERAL_CLASSES = QT_TRANSLATE_NOOP("core", "The table names it several times, in other classes.")
NOT_LISTED = QT_TRANSLATE_NOOP("core", "The table does not name it.")

_LOOKED_AT, _EXAMPLES = 100, 3  # rows, and values of a column, to show what is in it


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
        notes: what is to be said of the names.
    """

    said: dict[Where, _Said] = field(default_factory=dict)
    refused: dict[Where, str] = field(default_factory=dict)
    missing: list[ExcludedFile] = field(default_factory=list)
    readings: list[TableReading] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)

    def take(self, where: Where, said: _Said, reason: str) -> None:
        """Add a row; one of two classes for an image is not chosen for a person."""
        if reason:
            self.refused.setdefault(where, reason)
            return
        before = self.said.setdefault(where, said)
        if before.name != said.name and self._key(before.name) != self._key(said.name):
            self.refused[where] = SEVERAL_CLASSES

    def _key(self, name: str) -> str:
        if name not in self._keys:
            self._keys[name] = class_key(name)
        return self._keys[name]

    def settle(self) -> None:
        """Decide which images are used: with a class in any row, and with one only."""
        usual, self.notes = spellings(Counter(said.name for said in self.said.values()))
        for where, said in self.said.items():
            if usual[said.name] != said.name:
                self.said[where] = said._replace(name=usual[said.name])
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
        return find_tables(path) is not None

    def index(
        self,
        path: Path,
        split: SplitConfig,
        options: ReadOptions,
        *,
        stop: StopToken | None = None,
        on_progress: Progress | None = None,
    ) -> DatasetIndex:
        found = find_tables(path)
        assert found is not None
        _refuse_several(found)
        try:
            scan = scan_of(found.base, stop)
            blocks = scan.images_below(found.base / found.folder)
            rows = _rows(found, blocks, options.table or TableOptions(), stop)
        except OSError as error:
            raise cannot_be_read(path, error) from error
        checked = _checked(path, found, blocks, rows, stop, on_progress)
        if not rows.said:
            raise _no_rows(path, rows, blocks)
        unused, others = _unused(found, blocks, rows), []
        if path == found.base:  # all that lies there is the dataset's
            named = {where[0] for where in (*rows.said, *rows.refused) if isinstance(where, tuple)}
            unused += _not_listed(found, scan, [blocks[number].folder for number in named])
            others = [f for f in other_files(scan, path).files if f.image.key not in found.keys]
        return make_index(
            path,
            Layout.TABLE,
            checked.readable,
            split,
            excluded=checked.excluded,
            unused=unused,
            other_files=others,
            warnings=(*rows.notes, *_warnings(unused)),
            folders=_folders(scan, found, blocks),
            groups=checked.groups,
            table=rows.readings[0],
        )


TABLES = TableSource()


def _refuse_several(found: Found) -> None:
    """Raise DatasetError where several tables say the classes, and not of one split each."""
    if len(found.keys) > 1 and not found.is_of_folders and None in map(split_of, found.keys):
        instead = {"instead": found.base / found.keys[0]} if is_folder(found.base) else {}
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are several tables in “{name}”: {names}."),
            QT_TRANSLATE_NOOP("core", "Open one of them."),
            name=name_of(found.base),
            names=quoted(PurePosixPath(key).name for key in found.keys),
            **instead,
        )


def _no_rows(path: Path, rows: _Rows, blocks: Sequence[FolderImages]) -> DatasetError:
    """No row can be used."""
    counts = Counter([*rows.refused.values(), *(file.reason for file in rows.missing)])
    if not counts:
        return DatasetError(
            QT_TRANSLATE_NOOP("core", "The table “{name}” has no rows."),
            name=rows.readings[0].name,
        )
    ((reason, count),) = counts.most_common(1)
    if reason != MISSING:
        return DatasetError(_COUNTED[reason], name=path.name, count=count)
    first = next(file.image.key for file in rows.missing if file.reason == MISSING)
    if not blocks:
        hint = QT_TRANSLATE_NOOP(
            "core", "The first one is “{first}”; there are no images around the table."
        )
        return DatasetError(_COUNTED[reason], hint, count=count, first=first)
    hint = QT_TRANSLATE_NOOP("core", "The first one is “{first}”; files are called “{file}”.")
    return DatasetError(_COUNTED[reason], hint, count=count, first=first, file=blocks[0].names[0])


def _rows(
    found: Found, blocks: Sequence[FolderImages], options: TableOptions, stop: StopToken | None
) -> _Rows:
    rows, container = _Rows(), container_of(found.base)
    for key in found.keys:
        places = places_of(found, key, blocks)
        table, columns = read_one(found, key, places, options, stop)
        own_split = split_of(key) if len(found.keys) > 1 else None
        name, options_read = PurePosixPath(key).name, columns.options
        rows.readings.append(TableReading(name, table.columns, options_read, _examples(table)))
        for row, called in zip(table.rows, classes_in(columns, table), strict=True):
            cell = row[columns.image]
            where = places.find(cell)
            if isinstance(where, str):
                named = cell.replace("\\", "/").strip("/") or "?"
                rows.missing.append(ExcludedFile(ImageRef(container, named), where))
                continue
            said, reason = _said(row, called, table, columns, own_split)
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
    row: Sequence[str], name: str, table: Table, columns: Columns, own_split: Split | None
) -> tuple[_Said, str]:
    """What a row says beside the name of its class, and the reason why that is too little."""
    split = own_split
    if columns.split is not None:
        split = split_in(row[columns.split], table.columns[columns.split])
    group = "" if columns.group is None else row[columns.group]
    lacks_split = columns.split is not None and split is None
    reason = NO_SPLIT if lacks_split and name else "" if name else NO_CLASS
    return _Said(name, split, group), reason


def _checked(
    path: Path,
    found: Found,
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


def _unused(found: Found, blocks: Sequence[FolderImages], rows: _Rows) -> list[ExcludedFile]:
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


def _not_listed(found: Found, scan: FolderScan, besides: Sequence[Path]) -> list[ExcludedFile]:
    """The images in all folders but those that were looked into for rows."""
    container = container_of(found.base)
    return [
        ExcludedFile(image, NOT_LISTED)
        for block in scan.images_below(found.base, with_masks=True)
        if block.folder not in besides
        for image in block.images_in(container, found.base)
    ]


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


def _folders(scan: FolderScan, found: Found, blocks: Sequence[FolderImages]) -> tuple[Path, ...]:
    """List the folders in which a change of files matters; in archives, none."""
    if isinstance(scan, ArchiveScan):
        return ()
    return tuple(dict.fromkeys([found.base, *(block.folder for block in blocks)]))

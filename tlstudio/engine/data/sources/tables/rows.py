"""Reading a table whole: delimiter, encoding and header are found out, every cell is a text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tlstudio.core.data.options import TableOptions
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.text_files import decoded
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.data_files import DataFile
from tlstudio.engine.data.images import SUFFIXES as IMAGE_SUFFIXES
from tlstudio.engine.data.unpacked import COMPRESSED, damaged

SEVERAL = "\x1f"  # between the values of a cell that holds a list

_MAX_BYTES = 256 * 1024 * 1024
_MAX_ROWS = 5_000_000
_LOOKED_AT = 50  # rows, to find the delimiter
_MAX_COLUMNS = 512
_UNMISTAKABLE = 0.5  # of the lines
_DELIMITERS = (",", "\t", ";", "|")
_COLUMN = QT_TRANSLATE_NOOP("core", "column {number}")


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes:
        columns: their names, each once.
        rows: each as long as `columns`.
        options: the delimiter and whether there was a header, for what has them.
    """

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    options: TableOptions


def kind_of(name: str) -> Callable[[DataFile, TableOptions, StopToken | None], Table] | None:
    """The reader for files of such a name; None where it is not that of a table."""
    path = PurePosixPath(name.lower())
    if path.suffix in COMPRESSED:
        path = path.with_suffix("")
    return READERS.get(path.suffix)


def read_table(file: DataFile, options: TableOptions, stop: StopToken | None = None) -> Table:
    """Read a table.

    Raises:
        DatasetError: it is damaged or too large, or a library is missing.
        OSError: it may not be read.
    """
    reader = kind_of(file.name)
    assert reader is not None
    return reader(file, options, stop)


def _text_of(file: DataFile, stop: StopToken | None) -> str:
    """The text, in UTF-8 or what its first bytes say, else as Korean Windows writes."""
    place = file.place(stop, max_bytes=_MAX_BYTES)
    if place.size_bytes > _MAX_BYTES:
        raise _too_large(file)
    data = place.read(0, _MAX_BYTES)
    try:
        return decoded(data)
    except UnicodeDecodeError as error:
        raise damaged(file.name) from error


def _read_csv(file: DataFile, options: TableOptions, stop: StopToken | None) -> Table:
    text, said = _without_preamble(_text_of(file, stop))
    delimiter = options.delimiter or said or _delimiter(text, ".tsv" in file.name.lower())
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        if len(next(lines, [])) > _MAX_COLUMNS:
            raise pixels_in_cells(file.name)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [row for line in lines if any(row := [cell.strip() for cell in line])]
    except csv.Error as error:
        raise damaged(file.name) from error
    if not rows or len(rows) > _MAX_ROWS:
        raise damaged(file.name) if not rows else _too_large(file)
    has_header = options.header != "no" and (
        options.header == "yes" or not any(map(_is_image_name, rows[0]))
    )
    width = len(rows[0]) if has_header else max(map(len, rows))
    names = rows.pop(0) if has_header else [""] * width
    padded = [row if len(row) == width else (row + [""] * width)[:width] for row in rows]
    chosen = TableOptions(delimiter=delimiter, header="yes" if has_header else "no")
    return Table(_unique(names), padded, chosen)


def _without_preamble(text: str) -> tuple[str, str]:
    """The text from its table on, and the delimiter where Excel's ``sep=;`` names it."""
    said = ""
    while True:
        line, _, rest = text.partition("\n")
        line = line.strip()
        is_remark = line.startswith("#") and not any(sign in line for sign in _DELIMITERS)
        named = line.lower().startswith("sep=") and len(line) == len("sep=") + 1
        if not rest or not (is_remark or named):
            return text, said
        said, text = line[-1] if named else said, rest


def pixels_in_cells(name: str) -> DatasetError:
    """A table whose cells are the images: MNIST, FER2013 and the hub's are handed out so."""
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” holds the images themselves, not their paths."),
        QT_TRANSLATE_NOOP("core", "Save them as PNG files in one folder per class instead."),
        name=name,
    )


def _is_image_name(cell: str) -> bool:
    return PurePosixPath(cell.lower()).suffix in IMAGE_SUFFIXES


def _delimiter(text: str, is_tsv: bool) -> str:
    """The character that cuts the first lines into equally many cells, two at least."""
    lines = [line for line in text[: 1 << 16].splitlines()[:_LOOKED_AT] if line.strip()]
    best, best_share = "\t" if is_tsv else ",", 0.0
    for delimiter in ("\t", *_DELIMITERS) if is_tsv else (*_DELIMITERS, " "):
        if delimiter == " " and best_share > _UNMISTAKABLE:  # there are spaces in names
            continue
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        width = max(set(widths), key=widths.count, default=0)
        share = widths.count(width) / len(widths) if width > 1 else 0.0
        if share > best_share:
            best, best_share = delimiter, share
    return best


def _read_json_lines(file: DataFile, options: TableOptions, stop: StopToken | None) -> Table:
    records = []
    for line in _text_of(file, stop).splitlines():
        if line.strip():
            try:
                record = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise damaged(file.name) from error
            if not isinstance(record, dict):
                raise damaged(file.name)
            records.append(record)
    return _table_of(file, records)


def _read_json(file: DataFile, options: TableOptions, stop: StopToken | None) -> Table:
    """A list of records, or the class of each name."""
    try:
        found = json.loads(_text_of(file, stop))
    except (ValueError, RecursionError) as error:
        raise damaged(file.name) from error
    if isinstance(found, list) and all(isinstance(record, dict) for record in found):
        return _table_of(file, found)
    if isinstance(found, dict) and all(isinstance(value, str | int) for value in found.values()):
        return _table_of(file, [{"file": key, "class": value} for key, value in found.items()])
    raise DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” is no list of images and classes."),
        QT_TRANSLATE_NOOP("core", "Save it as a CSV file with a row for each image."),
        name=file.name,
    )


def _read_spreadsheet(file: DataFile, options: TableOptions, stop: StopToken | None) -> Table:
    raise DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” is a spreadsheet, which is not read here."),
        QT_TRANSLATE_NOOP("core", "Save it as a CSV file with a row for each image."),
        name=file.name,
    )


def _read_parquet(file: DataFile, options: TableOptions, stop: StopToken | None) -> Table:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "Reading “{name}” needs the library pyarrow."),
            QT_TRANSLATE_NOOP(
                "core", "Install it (pip install pyarrow), or save the table as a CSV file."
            ),
            name=file.name,
        ) from error
    place = file.place(stop)
    try:
        with place.open() as opened:
            parquet = ParquetFile(opened)
            if parquet.metadata.num_rows > _MAX_ROWS:
                raise _too_large(file)
            kinds = [field.type for field in parquet.schema_arrow]
            if any(map(_holds_bytes, kinds)) and not any(map(_is_text, kinds)):
                raise pixels_in_cells(file.name)
            names = [field.name for field in parquet.schema_arrow if _is_plain(field.type)]
            return _table_of(file, parquet.read(columns=names).to_pylist())
    except (ArrowException, OSError, ValueError) as error:
        raise damaged(file.name) from error


def _holds_bytes(kind: Any) -> bool:
    """Whether a column has whole files in it, as the hub stores images."""
    from pyarrow import types

    return bool(types.is_struct(kind) and kind.get_field_index("bytes") >= 0)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def _is_plain(kind: Any) -> bool:
    """Whether a column may hold texts and numbers; images themselves take the whole memory."""
    from pyarrow import types

    if types.is_list(kind):
        return _is_plain(kind.value_type)
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    tests = (types.is_string, types.is_large_string, types.is_integer, types.is_floating)
    return any(test(kind) for test in (*tests, types.is_boolean))


def _table_of(file: DataFile, records: Sequence[dict[str, Any]]) -> Table:
    columns = tuple(dict.fromkeys(str(name) for record in records for name in record))
    if not columns or len(records) > _MAX_ROWS:
        raise damaged(file.name) if not columns else _too_large(file)
    rows = [[_cell(record.get(name)) for name in columns] for record in records]
    return Table(columns, rows, TableOptions())


def _cell(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return SEVERAL.join(_cell(part) for part in value)
    return str(value).strip()


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names for all columns: those without one are counted, and no two are the same."""
    found: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        wanted = name or _COLUMN.format(number=number)
        found[wanted if wanted not in found else f"{wanted} ({number})"] = None
    return tuple(found)


def _too_large(file: DataFile) -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "The table “{name}” is too large."),
        QT_TRANSLATE_NOOP("core", "At most 5 million rows and 256 MB can be read."),
        name=file.name,
    )


READERS: dict[str, Callable[[DataFile, TableOptions, StopToken | None], Table]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt", ".lst"), _read_csv),
    **dict.fromkeys((".jsonl", ".ndjson"), _read_json_lines),
    ".json": _read_json,
    ".parquet": _read_parquet,
    **dict.fromkeys((".xlsx", ".xls", ".ods"), _read_spreadsheet),
}

"""Which columns of a table mean what: guessed by their names and by what is in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tlstudio.core.data.dataset import Split
from tlstudio.core.data.options import COLUMN_A_CLASS, NO_COLUMN, TableOptions
from tlstudio.core.errors import DatasetError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.sources.folder_names import split_name
from tlstudio.engine.data.sources.tables.class_names import class_names
from tlstudio.engine.data.sources.tables.rows import SEVERAL, Table, pixels_in_cells

NO_IMAGES = QT_TRANSLATE_NOOP("core", "No column of “{name}” names images that are there.")

_LOOKED_AT = 200  # rows, to see whether a column names images
_SHOWN = 12  # columns in a message
_MANY_NUMBERS = 256  # in one cell: an image

# Names without signs and case, the likelier ones first.
_IMAGE = (
    *("filename", "imagepath", "imagefile", "imagename", "filepath", "path", "image", "img"),
    *(
        "file",
        "imageid",
        "imgid",
        "id",
        "url",
        "이미지",
        "파일명",
        "파일이름",
        "파일",
        "경로",
        "이미지경로",
    ),
)
_CLASS = (
    *("classname", "labelname", "categoryname", "class", "label", "category", "target", "labels"),
    *("classes", "species", "breed", "diagnosis", "tag", "y", "dx", "name"),
    *("클래스", "라벨", "레이블", "분류", "정답", "종류", "진단", "카테고리"),
)
_CLASS_NUMBERS = ("classid", "labelid", "categoryid", "classindex", "labelindex", "classidx")
_SPLIT = (
    *("split", "set", "subset", "partition", "phase", "dataset", "usage", "datasplit"),
    *("istrain", "istraining", "istrainingimg", "istrainingimage"),
    *("isvalid", "isval", "isvalidation", "istest", "분할", "구분", "세트", "용도"),
)
_GROUP = (
    *("group", "groupid", "patient", "patientid", "subject", "subjectid", "person", "personid"),
    *("individual", "individualid", "scene", "sceneid", "lesionid", "그룹", "환자", "환자번호"),
)
_IS = re.compile(r"^is[\W_]*", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")
_TRUE, _FALSE = {"1", "1.0", "true"}, {"0", "0.0", "-1", "-1.0", "false", ""}


@dataclass(frozen=True)
class Columns:
    """The columns to be read, by position.

    Attributes:
        image: of the paths.
        classes: the one of the classes; several where each class has its own.
        split, group: None where there is none.
        options: the same by their names.
    """

    image: int
    classes: tuple[int, ...]
    split: int | None
    group: int | None
    options: TableOptions


def find_columns(
    name: str, table: Table, wanted: TableOptions, is_image: Callable[[str], bool]
) -> Columns:
    """Take the wanted columns and guess the others.

    Args:
        name: that of the file.
        table: its rows.
        wanted: the columns that a person chose.
        is_image: whether a cell names an image that is there.

    Raises:
        DatasetError: there is no such column, or none that holds images or classes; or a row has
            several classes.
    """
    used: set[int] = set()

    def chosen(column: str) -> int | None:
        if column in ("", NO_COLUMN, COLUMN_A_CLASS):
            return None
        if column not in table.columns:
            raise _no_column(name, table, column)
        used.add(table.columns.index(column))
        return table.columns.index(column)

    image, one_class = chosen(wanted.image_column), chosen(wanted.class_column)
    split, group = chosen(wanted.split_column), chosen(wanted.group_column)
    if image is None:
        image = _image_column(table, used, is_image)
        if image is None:
            raise _no_images(name, table)
        used.add(image)
    if split is None and wanted.split_column != NO_COLUMN:
        split = _split_column(table, used)
        used |= {split} if split is not None else set()
    if group is None and wanted.group_column != NO_COLUMN:
        group = _named(table, _GROUP, used)
        used |= {group} if group is not None else set()
    classes = (one_class,) if one_class is not None else _class_columns(name, table, wanted, used)
    if len(classes) == 1:
        _refuse_several(name, table, classes[0])
    options = replace(
        table.options,
        image_column=table.columns[image],
        class_column=table.columns[classes[0]] if len(classes) == 1 else COLUMN_A_CLASS,
        split_column=NO_COLUMN if split is None else table.columns[split],
        group_column=NO_COLUMN if group is None else table.columns[group],
    )
    return Columns(image, classes, split, group, options)


def classes_in(columns: Columns, table: Table) -> Iterator[str]:
    """The class of each row; empty where it has none."""
    if len(columns.classes) == 1:
        (column,) = columns.classes
        names = class_names(row[column] for row in table.rows)
        yield from (names[row[column]] for row in table.rows)
    else:
        for row in table.rows:
            on = (table.columns[c] for c in columns.classes if row[c].lower() in _TRUE)
            yield next(on, "")


def split_in(cell: str, column: str) -> Split | None:
    """The split that a cell says; None where it says none.

    In ``is_train`` it is yes or no, as in ``is_valid``, whose no is for training.
    """
    asked = split_name(_IS.sub("", column)) if _IS.match(column) else None
    if asked is not None and cell.lower() in _TRUE | _FALSE:
        split = asked.choices[0]
        if cell.lower() in _TRUE:
            return split
        return Split.TEST if split is Split.TRAIN else Split.TRAIN
    found = split_name(cell)
    return found.choices[0] if found is not None and not found.rest else None


def _plain(name: str) -> str:
    return _SIGNS.sub("", name).casefold()


def _named(table: Table, names: Sequence[str], used: set[int]) -> int | None:
    plain = [_plain(column) for column in table.columns]
    for name in names:
        if name in plain and plain.index(name) not in used:
            return plain.index(name)
    return None


def _cells(table: Table, column: int, count: int | None = None) -> list[str]:
    rows = table.rows if count is None else table.rows[:count]
    return [row[column] for row in rows if row[column]]


def _image_column(table: Table, used: set[int], is_image: Callable[[str], bool]) -> int | None:
    """The column whose first cells mean the most images; by its name among equals.

    Classes by number could be names of images as well, but of few.
    """
    plain = [_plain(column) for column in table.columns]
    best, best_score = None, (0, 0)
    for column in range(len(table.columns)):
        cells = list(dict.fromkeys(_cells(table, column, _LOOKED_AT)))
        if column in used or not cells:
            continue
        count = sum(map(is_image, cells))
        rank = -_IMAGE.index(plain[column]) if plain[column] in _IMAGE else -len(_IMAGE)
        if count and (count, rank) > best_score:
            best, best_score = column, (count, rank)
    if best is None:
        best = _named(table, _IMAGE, used)
    return best


def _split_column(table: Table, used: set[int]) -> int | None:
    named = _named(table, _SPLIT, used)
    others = (c for c in range(len(table.columns)) if c not in used)
    for column in others if named is None else (named, *others):
        values = set(_cells(table, column))
        splits = {split_in(value, table.columns[column]) for value in values}
        if values and None not in splits and Split.TRAIN in splits:
            return column
    return None


def _class_columns(
    name: str, table: Table, wanted: TableOptions, used: set[int]
) -> tuple[int, ...]:
    named = _named(table, _CLASS, used)
    if named is not None and wanted.class_column != COLUMN_A_CLASS:
        return (named,)
    others = [c for c in range(len(table.columns)) if c not in used]
    others = [c for c in others if _plain(table.columns[c]) not in _SPLIT]
    flags = [c for c in others if {v.lower() for v in _cells(table, c)} <= _TRUE | _FALSE]
    flags = [c for c in flags if any(row[c] for row in table.rows)]
    if len(flags) > 1 or (flags and wanted.class_column == COLUMN_A_CLASS):
        _refuse_several_flags(name, table, flags)
        return tuple(flags)
    numbers = _named(table, _CLASS_NUMBERS, used)
    if numbers is not None:
        return (numbers,)
    fitting = [c for c in others if 1 < len(set(_cells(table, c))) <= max(2, len(table.rows) // 2)]
    texts = [c for c in fitting if not all(map(_is_number, _cells(table, c, _LOOKED_AT)))]
    for candidates in (texts, fitting, others if len(others) == 1 else []):
        if candidates:
            return (candidates[0],)
    raise DatasetError(
        QT_TRANSLATE_NOOP("core", "No column of “{name}” says the classes."),
        QT_TRANSLATE_NOOP("core", "Its columns are: {columns}. Choose one of them."),
        name=name,
        columns=_listed(table),
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _refuse_several(name: str, table: Table, column: int) -> None:
    for number, row in enumerate(table.rows, start=1):
        cell = row[column]
        if SEVERAL in cell or "|" in cell:
            parts = [part.strip() for part in re.split(f"[|{SEVERAL}]", cell)]
            raise _several(name, number, parts)


def _refuse_several_flags(name: str, table: Table, flags: Sequence[int]) -> None:
    for number, row in enumerate(table.rows, start=1):
        on = [table.columns[c] for c in flags if row[c].lower() in _TRUE]
        if len(on) > 1:
            raise _several(name, number, on)


def _several(name: str, row: int, classes: Sequence[str]) -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP(
            "core", "“{name}” gives one image several classes: {classes} (row {row})."
        ),
        QT_TRANSLATE_NOOP(
            "core",
            "A network is trained here to choose one class an image. Keep the rows with one class, "
            "or choose one column as the class.",
        ),
        name=name,
        row=row,
        classes=", ".join(classes[:_SHOWN]),
    )


def _no_column(name: str, table: Table, column: str) -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” has no column “{column}”."),
        QT_TRANSLATE_NOOP("core", "Its columns are: {columns}."),
        name=name,
        column=column,
        columns=_listed(table),
    )


def _no_images(name: str, table: Table) -> DatasetError:
    if any(cell.count(" ") >= _MANY_NUMBERS for row in table.rows[:1] for cell in row):
        return pixels_in_cells(name)
    return DatasetError(
        NO_IMAGES,
        QT_TRANSLATE_NOOP(
            "core",
            "Paths count from the folder of the table. Its columns are: {columns}.",
        ),
        name=name,
        columns=_listed(table),
    )


def _listed(table: Table) -> str:
    shown = ", ".join(table.columns[:_SHOWN])
    return f"{shown} …" if len(table.columns) > _SHOWN else shown

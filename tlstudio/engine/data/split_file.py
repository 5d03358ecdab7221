"""A split as a table, `split.csv`: written for other programs, and taken over from them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.data.groups import joined_groups
from tlstudio.core.data.manifest import Manifest, manifest_key
from tlstudio.core.data.sample import Split
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

HEADER = ("image", "class", "split", "group")
SPLIT_NAMES = {
    **{split.value: split for split in Split},
    "training": Split.TRAIN,
    "validation": Split.VAL,
    "valid": Split.VAL,
    "testing": Split.TEST,
}

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def split_csv(index: DatasetIndex) -> str:
    """The class, split and group of every image that is used, a line each."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    groups = joined_groups(index.groups, index.manifest.groups)
    for sample in index.samples:
        key = manifest_key(index.root, sample.image)
        cells = (key, index.classes[sample.class_index], sample.split.value, groups.get(key, ""))
        writer.writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def placed_by(file: Path, index: DatasetIndex) -> tuple[Manifest, int]:
    """The manifest of a dataset with every image where a `split.csv` has it.

    Images that the file does not name stay where they are. A class that differs moves an image.

    Returns:
        The manifest, and how many images of the file the dataset doesn't have.

    Raises:
        StorageError: the file cannot be read.
        DatasetError: it is no such table, or is about other images altogether.
    """
    read = index.unedited or index
    classes = {manifest_key(read.root, s.image): read.classes[s.class_index] for s in read.samples}
    told = Manifest()
    by_split: dict[Split, list[str]] = {split: [] for split in Split}
    by_class: dict[str, list[str]] = {}
    for number, row in enumerate(_rows(file), 2):
        key, split = row["image"].replace("\\", "/"), SPLIT_NAMES.get(row["split"].strip().lower())
        if split is None:
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "“{name}”, line {line}: “{value}” is no split."),
                QT_TRANSLATE_NOOP("core", "It must be train, val or test."),
                name=file.name,
                line=number,
                value=row["split"],
            )
        key = key.removeprefix("'") if key not in classes else key
        by_split[split].append(key)
        if row.get("class"):
            by_class.setdefault(row["class"].removeprefix("'"), []).append(key)
    for split, keys in by_split.items():
        told = told.placing(keys, split)
    for name, keys in by_class.items():
        told = told.moving(keys, name) if name in read.classes else told
    told = told.fitted(classes)
    known = told.splits.keys() & classes.keys()
    if not known:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” is about none of the images of this dataset."),
            QT_TRANSLATE_NOOP("core", "Its paths must begin in the dataset's folder."),
            name=file.name,
        )
    manifest = index.manifest
    for split in Split:
        keys = [key for key in known if told.splits[key] is split]
        manifest = manifest.placing(keys, split)
    for key in known & told.moved.keys():
        now = manifest.moved.get(key, classes[key])
        if told.moved[key] != now:
            manifest = manifest.moving([key], told.moved[key])
    return manifest, len(told.splits) - len(known)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        sentence = QT_TRANSLATE_NOOP("core", "There is no file “{path}”.")
        raise StorageError(sentence, path=file) from error
    except (OSError, ValueError) as error:
        sentence = QT_TRANSLATE_NOOP("core", "“{name}” cannot be read as text in UTF-8.")
        raise StorageError(sentence, name=file.name) from error
    reader = csv.DictReader(io.StringIO(text), restval="")
    rows = list(reader)
    if not {"image", "split"} <= set(reader.fieldnames or ()):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” has no columns “image” and “split”."),
            QT_TRANSLATE_NOOP("core", "Its first line must be: image,class,split,group"),
            name=file.name,
        )
    return rows


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet program doesn't carry out."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell

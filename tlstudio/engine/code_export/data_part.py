"""The data part of a script: a rule that gives exactly the split at hand, or a list of files.

The rule is carried out as it stands in the script before it is believed. Files that it finds and
the studio left out (damaged ones, for instance) are listed; where it misses some, all are listed.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, Layout, Sample, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.code_export.sections import assignment, block, joined, text_of
from tlstudio.engine.data.files import is_folder

MAX_LEFT_OUT = 200  # names; beyond that lists of all files are no longer

Files = tuple[tuple[Path, int], ...]


@dataclass(frozen=True, slots=True)
class DataPart:
    """The part of a script about its files.

    Attributes:
        folder: that the paths start from.
        settings: lines for the top of the script.
        code: from the folder to `train_files` and `val_files`.
    """

    folder: Path
    settings: str
    code: str


def data_part(index: DatasetIndex) -> DataPart:
    """Find the rule, which walks through the folder once.

    Raises:
        DatasetError: there are images that are not files of their own.
    """
    folder = _folder(index)
    wanted = _wanted(index)
    left_out: set[Path] = set()
    while folder is not None:
        settings, code = _rule(index, folder, left_out)
        found = _carried_out(settings, code, index, folder)
        if found == wanted:
            return DataPart(folder, settings, code)
        if found is None or left_out:
            break
        left_out = _paths(found) - _paths(wanted)
        if not 0 < len(left_out) <= MAX_LEFT_OUT:
            break
    return _listed(index)


def class_setting(index: DatasetIndex) -> str:
    """The line that names the classes."""
    return assignment("CLASSES", [text_of(name) for name in index.classes])


def _path(sample: Sample) -> Path:
    path = sample.image.path
    if path is None:
        raise DatasetError(
            QT_TRANSLATE_NOOP(
                "core", "A script reads image files, and “{name}” is not a file of its own."
            ),
            QT_TRANSLATE_NOOP("core", "Write a clean copy of the dataset, and open that."),
            name=sample.image.name,
        )
    return path


def _paths(parts: tuple[Files, Files]) -> set[Path]:
    return {path for files in parts for path, _ in files}


def _wanted(index: DatasetIndex) -> tuple[Files, Files]:
    parts = (index.by_split[Split.TRAIN], index.by_split[Split.VAL])
    train, val = (tuple((_path(s), s.class_index) for s in samples) for samples in parts)
    return train, val


def _folder(index: DatasetIndex) -> Path | None:
    """The folder in which those of the splits or of the classes lie; None if there is not one."""
    folders = {_folder_of(sample, index) for sample in index.samples}
    return folders.pop() if len(folders) == 1 else None


def _folder_of(sample: Sample, index: DatasetIndex) -> Path | None:
    """Return the outermost folder named like the sample's class, below that of its split."""
    try:
        inner = _path(sample).relative_to(index.root).parts
    except ValueError:
        return None
    above = 1 if index.layout is Layout.SPLIT_FOLDERS else 0
    for depth in range(above, len(inner) - 1):
        if unicodedata.normalize("NFC", inner[depth]) == index.classes[sample.class_index]:
            return index.root.joinpath(*inner[: depth - above])
    return None


def _split_folder(index: DatasetIndex, folder: Path, split: Split) -> str | None:
    """Name of the folder that holds a split's classes; None without samples."""
    samples = index.by_split[split]
    return _path(samples[0]).relative_to(folder).parts[0] if samples else None


def _rule(index: DatasetIndex, folder: Path, left_out: set[Path]) -> tuple[str, str]:
    """Return settings and code of a rule."""
    suffixes = sorted({sample.image.suffix for sample in index.samples})
    settings = [assignment("SUFFIXES", [text_of(suffix) for suffix in suffixes], "{}")]
    if left_out:
        names = sorted(path.relative_to(folder).as_posix() for path in left_out)
        note = "files that cannot be used, or were left out"
        settings.append(assignment("LEFT_OUT", [text_of(name) for name in names], "{}", note))
    listing = block(
        '''
        def labelled_files(folder):
            """(path, label) of all images below the folder of each class, always in one order."""
            return [
                (path, label)
                for label, name in enumerate(CLASSES)
                for path in sorted((folder / name).rglob("*"))
                if path.suffix.lower() in SUFFIXES<usable>
            ]
        ''',
        usable=" and path.relative_to(DATA).as_posix() not in LEFT_OUT" if left_out else "",
    )
    split = index.split_config
    if split is None:
        train = _split_folder(index, folder, Split.TRAIN)
        val = _split_folder(index, folder, Split.VAL)
        use = block(
            """
            train_files = labelled_files(DATA / <train>)
            val_files = <val>
            """,
            train=text_of(train or "train"),
            val=f"labelled_files(DATA / {text_of(val)})" if val else "[]  # there are none",
        )
        return "".join(settings), joined([listing, use], 2)
    whole = "DATA"
    if index.layout is Layout.SPLIT_FOLDERS:
        train = _split_folder(index, folder, Split.TRAIN) or "train"
        whole = f"DATA / {text_of(train)}"
    has_test = index.layout is not Layout.SPLIT_FOLDERS and split.test_fraction > 0
    settings.append(f"VAL_SHARE = {split.val_fraction}\n")
    if has_test:
        settings.append(f"TEST_SHARE = {split.test_fraction}  # put aside\n")
    settings.append(f"SPLIT_SEED = {split.seed}\n")
    divide = block(
        '''
        def split(files):
            """Shuffle each class with a seed of its own and take the first for validation."""
            train, val = [], []
            for label in range(len(CLASSES)):
                of_class = [file for file in files if file[1] == label]
                order = list(range(len(of_class)))
                random.Random(f"{SPLIT_SEED}/{label}").shuffle(order)
                for_val = min(max(round(VAL_SHARE * len(order)), 1), len(order) - 1)
        <test>        val += [of_class[i] for i in sorted(order[:for_val])]
                train += [of_class[i] for i in sorted(order[<first>:])]
            return train, val
        ''',
        test=(
            "        for_test = min(round(TEST_SHARE * len(order)), len(order) - for_val - 1)\n"
            "        for_test = max(0, for_test)\n"
            if has_test
            else ""
        ),
        first="for_val + for_test" if has_test else "for_val",
    )
    use = f"train_files, val_files = split(labelled_files({whole}))\n"
    return "".join(settings), joined([listing, divide, use], 2)


def _carried_out(
    settings: str, code: str, index: DatasetIndex, folder: Path
) -> tuple[Files, Files] | None:
    """Run the rule and return what it finds; None where the folder cannot be read."""
    names: dict[str, object] = {"Path": Path, "random": random, "DATA": folder}
    names["CLASSES"] = list(index.classes)
    try:
        exec(compile(settings + code, "<data>", "exec"), names)
    except (OSError, ValueError):
        return None
    train, val = names["train_files"], names["val_files"]
    assert isinstance(train, list) and isinstance(val, list)
    return tuple(train), tuple(val)


def _listed(index: DatasetIndex) -> DataPart:
    """List every file by name, class by class."""
    lists = []
    base = index.root if is_folder(index.root) else index.root.parent  # of a table
    for name, split in (("TRAIN_FILES", Split.TRAIN), ("VAL_FILES", Split.VAL)):
        counts = Counter(sample.class_index for sample in index.by_split[split])
        rows = [f"{name} = {{\n"]
        for label, class_name in enumerate(index.classes):
            if not counts[label]:
                continue
            rows.append(f"    {text_of(class_name)}: [\n")
            rows += [
                f"        {text_of(_name(_path(sample), base))},\n"
                for sample in index.samples_of(split, label)
            ]
            rows.append("    ],\n")
        lists.append("".join([*rows, "}\n"]))
    use = block(
        '''
        def labelled_files(names):
            """(path, label) of each file."""
            return [
                (DATA / file, label)
                for label, name in enumerate(CLASSES)
                for file in names.get(name, [])
            ]


        train_files = labelled_files(TRAIN_FILES)
        val_files = labelled_files(VAL_FILES)
        '''
    )
    return DataPart(base, "", joined([*lists, "\n" + use]))


def _name(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path.absolute())

"""train/ and val/ (and test/) by whatever names, with one folder per class in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderScan, name_of
from tlstudio.engine.data.sources.folder_layout import FoundLayout, listed, quoted
from tlstudio.engine.data.sources.folder_names import (
    SplitName,
    class_key,
    is_plain,
    split_name,
)

SPLITS, PARTS = "splits", "parts"  # ids of readings

NO_VALIDATION = Note(
    QT_TRANSLATE_NOOP(
        "core",
        "There is no validation folder, so the studio validates with a part of the "
        "training images.",
    )
)


@dataclass(frozen=True)
class SplitFolder:
    """A folder whose name says a split.

    Attributes:
        folder: itself.
        name: what its name says.
        classes: the class folders in it, perhaps a folder further down; empty where its images
            lie loose.
        has_images: whether it has any at all.
    """

    folder: Path
    name: SplitName
    classes: tuple[Path, ...]
    has_images: bool

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(class_key(folder.name) for folder in self.classes)

    def has_classes_of(self, other: SplitFolder) -> bool:
        """Whether at least half of the classes of the smaller one are in both."""
        fewer = min(len(self.keys), len(other.keys))
        return bool(fewer) and 2 * len(self.keys & other.keys) >= fewer


@dataclass(frozen=True)
class SplitFolders:
    """The folders of a folder by the splits that they say.

    Attributes:
        by_split: those of each; training folders have class folders.
        others: folders with images that are none of them.
    """

    by_split: dict[Split, list[SplitFolder]]
    others: list[Path]

    @property
    def is_sure(self) -> bool:
        """Whether they can hardly be classes: the same classes are in several, or nothing else is.

        A class may well be called "train".
        """
        first = self.by_split[Split.TRAIN][0]
        beside = [f for s in (Split.VAL, Split.TEST) for f in self.by_split.get(s, ())]
        if any(folder.has_classes_of(first) for folder in beside):
            return True
        if any(len(folder.keys) > 1 for folder in beside):  # a single one may hold what is unknown
            return False
        return not self.others or any(folder.has_images for folder in beside)


def find_splits(scan: FolderScan, root: Path) -> SplitFolders | None:
    """Find the split folders in `root`; None where there is no training folder with classes."""
    named = _named(scan, root)
    trains = [f for f in named if f.name.choices == (Split.TRAIN,) and f.classes]
    if not trains:
        return None
    least = min((f.name.rest for f in trains), key=len)
    trains = [f for f in trains if f.name.rest == least]
    beside = [
        f
        for f in named
        if f.name.choices != (Split.TRAIN,)
        and (f.name.rest == least or f.has_classes_of(trains[0]))
    ]
    trains, beside = _without_parts(scan, trains, beside)
    by_split = {Split.TRAIN: trains}
    for folder in sorted(beside, key=lambda f: len(f.name.choices)):  # the unmistakable ones first
        free = [s for s in folder.name.choices if s not in by_split]
        by_split.setdefault((free or folder.name.choices)[0], []).append(folder)
    taken = {f.folder for folders in by_split.values() for f in folders}
    others = [folder for folder in scan.holding_images(root) if folder not in taken]
    return SplitFolders(by_split, others)


def split_folders(scan: FolderScan, root: Path) -> FoundLayout | None:
    """Find folders that are splits, with class folders in them."""
    found = find_splits(scan, root)
    if found is None:
        _refuse_without_training(scan, root)
        return None
    folders = {
        split: [(c, c) for folder in of_split for c in folder.classes]
        for split, of_split in found.by_split.items()
        if any(folder.classes or _class_folders(scan, folder.folder) for folder in of_split)
    }
    names = [f.folder.name for split in Split for f in found.by_split.get(split, ())]
    title = QT_TRANSLATE_NOOP("core", "{names} are splits of the same classes.")
    if len(names) == 1:
        title = QT_TRANSLATE_NOOP("core", "{names} holds the classes; the rest is not part of it.")
    return FoundLayout(
        SPLITS,
        Layout.SPLIT_FOLDERS,
        Note(title, {"names": quoted(names)}),
        listed(scan, folders, () if Split.VAL in folders else (NO_VALIDATION,)),
        found.is_sure,
    )


def parts_of_classes(scan: FolderScan, root: Path) -> FoundLayout | None:
    """Find class folders that hold a folder for each split."""
    folders: dict[Split, list[tuple[Path, Path]]] = {split: [] for split in Split}
    classes = scan.holding_images(root)
    seen: dict[str, None] = {}
    for class_folder in classes:
        parts = scan.holding_images(class_folder)
        if scan.has_loose_images(class_folder) or len(parts) < 2:
            return None
        for part in parts:
            name = split_name(part.name)
            if name is None or name.rest or not scan.has_loose_images(part):
                return None
            folders[name.choices[0]].append((class_folder, part))
            seen[part.name] = None
    if len(classes) < 2 or not folders[Split.TRAIN]:
        return None
    title = QT_TRANSLATE_NOOP("core", "Each class has folders for its splits: {names}.")
    told = () if folders[Split.VAL] else (NO_VALIDATION,)
    found = {split: pairs for split, pairs in folders.items() if pairs}
    return FoundLayout(
        PARTS,
        Layout.SPLIT_FOLDERS,
        Note(title, {"names": quoted(seen)}),
        listed(scan, found, told),
    )


def says_splits(scan: FolderScan, root: Path) -> bool:
    """Whether a training folder with images lies in `root`, and one of another split."""
    names = [name for f in scan.holding_images(root) if (name := split_name(f.name)) is not None]
    trains = {name.rest for name in names if name.choices == (Split.TRAIN,)}
    return any(name.rest in trains for name in names if name.choices != (Split.TRAIN,))


def _without_parts(
    scan: FolderScan, trains: list[SplitFolder], beside: list[SplitFolder]
) -> tuple[list[SplitFolder], list[SplitFolder]]:
    """The same, with the folders in their folders where only these are the same in the splits.

    A split may come in parts, each with the classes in it: ``train/TS1/cat``, ``val/VS1/cat``.
    """
    if not beside or any(folder.has_classes_of(trains[0]) for folder in beside):
        return trains, beside
    inner = [[_with_inner_classes(scan, f) for f in folders] for folders in (trains, beside)]
    if any(folder.has_classes_of(inner[0][0]) for folder in inner[1]):
        return inner[0], inner[1]
    return trains, beside


def _with_inner_classes(scan: FolderScan, folder: SplitFolder) -> SplitFolder:
    holding = [f for f in folder.classes if scan.holds_images(f)]
    if any(map(scan.has_loose_images, holding)):
        return replace(folder, classes=())
    return replace(folder, classes=tuple(chain(*map(scan.holding_images, holding))))


def _named(scan: FolderScan, root: Path) -> list[SplitFolder]:
    found = []
    for folder in scan.folders_in(root):
        name = split_name(folder.name)
        if name is not None:
            held = scan.holds_images(folder)
            classes = tuple(_class_folders(scan, folder)) if held else ()
            with_images = any(map(scan.holds_images, classes))
            found.append(SplitFolder(folder, name, classes if with_images else (), held))
    return found


def _class_folders(scan: FolderScan, folder: Path) -> list[Path]:
    """The class folders of a split: those in it, or in the only folder of an empty name in it."""
    inside = scan.folders_in(folder)
    holding = scan.holding_images(folder)
    if len(holding) == 1:
        only, own, inner = holding[0], split_name(folder.name), split_name(holding[0].name)
        is_same = own is not None and inner is not None and own.choices == inner.choices
        if is_same or (is_plain(only.name) and any(map(str.isalpha, only.name))):
            return _class_folders(scan, only)
    return inside


def _refuse_without_training(scan: FolderScan, root: Path) -> None:
    """Raise DatasetError where there are only folders of the other splits, with classes."""
    named = {f.folder: f for f in _named(scan, root) if f.classes and not f.name.rest}
    holding = scan.holding_images(root)
    val = [f for f in named.values() if Split.VAL in f.name.choices]
    if val and all(folder in named for folder in holding):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” has a validation folder but no training folder."),
            QT_TRANSLATE_NOOP("core", "Put the training images in a folder called “train”."),
            name=name_of(root),
            instead=val[0].folder,
        )


def lying_loose(scan: FolderScan, root: Path) -> list[Path]:
    """The split folders of a dataset whose images lie loose, without a folder for each class."""
    found = find_splits(scan, root)
    folders = chain.from_iterable(found.by_split.values()) if found is not None else ()
    return [f.folder for f in folders if f.has_images and not f.classes]

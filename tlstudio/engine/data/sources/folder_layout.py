"""The interface of folder layouts: each recognises itself in a tree of folders and lists its files.

A layout that is found says how sure it is. One that is sure is opened; where none is, a person is
asked which one is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.notes import Note
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderImages, FolderScan
from tlstudio.engine.data.sources.folder_names import class_key, class_title

ClassFolders = Sequence[Path]
Files = Mapping[Split, Mapping[str, tuple[FolderImages, ...]]]

_NAMED = 3  # folders in a sentence


@dataclass(frozen=True)
class Listing:
    """The files of a folder by what they are for, not yet looked into.

    Attributes:
        files: class name -> candidates by folder, per split, where the folders say the split.
            Without an entry for `Split.VAL` the studio takes validation images from the training
            ones.
        warnings: what a person should know about the layout.
    """

    files: Files
    warnings: tuple[Note, ...] = field(default=())

    @property
    def blocks(self) -> list[FolderImages]:
        """All folders that hold images of it."""
        by_class = (blocks for names in self.files.values() for blocks in names.values())
        return [block for blocks in by_class for block in blocks]


@dataclass(frozen=True)
class FoundLayout:
    """A layout that was recognised.

    Attributes:
        id: what `ReadOptions.reading` calls it.
        title: what it takes the folders for, in a sentence.
        is_sure: whether nothing else is plausible.
    """

    id: str
    layout: Layout
    title: Note
    listing: Listing
    is_sure: bool = True


FolderLayout = Callable[[FolderScan, Path], FoundLayout | None]
"""A layout: a row of `folders.LAYOUTS`. It finds itself in a folder, or says None.

Raises DatasetError where it is this layout but something is missing.
"""


def listed(
    scan: FolderScan,
    folders: Mapping[Split, Iterable[tuple[Path, Path]]],
    warnings: Sequence[Note] = (),
) -> Listing:
    """List the files of class folders; those whose names mean the same are one class.

    Args:
        scan: of the disk.
        folders: (folder that gives the class its name, folder with its images), per split.
        warnings: what is known already.
    """
    titles: dict[str, str] = {}
    spellings: dict[str, dict[str, None]] = {}
    files: dict[Split, dict[str, tuple[FolderImages, ...]]] = {}
    for split, pairs in folders.items():
        found: dict[str, list[tuple[str, list[FolderImages]]]] = {}
        for named, holding in pairs:
            title = class_title(named.name)
            found.setdefault(class_key(title), []).append((named.name, scan.images_below(holding)))
            spellings.setdefault(class_key(title), {})[title] = None
        for key, parts in found.items():
            name, _ = max(parts, key=lambda part: _count(part[1]))
            titles.setdefault(key, class_title(name))
        by_title = {
            titles[k]: tuple(b for _, bs in parts for b in bs) for k, parts in found.items()
        }
        files[split] = dict(sorted(by_title.items()))
    told = [
        one_class_note(names, titles[key]) for key, names in spellings.items() if len(names) > 1
    ]
    return Listing(files, (*warnings, *told))


def one_class_note(names: Iterable[str], title: str) -> Note:
    """Tell that several names are those of one class."""
    sentence = QT_TRANSLATE_NOOP("core", "{names} are read as one class, “{name}”.")
    return Note(sentence, {"names": quoted(names), "name": title})


def quoted(names: Iterable[str], most: int = _NAMED) -> str:
    """Names for a sentence, the first few of them."""
    found = list(names)
    more = f" (+{len(found) - most})" if len(found) > most else ""
    return ", ".join(f"“{name}”" for name in found[:most]) + more


def _count(blocks: Iterable[FolderImages]) -> int:
    return sum(len(block.names) for block in blocks)

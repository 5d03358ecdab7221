"""The interface of folder layouts: each recognises itself and lists its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlstudio.core.data.dataset import Layout, Split
from tlstudio.core.notes import Note
from tlstudio.engine.data.files import FolderImages, FolderScan


@dataclass(frozen=True)
class Listing:
    """The files of a folder by what they are for, not yet looked into.

    Attributes:
        files: class name -> candidates by folder, per split, where the folders say the split.
            Without an entry for `Split.VAL` the studio takes validation images from the training
            ones.
        warnings: what a person should know about the layout.
    """

    files: Mapping[Split, Mapping[str, tuple[FolderImages, ...]]]
    warnings: tuple[Note, ...] = field(default=())


@dataclass(frozen=True)
class FolderLayout:
    """A layout of folders: a row of `folders.LAYOUTS`.

    Attributes:
        layout: what it reads.
        listing: the folder's files, or None if the folder has another layout.
            Raises DatasetError where it is this layout but something is missing.
    """

    layout: Layout
    listing: Callable[[FolderScan, Path], Listing | None]

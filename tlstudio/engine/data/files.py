"""Walking folders for images: hidden ones ignored, loops of links safe, always in one order."""

from __future__ import annotations

import os
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.engine.data.images import SUFFIXES

FACTS = 4  # numbers kept of each file

_JUNK = frozenset({"__macosx", "$recycle.bin", "system volume information"})
_INT64_MAX = 2**63 - 1


@dataclass(frozen=True)
class FolderImages:
    """The files directly in one folder whose names end like those of images. None was opened.

    Attributes:
        names: in a fixed order.
        facts: size, mtime and ctime in ns, and inode of each, one after another; whatever changes
            a file or what may be read of it changes these. All -1 where they could not be asked.
    """

    folder: Path
    names: tuple[str, ...]
    facts: array[int]

    def images_in(self, container: FolderContainer) -> list[ImageRef]:
        """The files as images of the folder that was opened, in the order of `names`."""
        inner = self.folder.relative_to(container.folder).as_posix()
        start = "" if inner == "." else f"{inner}/"
        return [ImageRef(container, start + name) for name in self.names]


class FolderScan:
    """A scan of the disk: each folder is read once, however often it is asked about."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[list[Path], list[os.DirEntry[str]]]] = {}

    def folders_in(self, folder: Path) -> list[Path]:
        """Visible folders directly in `folder`, by name; empty if it cannot be read."""
        return self._look(folder)[0]

    def has_loose_images(self, folder: Path) -> bool:
        """Whether image files lie directly in `folder`."""
        return bool(self._look(folder)[1])

    def images_below(self, folder: Path) -> list[FolderImages]:
        """Images in `folder` and in the folders below it, each folder's own ones first.

        Links to folders are followed, each real folder is visited once.
        """
        return list(self._walk(folder, set()))

    def _walk(self, folder: Path, seen: set[tuple[int, int]]) -> Iterator[FolderImages]:
        try:
            facts = folder.stat()
        except OSError:
            return
        identity = (facts.st_dev, facts.st_ino)
        if identity in seen:
            return
        seen.add(identity)
        folders, images = self._look(folder)
        if images:
            yield _folder_images(folder, images)
        for below in folders:
            yield from self._walk(below, seen)

    def _look(self, folder: Path) -> tuple[list[Path], list[os.DirEntry[str]]]:
        """Visible folders and image files in `folder`, each by name."""
        if folder not in self._seen:
            folders: list[Path] = []
            images: list[os.DirEntry[str]] = []
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        name = entry.name
                        if is_hidden(name):
                            continue
                        if _is_dir(entry):
                            folders.append(folder / name)
                        elif name[name.rfind(".") :].lower() in SUFFIXES:
                            images.append(entry)
            except OSError:
                folders, images = [], []
            folders.sort(key=lambda path: _order(path.name))
            images.sort(key=lambda entry: _order(entry.name))
            self._seen[folder] = folders, images
        return self._seen[folder]


def find_images(paths: Iterable[Path]) -> list[ImageRef]:
    """Files as they are given, folders replaced by the images in and below them.

    What is missing or not an image stays in the list: reading it says why.
    """
    found: list[ImageRef] = []
    for path in paths:
        if is_folder(path):
            for block in FolderScan().images_below(path):
                found += block.images_in(FolderContainer(path))
        else:
            found.append(ImageRef.of_file(path))
    return found


def exists(path: Path) -> bool:
    """Whether there is anything at `path`; False for names that cannot be."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether it is a folder; False for names that cannot be."""
    try:
        return path.is_dir()
    except OSError:
        return False


def name_of(folder: Path) -> str:
    """Return the name of a folder, also where it was given as ``.``."""
    return folder.resolve().name or str(folder)


def class_name_of(folder: Path) -> str:
    """The folder's name in one Unicode form: macOS and Linux spell the same Hangul differently."""
    return unicodedata.normalize("NFC", folder.name)


def _folder_images(folder: Path, images: list[os.DirEntry[str]]) -> FolderImages:
    facts = array("q")
    for entry in images:
        try:
            stat = entry.stat()
        except OSError:
            facts.extend((-1,) * FACTS)
        else:
            inode = stat.st_ino & _INT64_MAX
            facts.extend((stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, inode))
    return FolderImages(folder, tuple([entry.name for entry in images]), facts)


def is_hidden(name: str) -> bool:
    """Whether a person does not count it as theirs: dot files and the litter of other systems."""
    return name[0] == "." or name.casefold() in _JUNK


def _is_dir(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _order(name: str) -> str:
    return unicodedata.normalize("NFC", name)

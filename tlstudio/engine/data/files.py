"""Walking folders for images: hidden ones ignored, loops of links safe, always in one order."""

from __future__ import annotations

import os
import unicodedata
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tlstudio.core.data.image_ref import FolderContainer, ImageContainer, ImageRef
from tlstudio.core.storage import cache_dir, data_dir, runs_dir
from tlstudio.engine.data.kinds import (
    HEAD_BYTES,
    SUFFIXES,
    begins_as_image,
    is_litter,
    may_be_image,
)
from tlstudio.engine.data.mask_folders import is_for_images, is_for_masks

FACTS = 4  # numbers kept of each file

OUTPUT_MARK = ".tlstudio-output"  # a file of this name says that a folder holds what we wrote

# Folders of systems, network drives and programs: thumbnails, deleted files, caches.
_JUNK = frozenset(
    {
        "__macosx",
        "$recycle.bin",
        "recycler",
        "recycled",
        "system volume information",
        "lost+found",
        "lost.dir",
        "found.000",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "@__thumb",
        "@tmp",
        "#recycle",
        "#snapshot",
        "temporary items",
        "network trash folder",
        "__pycache__",
        "_thumbnails",
        "_thumbs",
    }
)
_RUN_FILES = frozenset({"run.json", "config.json"})  # together they mark the folder of a run
_INT64_MAX = 2**63 - 1

Identity = tuple[int, int]


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

    def images_in(self, container: ImageContainer, root: Path) -> list[ImageRef]:
        """The files as images of what was opened at `root`, in the order of `names`."""
        inner = self.folder.relative_to(root).as_posix()
        start = "" if inner == "." else f"{inner}/"
        return [ImageRef(container, start + name) for name in self.names]


class FileFacts(Protocol):
    """The facts about a file that tell whether it has changed."""

    @property
    def st_size(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...
    @property
    def st_ctime_ns(self) -> int: ...
    @property
    def st_ino(self) -> int: ...


class Entry(Protocol):
    """A file or folder in a folder, as `os.scandir` tells of it."""

    @property
    def name(self) -> str: ...
    def is_dir(self) -> bool: ...
    def stat(self) -> FileFacts: ...


@dataclass
class Seen:
    """What lies in a folder, each by name.

    Attributes:
        folders: the visible ones.
        images: files whose names end like those of images.
        others: names of the other visible files, but for what systems leave behind.
        junk: folders of the system, which are not looked into.
        is_output: whether the studio wrote it all.
    """

    folders: list[Path] = field(default_factory=list)
    images: list[Entry] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    junk: list[Path] = field(default_factory=list)
    is_output: bool = False


class FolderScan:
    """A scan of the disk: each folder is read once, however often it is asked about.

    Attributes:
        loops: links that lead back to a folder around them, and were not followed.
        unreadable: folders that the system does not let anybody look into.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, Seen] = {}
        self._identities: dict[Path, Identity | None] = {}
        self._blocks: dict[Path, FolderImages] = {}
        self._holding: dict[Path, bool] = {}
        self._masks: dict[Path, list[Path]] = {}
        self._own = {cache_dir(), data_dir(), runs_dir()}
        self.loops: dict[Path, None] = {}
        self.unreadable: dict[Path, None] = {}

    def folders_in(self, folder: Path) -> list[Path]:
        """Visible folders directly in `folder`, by name; empty if it cannot be read.

        Neither folders of the system nor what the studio wrote are among them, nor masks beside
        the images that they belong to.
        """
        masks = self.masks_in(folder)
        return [below for below in self._visible(folder) if below not in masks]

    def masks_in(self, folder: Path) -> list[Path]:
        """Folders of masks or annotations beside folders of images, and beside nothing else.

        By their names; where there are classes beside them, they are one as well.
        """
        if folder not in self._masks:
            masks = [below for below in self._visible(folder) if is_for_masks(below.name)]
            if masks:
                others = (b for b in self._visible(folder) if b not in masks)
                holding = [below for below in others if self.holds_images(below)]
                is_beside = bool(holding) and all(is_for_images(b.name) for b in holding)
                masks = masks if is_beside else []
            self._masks[folder] = masks
        return self._masks[folder]

    def holding_images(self, folder: Path) -> list[Path]:
        """Those of `folders_in` that have images in or below them."""
        return [below for below in self.folders_in(folder) if self.holds_images(below)]

    def holds_images(self, folder: Path) -> bool:
        """Whether image files lie in or below `folder`."""
        if folder not in self._holding:
            self._holding[folder] = next(self._walk(folder, self._around(folder)), None) is not None
        return self._holding[folder]

    def has_loose_images(self, folder: Path) -> bool:
        """Whether image files lie directly in `folder`."""
        return folder in self._blocks or bool(self._look(folder).images)

    def others_in(self, folder: Path) -> list[str]:
        """Names of the visible files directly in `folder` that do not end like images."""
        return self._look(folder).others

    def images_below(self, folder: Path, *, with_masks: bool = False) -> list[FolderImages]:
        """Images in `folder` and in the folders below it, each folder's own ones first.

        Links to folders are followed, but not back to a folder around them; each real folder is
        visited once.
        """
        return list(self._walk(folder, self._around(folder), with_masks))

    def folders_below(self, folder: Path) -> Iterator[Path]:
        """`folder` and those below it, with images or without, those of masks as well."""
        yield from self._folders(folder, self._around(folder), with_masks=True)

    def left_alone(self) -> tuple[list[Path], list[Path]]:
        """Folders of the system and folders that the studio wrote, of all that was looked at."""
        junk = [below for seen in self._seen.values() for below in seen.junk]
        output = [folder for folder, seen in self._seen.items() if seen.is_output]
        return junk, [folder for folder in output if folder.parent in self._seen]

    def identity(self, folder: Path) -> Identity | None:
        """What two paths of the same folder share; None where it cannot be asked."""
        if folder not in self._identities:
            self._identities[folder] = self._identity(folder)
        return self._identities[folder]

    def _around(self, folder: Path) -> frozenset[Identity]:
        if ".." in folder.parts:  # then what is written before a name is not what lies around it
            folder = folder.resolve()
        found = (self.identity(parent) for parent in folder.parents)
        return frozenset(identity for identity in found if identity is not None)

    def _visible(self, folder: Path) -> list[Path]:
        return [below for below in self._look(folder).folders if not self._look(below).is_output]

    def _walk(
        self, folder: Path, around: frozenset[Identity], with_masks: bool = False
    ) -> Iterator[FolderImages]:
        for place in self._folders(folder, around, with_masks):
            if self.has_loose_images(place):
                yield self._images_of(place)

    def _folders(
        self, folder: Path, around: frozenset[Identity], with_masks: bool
    ) -> Iterator[Path]:
        seen: set[Identity] = set()
        open_ends = [(folder, around)]  # no recursion: folders may be of any depth
        while open_ends:
            place, around = open_ends.pop()
            identity = self.identity(place)
            if identity in around:
                self.loops[place] = None
                continue
            if identity is None or identity in seen:
                continue
            seen.add(identity)
            yield place
            inner = around | {identity}
            below = self._visible(place) if with_masks else self.folders_in(place)
            open_ends += [(folder, inner) for folder in reversed(below)]

    def _images_of(self, folder: Path) -> FolderImages:
        if folder not in self._blocks:
            seen = self._look(folder)
            self._blocks[folder] = _folder_images(folder, seen.images)
            # To let all of them go at once, a million at the end, holds up every other thread.
            seen.images = []
        return self._blocks[folder]

    def _look(self, folder: Path) -> Seen:
        if folder not in self._seen:
            seen = self._seen[folder] = self._read(folder)
            seen.is_output = seen.is_output or folder in self._own
        return self._seen[folder]

    # The two places where the disk is asked

    def _identity(self, folder: Path) -> Identity | None:
        try:
            facts = folder.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _read(self, folder: Path) -> Seen:
        found = Seen()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    sort_in(entry, folder, found)
        except (FileNotFoundError, NotADirectoryError):
            return Seen()
        except OSError:
            self.unreadable[folder] = None
            return Seen()
        return in_order(found)


def sort_in(entry: Entry, folder: Path, found: Seen) -> None:
    """Add an entry of `folder` to what was found there."""
    name = entry.name
    suffix = name[name.rfind(".") :].lower().rstrip()
    if name[0] == ".":
        found.is_output = found.is_output or name == OUTPUT_MARK
        if suffix in SUFFIXES and not is_litter(name):
            found.others.append(name)
    elif _is_dir(entry):
        (found.junk if is_hidden(name) else found.folders).append(folder / name)
    elif suffix in SUFFIXES or (may_be_image(name) and _is_image(entry)):
        found.images.append(entry)
    elif not is_litter(name):
        found.others.append(name)


def _is_image(entry: Entry) -> bool:
    """Whether a file whose name says nothing begins as an image; in an archive, none does."""
    if not isinstance(entry, os.DirEntry):
        return False
    try:
        if not entry.is_file():  # reading a FIFO might never end
            return False
        with open(entry.path, "rb") as file:  # noqa: PTH123 - as fast as can be
            return begins_as_image(file.read(HEAD_BYTES))
    except OSError:
        return False


def in_order(found: Seen) -> Seen:
    """Sort all that was found in a folder, and recognise what the studio wrote."""
    found.is_output = found.is_output or _RUN_FILES.issubset(found.others)
    found.folders.sort(key=lambda path: _order(path.name))
    found.images.sort(key=lambda entry: _order(entry.name))
    found.others.sort(key=_order)
    return found


def find_images(paths: Iterable[Path]) -> list[ImageRef]:
    """Files as they are given, folders replaced by the images in and below them.

    What is missing or not an image stays in the list: reading it says why.
    """
    found: list[ImageRef] = []
    for path in paths:
        if is_folder(path):
            for block in FolderScan().images_below(path, with_masks=True):
                found += block.images_in(FolderContainer(path), path)
        else:
            found.append(ImageRef.of_file(path))
    return found


def is_folder(path: Path) -> bool:
    """Whether it is a folder; False for names that cannot be."""
    try:
        return path.is_dir()
    except OSError:
        return False


def name_of(folder: Path) -> str:
    """Return the name of a folder, also where it was given as ``.``."""
    return folder.resolve().name or str(folder)


def _folder_images(folder: Path, images: list[Entry]) -> FolderImages:
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


def _is_dir(entry: Entry) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _order(name: str) -> str:
    return unicodedata.normalize("NFC", name)

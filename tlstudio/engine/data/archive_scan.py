"""Scans of archives: what `FolderScan` tells of folders on the disk, of those in an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.image_ref import FolderContainer, ImageContainer
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.archives import (
    ArchiveContainer,
    ArchiveTree,
    archive_tree,
    is_archive,
)
from tlstudio.engine.data.files import (
    FileFacts,
    FolderScan,
    Identity,
    Seen,
    in_order,
    is_folder,
    sort_in,
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file or a folder in an archive."""

    name: str
    facts: FileFacts | None

    def is_dir(self) -> bool:
        return self.facts is None

    def stat(self) -> FileFacts:
        assert self.facts is not None
        return self.facts


class ArchiveScan(FolderScan):
    """A scan of an archive; a folder in it is the path of the archive, and on from there.

    Attributes:
        left_out: links and the like, which are no part of it.
    """

    def __init__(self, tree: ArchiveTree) -> None:
        super().__init__()
        self._tree = tree
        self.left_out = tree.left_out
        self._numbers: dict[str, int] = {}

    def _identity(self, folder: Path) -> Identity | None:
        key = self._key(folder)
        if key is None or self._tree.inside(key) is None:
            return None
        return -1, self._numbers.setdefault(key, len(self._numbers))

    def _read(self, folder: Path) -> Seen:
        found, key = Seen(), self._key(folder)
        inside = self._tree.inside(key) if key is not None else None
        if inside is None:
            return found
        for name in inside.folders:
            sort_in(_Entry(name, None), folder, found)
        for name in inside.files:
            facts = self._tree.facts(f"{key}/{name}" if key else name)
            sort_in(_Entry(name, facts), folder, found)
        return in_order(found)

    def _key(self, folder: Path) -> str | None:
        """The key of a folder; None where it is not in the archive."""
        if not folder.is_relative_to(self._tree.root):
            return None
        key = folder.relative_to(self._tree.root).as_posix()
        return "" if key == "." else key


def scan_of(opened: Path, stop: StopToken | None = None) -> FolderScan:
    """A scan of the folder or archive that was opened.

    Raises:
        OSError: the archive may not be read.
        DatasetError: it is damaged, locked, or larger than can be unpacked here.
    """
    if is_folder(opened) or not is_archive(opened):
        return FolderScan()
    return ArchiveScan(archive_tree(opened, stop))


def container_of(opened: Path) -> ImageContainer:
    """The container of the images in and below a folder, or in an archive."""
    if is_archive(opened) and not is_folder(opened):
        return ArchiveContainer(opened)
    return FolderContainer(opened)

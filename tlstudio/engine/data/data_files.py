"""Files of a dataset that are no images: found again in any process, and unpacked if need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tlstudio.core.data.image_ref import ImageStat
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.archives import archive_tree, is_archive
from tlstudio.engine.data.files import is_folder
from tlstudio.engine.data.trees import DiskTree, FileTree, Place
from tlstudio.engine.data.unpacked import COMPRESSED, refusing_damaged, unpacked


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a dataset, as containers keep it: small, and found again in any process.

    Attributes:
        opened: the folder around it, or the archive that holds it.
        key: where it lies there.
    """

    opened: Path
    key: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.key).name

    def stat(self) -> ImageStat:
        """Return size and times of the file, as it is packed. Raises OSError: there is none."""
        return tree_at(self.opened).stat(self.key)

    def head(self, size_bytes: int) -> bytes:
        """Return its first bytes, unpacked, without unpacking all of it.

        Raises:
            OSError: it cannot be read.
            DatasetError: it is damaged.
        """
        packed = tree_at(self.opened).place(self.key)
        reader = self._reader
        if reader is None:
            return packed.read(0, size_bytes)
        with refusing_damaged(self.name), _open_packed(packed, reader) as stream:
            return stream.read(size_bytes)

    def place(self, stop: StopToken | None = None, max_bytes: int | None = None) -> Place:
        """Return where its bytes lie; a compressed file (``.gz`` …) is unpacked first.

        Raises:
            OSError: it is gone.
            DatasetError: it cannot be unpacked.
        """
        packed = tree_at(self.opened).place(self.key, stop)
        reader = self._reader
        if reader is None:
            return packed
        facts = self.stat()
        identity = f"{self.opened.resolve()}\0{self.key}\0{facts.size_bytes}\0{facts.mtime_ns}"
        open_packed = partial(_open_packed, packed, reader)
        file = unpacked(self.name, identity, open_packed, max_bytes=max_bytes, stop=stop)
        return Place(file, 0, file.stat().st_size)

    @property
    def _reader(self) -> Callable[[BinaryIO], BinaryIO] | None:
        return COMPRESSED.get(PurePosixPath(self.key).suffix.lower())


def tree_at(opened: Path, stop: StopToken | None = None) -> FileTree:
    """The tree of a folder or an archive, or that of the folder around another file.

    Raises:
        OSError: the archive may not be read.
        DatasetError: it is damaged, locked, or larger than can be unpacked here.
    """
    if is_archive(opened) and not is_folder(opened):
        return archive_tree(opened, stop)
    return DiskTree(opened if is_folder(opened) else opened.parent)


@contextmanager
def _open_packed(packed: Place, reader: Callable[[BinaryIO], BinaryIO]) -> Iterator[BinaryIO]:
    with packed.open() as file, reader(file) as stream:
        yield stream

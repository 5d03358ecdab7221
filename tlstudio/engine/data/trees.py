"""Trees of files: what a dataset source looks at, whether it is a folder or something packed."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from tlstudio.core.data.image_ref import ImageStat
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.files import is_hidden


@dataclass(frozen=True, slots=True)
class Place:
    """Bytes on the disk as they are: a whole file, or a part of one."""

    file: Path
    offset: int
    size_bytes: int

    def open(self) -> BinaryIO:
        """Open these bytes as a file of their own."""
        if self.offset == 0 and self.size_bytes == self.file.stat().st_size:
            return self.file.open("rb")
        return io.BufferedReader(_Part(self))

    def read(self, offset: int, size_bytes: int) -> bytes:
        """Return some of the bytes, fewer where they end before."""
        size_bytes = min(size_bytes, self.size_bytes - offset)
        if offset < 0 or size_bytes <= 0:
            return b""
        with self.file.open("rb", buffering=0) as file:
            file.seek(self.offset + offset)
            return file.read(size_bytes) or b""


class _Part(io.RawIOBase):
    """The bytes of a place, read only."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._file = place.file.open("rb", buffering=0)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = max(0, min(len(buffer), self._place.size_bytes - self._at))
        self._file.seek(self._place.offset + self._at)
        data = self._file.read(size) or b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._place.size_bytes}
        self._at = max(0, start[whence] + offset)
        return self._at

    def close(self) -> None:
        self._file.close()
        super().close()


@dataclass(frozen=True, slots=True)
class TreeFolder:
    """What lies directly in a folder: the names of folders and those of files, in order."""

    folders: tuple[str, ...]
    files: tuple[str, ...]


class FileTree(Protocol):
    """Files by their keys: paths from the root on, with ``/``."""

    @property
    def root(self) -> Path:
        """The folder or file that was opened."""

    def look(self, folder: str) -> TreeFolder:
        """Return what lies in `folder`, empty for the root; nothing where it cannot be read."""

    def stat(self, key: str) -> ImageStat:
        """Return size and times of a file. Raises OSError: there is none."""

    def place(self, key: str, stop: StopToken | None = None) -> Place:
        """Return where the bytes of a file lie.

        Raises:
            OSError: there is no such file.
            DatasetError: it has to be unpacked first, and that cannot be done.
        """


@dataclass(frozen=True, slots=True)
class DiskTree:
    """The files in and below a folder."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder

    def look(self, folder: str) -> TreeFolder:
        folders: list[str] = []
        files: list[str] = []
        try:
            with os.scandir(self.folder / folder) as entries:
                for entry in entries:
                    if not is_hidden(entry.name):
                        (folders if entry.is_dir() else files).append(entry.name)
        except OSError:
            return TreeFolder((), ())
        return TreeFolder(tuple(sorted(folders)), tuple(sorted(files)))

    def stat(self, key: str) -> ImageStat:
        facts = (self.folder / key).stat()
        return ImageStat.of(facts)

    def place(self, key: str, stop: StopToken | None = None) -> Place:
        return Place(self.folder / key, 0, self.stat(key).size_bytes)

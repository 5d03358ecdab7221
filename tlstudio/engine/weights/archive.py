"""Zip archives as `torch.save` writes them, or as people packed weights: nothing is taken on trust.

The directory is read here rather than by `zipfile`, whose memory grows with what a directory
claims: every count and place is compared with the size of the file before anything is made of it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import torch

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import MAX_PICKLE_BYTES, NotInertError

_MAX_ENTRIES = 50_000
_ENTRY_BYTES = 168  # of the directory, for each entry: its name and what else it says
_TAIL = 22 + 65_535  # the record at the end, and the longest comment behind it
_CHUNK = 1 << 20
_SPARE_BYTES = 16 * 1024 * 1024
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_END, _END_64, _PLACE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"
_FULL_32 = 0xFFFFFFFF


class BrokenArchiveError(ValueError):
    """The archive is cut off or damaged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive.

    Attributes:
        size_bytes: unpacked.
        packed_bytes: as it lies in the archive.
        offset: of its own header.
        mode: kind and rights of the file, as Unix has them; 0 where nobody says.
    """

    name: str
    size_bytes: int
    packed_bytes: int
    offset: int
    crc: int
    method: int
    mode: int = 0


def room_for(file_bytes: int) -> int:
    """How much a packed file may unpack to: weights hardly pack, and bombs do."""
    return 2 * file_bytes + 100 * 1024 * 1024


class ZipArchive:
    """The entries of a zip archive, by their names.

    Args:
        most: how many entries it may have.

    Raises:
        BrokenArchiveError: it is no such archive, or entries share a name or reach out of the file.
        NotInertError: it would unpack to much more than it is, or is locked.
        OSError: it cannot be read.
    """

    def __init__(self, file: BinaryIO, file_bytes: int, most: int = _MAX_ENTRIES) -> None:
        self._file = file
        self._file_bytes = file_bytes
        try:
            self.entries = _entries(self._directory(most), file_bytes)
        except (struct.error, IndexError, UnicodeError) as error:
            raise BrokenArchiveError("the directory is broken") from error
        if sum(entry.size_bytes for entry in self.entries.values()) > room_for(file_bytes):
            raise NotInertError(
                QT_TRANSLATE_NOOP("core", "it unpacks to much more than its own size")
            )

    @property
    def is_compressed(self) -> bool:
        """Whether any entry is; torch writes none such."""
        return any(entry.method != _STORED for entry in self.entries.values())

    def read(self, name: str, most: int = MAX_PICKLE_BYTES) -> bytes:
        """The bytes of one entry.

        Raises:
            BrokenArchiveError: there is no such entry, or its checksum is wrong.
            NotInertError: it is larger than `most`, or hardly anything as it is packed.
        """
        entry = self._entry(name)
        if entry.size_bytes > min(most, self._file_bytes + _SPARE_BYTES):
            raise NotInertError(QT_TRANSLATE_NOOP("core", "its pickle is too large"))
        return bytes(self.storage(name).numpy())

    def storage(self, name: str) -> torch.Tensor:
        """The bytes of one entry as a tensor of their own, uint8 ``[N]``.

        They are read rather than mapped: a file that another program cuts short while it is mapped
        ends the whole process.

        Raises:
            BrokenArchiveError: there is no such entry, or its checksum is wrong.
        """
        entry = self._entry(name)
        if entry.method == _STORED:
            self._file.seek(self._data_offset(entry))
            found = read_bytes(self._file, entry.size_bytes)
            crc = zlib.crc32(_view(found))
        else:
            found = torch.empty(entry.size_bytes, dtype=torch.uint8)
            crc = self._unpack(entry, _view(found))
        if crc != entry.crc:
            raise BrokenArchiveError("a checksum is wrong")
        return found

    def copy_to(self, name: str, target: BinaryIO) -> None:
        """Unpack one entry into a file.

        Raises:
            BrokenArchiveError: there is no such entry, or its checksum is wrong.
        """
        entry = self._entry(name)
        crc = done = 0
        for part in self._parts(entry):
            crc, done = zlib.crc32(part, crc), done + len(part)
            if done > entry.size_bytes:
                break
            target.write(part)
        if done != entry.size_bytes or crc != entry.crc:
            raise BrokenArchiveError("a checksum is wrong")

    def _entry(self, name: str) -> Entry:
        if name not in self.entries:
            raise BrokenArchiveError("an entry is missing")
        return self.entries[name]

    def _unpack(self, entry: Entry, view: memoryview) -> int:
        """Fill `view` with a deflated entry; its checksum comes back."""
        crc = done = 0
        for part in self._parts(entry):
            if done + len(part) > len(view):
                raise BrokenArchiveError("an entry is longer than it says")
            view[done : done + len(part)] = part
            crc, done = zlib.crc32(part, crc), done + len(part)
        if done != len(view):
            raise BrokenArchiveError("an entry is shorter than it says")
        return crc

    def _parts(self, entry: Entry) -> Iterator[bytes]:
        self._file.seek(self._data_offset(entry))
        left = entry.packed_bytes
        stream = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == _DEFLATED else None
        while left:
            packed = self._file.read(min(left, _CHUNK))
            if not packed:
                raise BrokenArchiveError("the file ends within an entry")
            left -= len(packed)
            try:
                while stream is not None and packed:
                    yield stream.decompress(packed, _CHUNK)
                    packed = stream.unconsumed_tail
            except zlib.error as error:
                raise BrokenArchiveError("an entry cannot be unpacked") from error
            if stream is None:
                yield packed
        if stream is not None:
            yield stream.flush()

    def _data_offset(self, entry: Entry) -> int:
        """Where the bytes of an entry begin: behind its own header, which is of any length."""
        self._file.seek(entry.offset)
        header = self._file.read(30)
        if len(header) < 30 or not header.startswith(_LOCAL):
            raise BrokenArchiveError("an entry has no header")
        names, extra = struct.unpack_from("<HH", header, 26)
        offset: int = entry.offset + 30 + names + extra
        if offset + entry.packed_bytes > self._file_bytes:
            raise BrokenArchiveError("an entry reaches beyond the end")
        return offset

    def _directory(self, most: int) -> bytes:
        start = max(0, self._file_bytes - _TAIL)
        self._file.seek(start)
        tail = self._file.read(_TAIL)
        at = tail.rfind(_END)
        if at < 0:
            raise BrokenArchiveError("it has no directory: it was not written to its end")
        count, size, offset, comment = struct.unpack_from("<10xHLLH", tail, at)
        if at + 22 + comment != len(tail):
            raise BrokenArchiveError("it was not written to its end")
        if at >= 20 and tail[at - 20 : at - 16] == _PLACE_64:
            (place,) = struct.unpack_from("<Q", tail, at - 12)
            self._file.seek(min(place, self._file_bytes))
            record = self._file.read(56)
            if record[:4] != _END_64:
                raise BrokenArchiveError("the directory is not where it should be")
            count, size, offset = struct.unpack_from("<32xQQQ", record)
        if offset + size > self._file_bytes:
            raise BrokenArchiveError("the directory is not where it should be")
        if count > most or size > most * _ENTRY_BYTES:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "it has too many entries"))
        self._file.seek(offset)
        return self._file.read(size)


def _entries(directory: bytes, file_bytes: int) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    at = 0
    while at < len(directory):
        if directory[at : at + 4] != _ENTRY:
            raise BrokenArchiveError("the directory is broken")
        flags, method, crc, packed, size, n_name, n_extra, n_comment, attributes, offset = (
            struct.unpack_from("<8xHH4xLLLHHH4xLL", directory, at)
        )
        at += 46
        name = directory[at : at + n_name].decode("utf-8" if flags & 0x800 else "latin-1")
        extra = directory[at + n_name : at + n_name + n_extra]
        at += n_name + n_extra + n_comment
        size, packed, offset = _wide(extra, size, packed, offset)
        if flags & _ENCRYPTED:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "it is locked with a password"))
        if method not in (_STORED, _DEFLATED):
            raise NotInertError(QT_TRANSLATE_NOOP("core", "it is packed in a rare way"))
        if name in found or offset + packed > file_bytes or (method == _STORED and size != packed):
            raise BrokenArchiveError("two entries share a name, or one reaches beyond the end")
        found[name] = Entry(name, size, packed, offset, crc, method, attributes >> 16)
    return found


def _wide(extra: bytes, *values: int) -> list[int]:
    """The true sizes and place of an entry, where 32 bits are too few for them."""
    at, wide = 0, b""
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = extra[at + 4 : at + 4 + length]
        at += 4 + length
    numbers = io.BytesIO(wide)
    return [
        struct.unpack("<Q", numbers.read(8))[0] if value == _FULL_32 else value for value in values
    ]


def read_bytes(file: BinaryIO, size: int) -> torch.Tensor:
    """Read `size` bytes from where `file` stands into a tensor of their own, uint8 ``[N]``.

    Raises:
        BrokenArchiveError: the file ends before.
    """
    found = torch.empty(size, dtype=torch.uint8)
    view = _view(found)
    done = 0
    while done < len(view):
        read = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not read:
            raise BrokenArchiveError("the file ends too early")
        done += read
    return found


def _view(data: torch.Tensor) -> memoryview:
    return memoryview(data.numpy())  # type: ignore[arg-type]


class TorchArchive:
    """The pickle and the storages of one torch file, wherever in the archive its folder lies.

    Raises:
        BrokenArchiveError: there is no such pickle in `archive`.
    """

    def __init__(self, archive: ZipArchive) -> None:
        pickles = [name for name in archive.entries if f"/{name}".endswith("/data.pkl")]
        if len(pickles) != 1:
            raise BrokenArchiveError("it has no pickle of its own")
        self._archive = archive
        self._folder = pickles[0].removesuffix("data.pkl")

    def pickle(self) -> bytes:
        return self._archive.read(f"{self._folder}data.pkl")

    def storage(self, key: str) -> torch.Tensor:
        return self._archive.storage(f"{self._folder}data/{key}")

    @property
    def is_little_endian(self) -> bool:
        name = f"{self._folder}byteorder"
        return name not in self._archive.entries or self._archive.read(name) == b"little"

"""One weights file that somebody packed: as .zip, .tar, .gz, .bz2 or .xz."""

from __future__ import annotations

import bz2
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import NotInertError
from tlstudio.engine.weights.archive import BrokenArchiveError, ZipArchive
from tlstudio.engine.weights.foreign import SUFFIXES

_CHUNK = 1 << 20
_BLOCK = 512
_MAX_ENTRIES = 50_000
_XZ_MEMORY = 64 * 1024 * 1024

_STREAMS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
}


class SeveralFilesError(ValueError):
    """An archive with several weights files, or none.

    Attributes:
        names: of the weights files.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("not one weights file")
        self.names = names


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    offset: int
    size_bytes: int


def is_packed_stream(start: bytes) -> bool:
    """Whether a file that begins so is one packed stream: .gz, .bz2 or .xz."""
    return start.startswith(tuple(_STREAMS))


def is_tar(start: bytes) -> bool:
    return start[257:262] == b"ustar"


def unpack_stream(file: BinaryIO, start: bytes, most: int) -> IO[bytes]:
    """Unpack the whole file into a temporary one, which nobody else sees.

    Raises:
        BrokenArchiveError: it is damaged.
        NotInertError: it would be larger than `most` bytes.
        OSError: it cannot be read, or there is no room for it.
    """
    make = next(make for magic, make in _STREAMS.items() if start.startswith(magic))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        stream = make()
        for part in _unpacked(file, stream):
            most -= len(part)
            if most < 0:
                raise NotInertError(
                    QT_TRANSLATE_NOOP("core", "it unpacks to much more than its own size")
                )
            target.write(part)
        if not stream.eof:
            raise BrokenArchiveError("the stream ends too early")
    except (zlib.error, lzma.LZMAError, EOFError, ValueError) as error:
        target.close()
        if isinstance(error, NotInertError | BrokenArchiveError):
            raise
        raise BrokenArchiveError("the stream is broken") from error
    except BaseException:
        target.close()
        raise
    return target


def _unpacked(file: BinaryIO, stream: Any) -> Iterator[bytes]:
    """The parts of what a stream unpacks to; none is larger than a megabyte."""
    while not stream.eof and (packed := file.read(_CHUNK)):
        yield stream.decompress(packed, _CHUNK)
        while not stream.eof:  # zlib gives back what it did not take; the others keep it
            if isinstance(stream, bz2.BZ2Decompressor | lzma.LZMADecompressor):
                if stream.needs_input:
                    break
                yield stream.decompress(b"", _CHUNK)
            elif stream.unconsumed_tail:
                yield stream.decompress(stream.unconsumed_tail, _CHUNK)
            else:
                break


def member_of_zip(archive: ZipArchive) -> IO[bytes]:
    """Unpack the only weights file of a zip archive into a temporary one.

    Raises:
        SeveralFilesError: it has several of them, or none.
        BrokenArchiveError: it is damaged.
    """
    (name,) = _only(list(archive.entries))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        archive.copy_to(name, target)
    except BaseException:
        target.close()
        raise
    return target


def member_of_tar(file: BinaryIO, file_bytes: int) -> IO[bytes]:
    """Copy the only weights file of a tar archive into a temporary one.

    The headers are read here: `tarfile` takes what long names and attributes claim at their word.

    Raises:
        SeveralFilesError: it has several of them, or none.
        BrokenArchiveError: it is damaged.
    """
    members = {member.name: member for member in _members(file, file_bytes)}
    (name,) = _only(list(members))
    member = members[name]
    file.seek(member.offset)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        left = member.size_bytes
        while left and (part := file.read(min(left, _CHUNK))):
            left -= len(part)
            target.write(part)
    except BaseException:
        target.close()
        raise
    return target


def names_in_tar(file: BinaryIO, file_bytes: int) -> set[str]:
    """The names of the regular files in a tar archive.

    Raises:
        BrokenArchiveError: it is damaged.
    """
    return {member.name for member in _members(file, file_bytes)}


def _members(file: BinaryIO, file_bytes: int) -> Iterator[_Member]:
    """The regular files; long names stay cut off at 100 characters."""
    at = 0
    for _ in range(_MAX_ENTRIES):
        file.seek(at)
        header = file.read(_BLOCK)
        if len(header) < _BLOCK or not header.strip(b"\0"):
            return
        try:
            size = int(header[124:136].strip(b" \0") or b"0", 8)
        except ValueError as error:
            raise BrokenArchiveError("a header is broken") from error
        if size < 0 or at + _BLOCK + size > file_bytes:
            raise BrokenArchiveError("an entry reaches beyond the end")
        if header[156:157] in b"0\0":
            name = header[:100].rstrip(b"\0").decode("utf-8", "replace")
            yield _Member(name, at + _BLOCK, size)
        at += _BLOCK + -(-size // _BLOCK) * _BLOCK
    raise NotInertError(QT_TRANSLATE_NOOP("core", "it has too many entries"))


def _only(names: list[str]) -> tuple[str]:
    own = [name for name in names if not name.startswith("__MACOSX/")]
    found = tuple(
        name
        for name in own
        if PurePosixPath(name).suffix.lower() in SUFFIXES
        and not name.rpartition("/")[2].startswith(".")
    )
    if not found and len(own) == 1:
        found = (own[0],)  # whatever it is called
    if len(found) != 1:
        raise SeveralFilesError(found)
    return found

"""Archives (.zip, .tar and compressed tars), read as if they were folders.

The members of a zip are read where they are. A compressed tar is unpacked once, as one file, into
the cache; nothing of an archive is ever written under a name that it says itself, so neither paths
nor links in it lead anywhere.
"""

from __future__ import annotations

import io
import struct
import tarfile
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from tlstudio.core.data.image_ref import ImageStat
from tlstudio.core.errors import DatasetError, TLStudioError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import is_hidden
from tlstudio.engine.data.trees import Place, TreeFolder
from tlstudio.engine.data.unpacked import COMPRESSED, damaged, unpacked

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
"""Ends of names that say a file is an archive; of which kind, its first bytes say."""

_OTHERS = (".rar", ".7z", ".tar.zst", ".zst")  # which are refused with a reason
_COMPRESSED_HEADS = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\0": ".xz"}

_MAX_MEMBERS = 2_000_000
_MAX_DEPTH = 100  # folders in folders, beyond which somebody wants to do harm
_MAX_MEMBER_BYTES = 256 * 1024 * 1024  # of what is read into memory
_KEPT = 4  # lists of members
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED, _UTF8 = 1, 0x800  # flags of a zip's member


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Attributes:
        offset: in a zip, of the header before its bytes; in a tar, of its bytes.
        size_bytes: unpacked.
        packed_bytes: as it lies there.
        method: how it is packed; None in a tar, where nothing is.
        check: the CRC-32 of its bytes in a zip, its offset in a tar; another file has another one.
    """

    offset: int
    size_bytes: int
    packed_bytes: int
    method: int | None
    check: int


class MemberFacts(NamedTuple):
    """As `os.stat_result`, for a file in an archive."""

    st_size: int
    st_mtime_ns: int
    st_ctime_ns: int
    st_ino: int


class ArchiveTree:
    """The files of an archive; made by `archive_tree`, which keeps a few.

    Attributes:
        root: the archive.
        left_out: links, devices and names that lead out of the archive, which are no part of it.
    """

    def __init__(
        self, root: Path, stamp: ImageStat, file: Path, members: dict[str, Member], left_out: int
    ) -> None:
        self.root = root
        self.left_out = left_out
        self._stamp = stamp
        self._file = file
        self._members = members
        self._folders = _folders_of(members)

    def look(self, folder: str) -> TreeFolder:
        inside = self.inside(folder) or TreeFolder((), ())
        shown = (
            tuple(name for name in names if not is_hidden(name))
            for names in (inside.folders, inside.files)
        )
        return TreeFolder(*shown)

    def inside(self, folder: str) -> TreeFolder | None:
        """What lies in a folder, hidden names too; None where there is no such folder."""
        return self._folders.get(folder)

    def is_there(self) -> bool:
        """Whether its bytes still lie where they were; the cache may have been emptied."""
        return is_there(self._file)

    def stat(self, key: str) -> ImageStat:
        member = self._member(key)
        return self._stamp._replace(size_bytes=member.size_bytes, inode=member.check)

    def facts(self, key: str) -> MemberFacts:
        """What the system would tell of a file on the disk; each has an inode of its own."""
        member = self._member(key)
        time = self._stamp.mtime_ns
        return MemberFacts(member.size_bytes, time, time, member.offset + 1)

    def place(self, key: str, stop: StopToken | None = None) -> Place:
        member = self._member(key)
        if member.method is None:
            return Place(self._file, member.offset, member.size_bytes)
        if member.method == zipfile.ZIP_STORED:
            return Place(self._file, self._data_offset(member), member.size_bytes)
        name = PurePosixPath(key).name
        identity = f"{self.root.resolve()}\0{self._stamp}\0{key}"
        file = unpacked(
            name, identity, partial(self._stream, key), max_bytes=member.size_bytes, stop=stop
        )
        return Place(file, 0, file.stat().st_size)

    def read(self, key: str) -> bytes:
        """The bytes of a member.

        Raises:
            OSError: there is none, it is damaged, or it is larger than 256 MB.
        """
        member = self._member(key)
        if member.size_bytes > _MAX_MEMBER_BYTES or member.packed_bytes > _MAX_MEMBER_BYTES:
            raise OSError(f"{key} is too large")
        if member.method is None:
            data = Place(self._file, member.offset, member.size_bytes).read(0, member.size_bytes)
            if len(data) < member.size_bytes:
                raise OSError(f"{key} is cut off")
            return data
        packed = Place(self._file, self._data_offset(member), member.packed_bytes).read(
            0, member.packed_bytes
        )
        if member.method == zipfile.ZIP_STORED:
            data = packed
        elif member.method == zipfile.ZIP_DEFLATED:
            try:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.size_bytes + 1)
            except zlib.error as error:
                raise OSError(f"{key} is damaged") from error
        else:
            with self._stream(key) as stream:
                data = stream.read(member.size_bytes + 1)
        if len(data) != member.size_bytes or zlib.crc32(data) != member.check:
            raise OSError(f"{key} is damaged")
        return data

    def _member(self, key: str) -> Member:
        try:
            return self._members[key]
        except KeyError:
            raise FileNotFoundError(key) from None

    def _data_offset(self, member: Member) -> int:
        header = Place(self._file, member.offset, _LOCAL_HEADER.size).read(0, _LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size:
            raise OSError("the archive is cut off")
        mark, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
        if mark != b"PK\3\4":
            raise OSError("the archive is damaged")
        return int(member.offset + _LOCAL_HEADER.size + name_bytes + extra_bytes)

    @contextmanager
    def _stream(self, key: str) -> Iterator[BinaryIO]:
        """A member of a zip in whatever way it is packed; reading the directory takes a while."""
        offset = self._member(key).offset
        try:
            with zipfile.ZipFile(self._file) as archive:
                info = next(i for i in archive.infolist() if i.header_offset == offset)
                with archive.open(info) as stream:
                    yield stream  # type: ignore[misc]
        except (zipfile.BadZipFile, NotImplementedError, StopIteration) as error:
            raise damaged(PurePosixPath(key).name) from error


@dataclass(frozen=True, slots=True)
class ArchiveContainer:
    """The files of an archive as images; a key is the path in it, with ``/``."""

    archive: Path

    @property
    def id(self) -> str:
        return str(self.archive)

    def open(self, key: str) -> BinaryIO:
        try:
            return io.BytesIO(archive_tree(self.archive).read(key))
        except TLStudioError as error:  # the archive itself is damaged by now
            raise OSError(str(error)) from error

    def stat(self, key: str) -> ImageStat:
        try:
            return archive_tree(self.archive).stat(key)
        except TLStudioError as error:
            raise OSError(str(error)) from error

    def path_of(self, key: str) -> None:
        return None


def is_archive(path: Path) -> bool:
    """Whether it is called like an archive; weights are zips as well, so the name decides."""
    return path.name.lower().endswith(SUFFIXES + _OTHERS)


_kept: OrderedDict[tuple[str, ImageStat], ArchiveTree] = OrderedDict()
_lock = threading.Lock()


def archive_tree(archive: Path, stop: StopToken | None = None) -> ArchiveTree:
    """The files of an archive; listed once, as long as it stays as it is.

    Raises:
        OSError: it is gone or may not be read.
        DatasetError: it is damaged, locked, or larger than can be unpacked here.
    """
    facts = archive.stat()
    stamp = ImageStat.of(facts)
    key = (str(archive), stamp)
    with _lock:
        tree = _kept.get(key)
        if tree is not None and tree.is_there():
            _kept.move_to_end(key)
            return tree
        tree = _listed(archive, stamp, stop)
        _kept[key] = tree
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
        return tree


def _listed(archive: Path, stamp: ImageStat, stop: StopToken | None) -> ArchiveTree:
    with archive.open("rb") as opened:
        head = opened.read(tarfile.BLOCKSIZE)
    _refuse_what_is_none(archive.name, head)
    try:
        if _is_zip(archive.name, head):
            return ArchiveTree(archive, stamp, archive, *_zip_members(archive))
        file = _plain_tar(archive, head, stamp, stop)
        return ArchiveTree(archive, stamp, file, *_tar_members(file, stop))
    except (zipfile.BadZipFile, tarfile.TarError, NotImplementedError, ValueError) as error:
        raise damaged(archive.name) from error


def _is_zip(name: str, head: bytes) -> bool:
    """Whether it is a zip, whatever it is called; a program to unpack it may stand before it."""
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return True
    is_tar = head.startswith(tuple(_COMPRESSED_HEADS)) or head[257:262] == b"ustar"
    return name.lower().endswith(".zip") and not is_tar


def _refuse_what_is_none(name: str, head: bytes) -> None:
    """Raise DatasetError for what only has the name of an archive that is read here."""
    if head.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        raise DatasetError(
            QT_TRANSLATE_NOOP(
                "core", "“{name}” is a web page and no archive: its download failed."
            ),
            QT_TRANSLATE_NOOP("core", "Download it again, perhaps after signing in."),
            name=name,
        )
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")):
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "“{name}” is an archive of a kind that is not read here."),
            QT_TRANSLATE_NOOP("core", "Unpack it yourself and open the folder."),
            name=name,
        )


def _zip_members(archive: Path) -> tuple[dict[str, Member], int]:
    members, left_out = {}, 0
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        if len(infos) > _MAX_MEMBERS:
            raise ValueError("too many members")
        for info in infos:
            if info.is_dir():
                continue
            if info.flag_bits & _ENCRYPTED:
                raise DatasetError(
                    QT_TRANSLATE_NOOP("core", "“{name}” is locked with a password."),
                    QT_TRANSLATE_NOOP("core", "Unpack it yourself and open the folder."),
                    name=archive.name,
                )
            key = _key(_name(info))
            if key is None:
                left_out += 1
                continue
            members[key] = Member(
                info.header_offset,
                info.file_size,
                info.compress_size,
                info.compress_type,
                info.CRC,
            )
    return members, left_out


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; without a flag it may be UTF-8 or the code of Korean Windows."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    data = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _plain_tar(archive: Path, head: bytes, stamp: ImageStat, stop: StopToken | None) -> Path:
    suffix = next((s for start, s in _COMPRESSED_HEADS.items() if head.startswith(start)), "")
    reader = COMPRESSED.get(suffix)
    if reader is None:
        return archive

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        with archive.open("rb") as file, reader(file) as stream:
            yield stream

    return unpacked(archive.name, f"{archive.resolve()}\0{stamp}", opened, stop=stop)


def _tar_members(file: Path, stop: StopToken | None) -> tuple[dict[str, Member], int]:
    members: dict[str, Member] = {}
    left_out = 0
    end = file.stat().st_size
    with tarfile.open(file, "r:") as opened:
        while (info := opened.next()) is not None:
            opened.members.clear()  # type: ignore[attr-defined]  # else each is kept in full
            if len(members) + left_out >= _MAX_MEMBERS:
                raise ValueError("too many members")
            if stop is not None and stop.stopped:
                raise DatasetError(QT_TRANSLATE_NOOP("core", "Opening the folder was stopped."))
            if info.isdir():
                continue
            key = _key(info.name) if info.isreg() and not info.issparse() else None
            if key is None:
                left_out += 1
                continue
            if info.offset_data + info.size > end:
                raise ValueError("a member reaches beyond the end")
            offset = info.offset_data
            members[key] = Member(offset, info.size, info.size, None, offset)
    return members, left_out


def _key(name: str) -> str | None:
    """The path of a member as a key; None where it leads out of the archive, or too deep."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    is_odd = name[:1] in ("/", "\\") or ".." in parts or (parts and parts[0].endswith(":"))
    is_odd = is_odd or not 0 < len(parts) <= _MAX_DEPTH
    return None if is_odd or "\0" in name else "/".join(parts)


def _folders_of(members: dict[str, Member]) -> dict[str, TreeFolder]:
    folders: dict[str, dict[str, None]] = {"": {}}
    files: dict[str, list[str]] = {}
    for key in members:
        folder, _, name = key.rpartition("/")
        files.setdefault(folder, []).append(name)
        while folder and folder not in folders:
            folders[folder] = {}
            folder = folder.rpartition("/")[0]
    for folder in folders:
        parent, _, name = folder.rpartition("/")
        if name:
            folders[parent][name] = None
    return {
        folder: TreeFolder(tuple(sorted(inside)), tuple(sorted(files.get(folder, ()))))
        for folder, inside in folders.items()
    }

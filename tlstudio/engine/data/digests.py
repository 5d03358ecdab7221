"""Content digests of files (16 bytes), remembered while a file is untouched. Needs no torch."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.storage import cache_dir

_SIZE = 16
_TABLE = (
    "create table if not exists digest"
    "(path text primary key, size integer, mtime_ns integer, inode integer, ctime_ns integer,"
    " digest blob)"
    " without rowid"
)
_FLUSH_EVERY = 1000
_RECENT_NS = 2_000_000_000  # the coarsest clock of a file system


@dataclass(frozen=True, slots=True)
class FileDigest:
    """The digest of an image's content, with the size and times of its file.

    Attributes:
        content: BLAKE2b digest of the bytes, 16 bytes; of a deep image with its range of values,
            since another range makes another picture of the same bytes.
        stamp: its size, times and inode.
    """

    content: bytes
    stamp: ImageStat

    def is_of(self, image: ImageRef) -> bool:
        """Whether `image` still looks as it did."""
        try:
            return image.stat() == self.stamp
        except OSError:
            return False


class ContentDigests:
    """A database of content digests.

    A file is read again only when its size, times or inode changed, or when it was only just
    written. Without a writable cache folder it is read every time. To be used by one thread at a
    time, and closed.

    Args:
        database: where digests are remembered; None takes the studio's cache folder.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._new: list[tuple[str, int, int, int, int, bytes]] = []
        self._connection = _connect(database or cache_dir() / "digests.sqlite3")

    def of(self, image: ImageRef) -> FileDigest:
        """The digest of the content of `image`.

        Raises:
            OSError: it cannot be read, or is not a regular file.
        """
        stamp = image.stat()
        name = _name(image)
        known = self._known(name)
        if known is not None and known[:4] == stamp and len(known[4]) == _SIZE:
            return FileDigest(_shown(known[4], image), stamp)
        with image.open() as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).digest()  # type: ignore[arg-type]
        if abs(time.time_ns() - stamp.mtime_ns) > _RECENT_NS:  # else it may change again unnoticed
            self._new.append((name, *stamp, digest))
        if len(self._new) >= _FLUSH_EVERY:
            self.flush()
        return FileDigest(_shown(digest, image), stamp)

    def remembered(self, image: ImageRef) -> FileDigest | None:
        """The digest of `image` without reading it; None where its content is not known."""
        try:
            stamp = image.stat()
        except OSError:
            return None
        known = self._known(_name(image))
        is_known = known is not None and known[:4] == stamp and len(known[4]) == _SIZE
        if known is None or not is_known:
            return None
        return FileDigest(_shown(known[4], image), stamp)

    def flush(self) -> None:
        """Remember what was found so far."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection:
                self._connection.executemany(
                    "insert or replace into digest values (?, ?, ?, ?, ?, ?)", self._new
                )
        self._new.clear()

    def close(self) -> None:
        self.flush()
        if self._connection is not None:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _known(self, name: str) -> tuple[int, int, int, int, bytes] | None:
        if self._connection is None:
            return None
        with contextlib.suppress(sqlite3.Error):
            row: tuple[int, int, int, int, bytes] | None = self._connection.execute(
                "select size, mtime_ns, inode, ctime_ns, digest from digest where path = ?", (name,)
            ).fetchone()
            return row
        return None


def _shown(digest: bytes, image: ImageRef) -> bytes:
    """The digest of what is seen of these bytes."""
    if image.values is None:
        return digest
    return hashlib.blake2b(digest + repr(image.values).encode(), digest_size=_SIZE).digest()


def _name(image: ImageRef) -> str:
    return str(image).encode("utf-8", "backslashreplace").decode()


def _connect(database: Path) -> sqlite3.Connection | None:
    """Open the database; None without rights, or while another program holds it.

    A broken file is thrown away: it can be made again at any time.
    """
    for _ in range(2):
        connection = None
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(database, timeout=2, check_same_thread=False)
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute(_TABLE)
            connection.execute(
                "select path, size, mtime_ns, inode, ctime_ns, digest from digest limit 1"
            )
            return connection
        except (sqlite3.Error, OSError) as error:
            if connection is not None:
                connection.close()
            if isinstance(error, OSError) or _is_passing(error):
                return None
        for suffix in ("", "-wal", "-shm"):  # a log must not outlive its database
            with contextlib.suppress(OSError):
                database.with_name(database.name + suffix).unlink()
    return None


def _is_passing(error: sqlite3.Error) -> bool:
    """Whether the file itself is sound, as far as can be told."""
    return isinstance(error, sqlite3.OperationalError) and "no such column" not in str(error)

"""What is in a file, in 16 bytes; remembered while the file looks untouched. Needs no torch."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tlstudio.core.storage import cache_dir

_SIZE = 16
_TABLE = (
    "create table if not exists digest"
    "(path text primary key, size integer, mtime_ns integer, inode integer, digest blob)"
    " without rowid"
)
_FLUSH_EVERY = 1000


@dataclass(frozen=True, slots=True)
class FileDigest:
    """What was in a file, and how the file looked then.

    Attributes:
        content: BLAKE2b digest, 16 bytes.
        stamp: size, modification time and inode.
    """

    content: bytes
    stamp: tuple[int, int, int]

    def is_of(self, path: Path) -> bool:
        """Whether `path` still looks as it did."""
        try:
            return _stamp(path) == self.stamp
        except OSError:
            return False


class ContentDigests:
    """Digests of files' contents.

    A file is read again only when its size, time or inode changed. Without a writable cache folder
    it is read every time. To be used by one thread, and closed.

    Args:
        database: where digests are remembered; None takes the studio's cache folder.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._new: list[tuple[str, int, int, int, bytes]] = []
        self._connection = _connect(database or cache_dir() / "digests.sqlite3")

    def of(self, path: Path) -> FileDigest:
        """The digest of the content of `path`.

        Raises:
            OSError: it cannot be read.
        """
        stamp = _stamp(path)
        name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        known = self._known(name)
        if known is not None and known[:3] == stamp and len(known[3]) == _SIZE:
            return FileDigest(known[3], stamp)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).digest()
        self._new.append((name, *stamp, digest))
        if len(self._new) >= _FLUSH_EVERY:
            self.flush()
        return FileDigest(digest, stamp)

    def flush(self) -> None:
        """Remember what was found so far."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection:
                self._connection.executemany(
                    "insert or replace into digest values (?, ?, ?, ?, ?)", self._new
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

    def _known(self, name: str) -> tuple[int, int, int, bytes] | None:
        if self._connection is None:
            return None
        with contextlib.suppress(sqlite3.Error):
            row: tuple[int, int, int, bytes] | None = self._connection.execute(
                "select size, mtime_ns, inode, digest from digest where path = ?", (name,)
            ).fetchone()
            return row
        return None


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _connect(database: Path) -> sqlite3.Connection | None:
    """A broken file is thrown away: it can be made again at any time."""
    for _ in range(2):
        with contextlib.suppress(sqlite3.Error, OSError):
            database.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(database, timeout=2)
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute(_TABLE)
            return connection
        with contextlib.suppress(OSError):
            database.unlink()
    return None

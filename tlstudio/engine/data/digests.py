"""What is in a file, in 16 bytes; remembered while the file looks untouched. Needs no torch."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
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


class ContentDigests:
    """BLAKE2b digests of files' contents, 16 bytes each.

    A file is read again only when its size, time or inode changed. Without a writable cache folder
    it is read every time. To be used by one thread, and closed.

    Args:
        database: where digests are remembered; None takes the studio's cache folder.
    """

    def __init__(self, database: Path | None = None) -> None:
        self._new: list[tuple[str, int, int, int, bytes]] = []
        self._connection = _connect(database or cache_dir() / "digests.sqlite3")

    def of(self, path: Path) -> bytes:
        """The digest of the content of `path`.

        Raises:
            OSError: it cannot be read.
        """
        status = path.stat()
        stamp = (status.st_size, status.st_mtime_ns, status.st_ino)
        name = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        known = self._known(name)
        if known is not None and known[:3] == stamp and len(known[3]) == _SIZE:
            return known[3]
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).digest()
        self._new.append((name, *stamp, digest))
        if len(self._new) >= _FLUSH_EVERY:
            self.flush()
        return digest

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

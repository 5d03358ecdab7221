"""Compressed files, unpacked once into the studio's cache and known again while untouched.

What was used longest ago gives way. Whatever a file claims of its size, no more is written than the
preferences allow and the disk has room for.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import lzma
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, cast

from tlstudio.core.errors import DatasetError
from tlstudio.core.preferences import in_force
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import atomic_path, cache_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP

COMPRESSED: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    ".gz": lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)),
    ".bz2": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    ".xz": lambda file: cast(BinaryIO, lzma.LZMAFile(file)),  # noqa: SIM115 - the caller closes it
}
DAMAGED = QT_TRANSLATE_NOOP("core", "“{name}” is damaged or cut off.")

_CHUNK = 1 << 20
_FREE_SHARE = 0.5  # of the disk's free space, at most
_BROKEN = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


def damaged(name: str) -> DatasetError:
    """A file of a dataset cannot be read to its end."""
    hint = QT_TRANSLATE_NOOP("core", "Download or copy it again.")
    return DatasetError(DAMAGED, hint, name=name)


@contextlib.contextmanager
def refusing_damaged(name: str) -> Iterator[None]:
    """Raise one `DatasetError` for whatever the readers of compressed files say of nonsense."""
    try:
        yield
    except _BROKEN as error:
        raise damaged(name) from error
    except OSError as error:
        if error.errno is None:  # bz2 says so of bytes that make no sense
            raise damaged(name) from error
        raise


def unpacked(
    name: str,
    identity: str,
    open_packed: Callable[[], AbstractContextManager[BinaryIO]],
    *,
    max_bytes: int | None = None,
    stop: StopToken | None = None,
) -> Path:
    """The file in the cache that holds what `open_packed` reads; written at the first need.

    Args:
        name: what a person calls the file.
        identity: what is unpacked: its path, size and time. Another identity is another file.
        open_packed: opens it for reading, unpacked.
        max_bytes: how long it can be at most, where that is known.
        stop: ends it early.

    Raises:
        DatasetError: it is damaged, is larger than there is room for, or was stopped.
        StorageError: the cache cannot be written.
        OSError: it cannot be read.
    """
    key = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    target = cache_dir() / "unpacked" / key
    with contextlib.suppress(OSError):
        os.utime(target)  # used now
        return target
    with atomic_path(target) as part:
        room = _room(part.parent)
        limit = room if max_bytes is None else min(room, max_bytes)
        with refusing_damaged(name), open_packed() as source, part.open("wb") as written:
            _copy(name, source, written, limit, stop)
    _make_room(target)
    return target


def _copy(
    name: str, source: BinaryIO, target: BinaryIO, limit: int, stop: StopToken | None
) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        if stop is not None and stop.stopped:
            raise DatasetError(QT_TRANSLATE_NOOP("core", "Opening the folder was stopped."))
        size += len(chunk)
        if size > limit:
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "“{name}” is larger than can be unpacked here."),
                QT_TRANSLATE_NOOP(
                    "core",
                    "Unpack it yourself and open the folder, or allow more space for decoded "
                    "images in the preferences.",
                ),
                name=name,
            )
        target.write(chunk)


def _room(folder: Path) -> int:
    free = shutil.disk_usage(folder).free
    return min(in_force().images_limit_bytes, int(free * _FREE_SHARE))


def _make_room(newest: Path) -> None:
    """Delete what was used longest ago until all of it is within the limit."""
    with contextlib.suppress(OSError):
        files = [(path, path.stat()) for path in newest.parent.iterdir() if path.is_file()]
        files.sort(key=lambda row: row[1].st_mtime_ns, reverse=True)
        total = 0
        for path, facts in files:
            total += facts.st_size
            if total > in_force().images_limit_bytes and path != newest:
                path.unlink(missing_ok=True)

"""Takes the files out of an archive that came from a server: only plain files, within bounds."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP

Wants = Callable[[PurePosixPath], bool]

_MAX_FILES = 1_000_000
_MAX_GROWTH = 20  # times as large as the archive; photos hardly grow, tables and raw pixels do
_GROWTH_FREE_BYTES = 1 << 30


def unpack(
    archive: Path,
    folder: Path,
    wants: Wants,
    stop: StopToken,
    on_read: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the files of a .zip or .tar.* to `folder`, by their names in it.

    Links, devices, and names that lead out of the folder are passed over.

    Args:
        wants: whether a file is needed; its path in the archive is asked about.
        on_read: told the bytes of the archive that were read so far.

    Raises:
        DatasetError: it is damaged, or unpacks to far more than such an archive should.
        StorageError: it cannot be written.
    """
    room = _MAX_GROWTH * archive.stat().st_size + _GROWTH_FREE_BYTES
    try:
        for number, (name, size_bytes, source) in enumerate(_members(archive, on_read)):
            if stop.stopped:
                return
            path = _inner(name)
            if path is None or not wants(path):
                continue
            room -= size_bytes
            if room < 0 or number > _MAX_FILES:
                raise _damaged(archive)
            target = folder / path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
            except OSError as error:
                raise unwritable(target, error) from error
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as bad:
        raise _damaged(archive) from bad


def _members(archive: Path, on_read: Callable[[int], None]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Name, size and bytes of each plain file, in the order in which they lie there."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            done = 0
            for member in opened.infolist():
                done += member.compress_size
                is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
                if not member.is_dir() and not is_link:
                    with opened.open(member) as source:
                        yield member.filename, member.file_size, source
                on_read(done)
        return
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as stream:
        for entry in stream:
            source_of = stream.extractfile(entry) if entry.isreg() else None
            if source_of is not None:
                yield entry.name, entry.size, source_of
            on_read(raw.tell())


def _inner(name: str) -> PurePosixPath | None:
    """The path within a folder; None for one that leads out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part != "."]
    if not parts or path.is_absolute() or ".." in parts or ":" in parts[0]:
        return None
    return PurePosixPath(*parts)


def _damaged(archive: Path) -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "The archive “{name}” is damaged."),
        QT_TRANSLATE_NOOP("core", "Download it again."),
        name=archive.name,
    )

"""Copies images into a folder for each class, so that all of it can be taken back.

Nothing is ever replaced or moved. What is copied stands in a log in the folder before it is there
under its name, with a digest of its content: undoing, at once or months later, removes exactly the
files that are still what was copied, and the folders that were made for them and are empty.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import IO

from tlstudio.core.data.dataset import ExcludedFile
from tlstudio.core.data.image_ref import FolderContainer, ImageRef
from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import is_there, nearest, safe_file_name, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.core.use.sorting import Sorted, SortFolders, SortProgressed, SortUndone

LOG_START, LOG_SUFFIX = "tlstudio-sorted-", ".jsonl"
_CHUNK = 1 << 20
_MAX_LINE = 1 << 16
_GONE = QT_TRANSLATE_NOOP("core", "The file cannot be read any more.")


def sort_into(
    records: Sequence[PredictionRecord],
    folders: SortFolders,
    target: Path,
    stop: StopToken | None = None,
) -> Iterator[SortProgressed | Sorted]:
    """Copy each image into the folder of its answer, within `target`; yields `Sorted` at last.

    A name that is taken gets a number. Stopped, what is copied stays, whole, and can be undone.

    Raises:
        StorageError: `target` lies where the images are, is not writable or has no room.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 - a link stays what it is
    _refuse_sources(records, folders, target)
    _refuse_full_disk(records, target)
    failed: list[ExcludedFile] = []
    copied = 0
    is_whole = True
    with _Log(target) as log:
        for number, record in enumerate(records):
            yield SortProgressed(number, len(records))
            if stop is not None and stop.stopped:
                is_whole = False
                break
            if _copy(record.image, target / folders.folder_of(record), log):
                copied += 1
            else:
                failed.append(ExcludedFile(record.image, _GONE))
    yield Sorted(target, log.path, copied, tuple(failed), is_whole)


def undo_sort(place: Path) -> SortUndone:
    """Remove what was copied: of a log, or the newest sorting in a folder.

    A copy that is not what was copied stays, as does one that is reached by a link by now.

    Raises:
        DatasetError: nothing was sorted there.
        StorageError: something cannot be removed.
    """
    log = place if _is_log(place) else newest_log(place)
    if log is None:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "No images were sorted into “{name}”."),
            QT_TRANSLATE_NOOP("core", "Choose the folder that holds the folders of the classes."),
            name=place.name or place,
        )
    folder = log.parent
    copies, made = _read_log(log)
    removed, kept = 0, []
    try:
        for name, digest in copies.items():
            copy = folder / name
            if not is_there(copy):
                continue
            if _is_regular(copy) and _digest(copy) == digest:
                copy.unlink()
                removed += 1
            else:
                kept.append(copy)
        log.unlink()
    except OSError as error:
        raise _not_removed(folder, error) from error
    for inner in made:
        # something else is in it by now, or the log names what no system can
        with contextlib.suppress(OSError, ValueError):
            (folder / inner).rmdir()
    return SortUndone(folder, removed, tuple(kept))


def newest_log(folder: Path) -> Path | None:
    """The log of the last sorting into a folder; None without one."""
    with contextlib.suppress(OSError):
        found = [path for path in folder.glob(f"{LOG_START}*{LOG_SUFFIX}") if _is_log(path)]
        return max(found, key=lambda path: path.name, default=None)
    return None


def _is_log(path: Path) -> bool:
    """Whether it is called like a log: undoing deletes it, and it may be named by a person."""
    is_called_so = path.name.startswith(LOG_START) and path.name.endswith(LOG_SUFFIX)
    return is_called_so and is_there(path) and path.is_file()


class _Log:
    """The log of one sorting; the file is made with the first line.

    Attributes:
        path: None while nothing is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None
        self.path: Path | None = None

    def __enter__(self) -> _Log:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, **values: object) -> None:
        """Add a line; it is with the system before the call returns."""
        if self._file is None:
            self._file = self._begin()
        self._file.write(json.dumps(values) + "\n")
        self._file.flush()

    def make(self, folder: Path) -> None:
        """Make a folder in that of the log; nothing where it is there."""
        if not folder.is_dir():
            self.write(folder=folder.name)
            folder.mkdir()

    def _begin(self) -> IO[str]:
        is_new = not self._folder.is_dir()
        self._folder.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y-%m-%d-%H%M%S")
        for number in count(1):
            name = f"{LOG_START}{stamp}-{number:02}{LOG_SUFFIX}"
            with contextlib.suppress(FileExistsError):
                file = (self._folder / name).open("x", encoding="ascii")
                self.path = self._folder / name
                if is_new:
                    file.write(json.dumps({"folder": "."}) + "\n")
                return file
        raise AssertionError


def _copy(image: ImageRef, folder: Path, log: _Log) -> bool:
    """Copy one image; returns whether it could be read.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        source = image.open()
    except OSError:
        return False
    part: Path | None = None
    try:
        with source:
            log.make(folder)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".tlstudio-", suffix=".part")
            part = Path(name)
            digest = hashlib.blake2b(digest_size=16)
            with os.fdopen(handle, "wb") as written:
                while chunk := _read(source):
                    digest.update(chunk)
                    written.write(chunk)
            if chunk is None:
                return False
        _keep_facts(image, part)
        _place(part, folder, _name_of(image), digest.hexdigest(), log)
    except OSError as error:
        raise unwritable(folder / image.name, error) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return True


def _name_of(image: ImageRef) -> str:
    """Its own; names in archives may be such as this system does not take."""
    if image.path is not None:
        return image.name
    stem = image.name[: len(image.name) - len(image.suffix)]
    return safe_file_name(stem) + safe_file_name(f"_{image.suffix}")[1:]


def _read(source: IO[bytes]) -> bytes | None:
    """Some bytes; none at the end, None where the disk does not give them."""
    try:
        return source.read(_CHUNK)
    except OSError:
        return None


def _place(part: Path, folder: Path, name: str, digest: str, log: _Log) -> None:
    """Give a file its name, or the first one after it that is free; nothing is replaced."""
    wanted = Path(name)
    for number in count(1):
        target = folder / (name if number == 1 else f"{wanted.stem} ({number}){wanted.suffix}")
        if os.path.lexists(target):
            continue
        key = f"{folder.name}/{target.name}"
        log.write(copy=key, digest=digest)
        try:
            _claim(part, target)
        except FileExistsError:  # another program was quicker
            log.write(void=key)
            continue
        return


def _claim(part: Path, target: Path) -> None:
    """Rename without ever replacing. Raises FileExistsError: there is something by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without hard links
        target.open("xb").close()
        part.replace(target)


def _keep_facts(image: ImageRef, part: Path) -> None:
    """The time and the rights of the original, as far as the disk takes them."""
    with contextlib.suppress(OSError):
        if image.path is not None:
            shutil.copystat(image.path, part)
            part.chmod(stat.S_IMODE(part.stat().st_mode) | stat.S_IWUSR)
            return
    with contextlib.suppress(OSError):
        part.chmod(stat.S_IMODE(part.parent.stat().st_mode) & 0o666)


def _refuse_sources(
    records: Sequence[PredictionRecord], folders: SortFolders, target: Path
) -> None:
    """The folders that images come from stay as they are."""
    sources = {
        place.resolve()
        for record in records
        if isinstance(record.image.container, FolderContainer) and record.image.path is not None
        for place in (record.image.container.folder, record.image.path.parent)
    }
    for place in (target, *(target / name for name in folders.all)):
        whole = place.resolve()
        if whole in sources or not sources.isdisjoint(whole.parents):
            raise StorageError(
                QT_TRANSLATE_NOOP("core", "“{name}” lies within the folder of the images."),
                QT_TRANSLATE_NOOP("core", "Choose a folder beside it, so that it stays as it is."),
                name=place.name,
            )


def _refuse_full_disk(records: Sequence[PredictionRecord], target: Path) -> None:
    needed = 0
    for record in records:
        with contextlib.suppress(OSError):
            needed += record.image.stat().size_bytes
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(nearest(target)).free
        if needed > free:
            raise StorageError(
                QT_TRANSLATE_NOOP(
                    "core", "The copies take {needed} MB, and the disk has {free} MB left."
                ),
                QT_TRANSLATE_NOOP("core", "Choose another folder, or make room on the disk."),
                needed=needed // 10**6,
                free=free // 10**6,
            )


def _read_log(log: Path) -> tuple[dict[str, str], list[str]]:
    """The digests of the copies by their place, and the folders to be removed, inner ones first.

    Lines that say anything else, or lead out of the folder, are passed over.
    """
    copies: dict[str, str] = {}
    made: list[str] = []
    try:
        with log.open(encoding="ascii", errors="replace") as file:
            while line := file.readline(_MAX_LINE):
                values = _values(line)
                if _is_inner(values.get("copy"), 2):
                    copies[values["copy"]] = values.get("digest", "")
                elif values.get("folder") == "." or _is_inner(values.get("folder"), 1):
                    made.insert(0, values["folder"])
                copies.pop(values.get("void", ""), None)
    except OSError as error:
        raise _not_removed(log, error) from error
    return copies, made


def _values(line: str) -> dict[str, str]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {key: value for key, value in values.items() if isinstance(value, str)}


def _is_inner(name: str | None, depth: int) -> bool:
    """Whether it is a path of so many parts that cannot lead out of a folder."""
    if not name or "\0" in name:
        return False
    path = Path(name)
    is_odd = path.is_absolute() or path.drive or ".." in path.parts
    return not is_odd and len(path.parts) == depth


def _is_regular(path: Path) -> bool:
    try:
        is_link = path.parent.is_symlink()
        return not is_link and stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _not_removed(place: Path, error: OSError) -> StorageError:
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be removed: {why}."),
        QT_TRANSLATE_NOOP("core", "Close the programs that have it open, and try again."),
        name=place.name,
        why=error.strerror or str(error),
    )

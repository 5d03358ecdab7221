"""Folders of the studio on this machine, and atomic writing of files."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import platformdirs

from tlstudio.core.errors import StorageError
from tlstudio.core.file_lock import lock
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from pydantic import TypeAdapter

APP_NAME = "tlstudio"

R = TypeVar("R")

_NOT_IN_FILE_NAMES = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+'
)
_DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$")) | {
    f"{port}{number}" for port in ("com", "lpt") for number in (*range(10), *"¹²³")
}
_RESERVE_BYTES = 64 * 1024 * 1024  # of a disk, for everybody else
_TEMPORARY_SUFFIX = ".part"
_TEMPORARY = re.compile(r"\..+\.[0-9a-z_]{8}\.part", re.DOTALL)
_FILE_NAME_LENGTH = 64  # characters: in Hangul 192 bytes of the 255 that systems take

_log = logging.getLogger(__name__)
_adapters: dict[Any, TypeAdapter[Any]] = {}
_told: dict[Path, tuple[tuple[int, int, int], dict[str, object]]] = {}


def config_dir() -> Path:
    """Preferences, per user. ``TLSTUDIO_HOME`` moves all of the studio's own folders."""
    return _home("config") or Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """Return the folder for what can be made again at any time, as the preferences have it."""
    return _chosen("cache_folder") or usual_cache_dir()


def usual_cache_dir() -> Path:
    """What `cache_dir` is where the preferences have no other."""
    return _home("cache") or Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def data_dir() -> Path:
    """Return the folder for what a person would miss: splits and, as a rule, runs."""
    return _home("data") or Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def runs_dir() -> Path:
    """Return the folder of all kept runs, as the preferences have it."""
    return _chosen("runs_folder") or usual_runs_dir()


def usual_runs_dir() -> Path:
    """What `runs_dir` is where the preferences have no other."""
    return data_dir() / "runs"


def weights_dir() -> Path | None:
    """The folder for downloaded weights in the preferences; None for those of their libraries."""
    return _chosen("weights_folder")


def preferences_path() -> Path:
    """The file of preferences; see `core.preferences` for what is in it."""
    return config_dir() / "preferences.json"


def told_preferences(path: Path | None = None) -> Mapping[str, object]:
    """What the file of preferences says, unchecked; empty where it is missing or broken.

    Cheap: the file is read again only once it has changed. The same object means the same values.

    Args:
        path: the file; that of the studio by default.
    """
    path = path or preferences_path()
    try:
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    except (OSError, ValueError):
        stamp = (0, 0, 0)
    known = _told.get(path)
    if known is None or known[0] != stamp:
        values = read_json(path)
        known = _told[path] = (stamp, values if isinstance(values, dict) else {})
    return known[1]


def write_preferences(values: Mapping[str, object], path: Path) -> None:
    """Write the file of preferences, for its owner alone; what cannot be read is put aside first.

    Raises:
        StorageError: it cannot be written.
    """
    if path.exists() and not isinstance(read_json(path), dict):
        with contextlib.suppress(OSError):
            path.replace(broken_path(path))
    text = json.dumps({"version": 1, **values}, ensure_ascii=False, indent=1)
    with atomic_path(path, is_private=True) as temporary:
        temporary.write_bytes(text.encode("utf-8", "replace"))


def broken_path(path: Path) -> Path:
    """Where a file of preferences that cannot be read is kept."""
    return path.with_suffix(".broken.json")


def _chosen(name: str) -> Path | None:
    """A folder of the preferences, if it is a whole path."""
    told = told_preferences().get(name)
    folder = Path(told) if isinstance(told, str) and told and "\0" not in told else None
    return folder if folder is not None and folder.is_absolute() else None


def documents_dir() -> Path:
    """Return the folder that is offered for what a person saves: weights, models, charts, code.

    Asks the system, which reads a file to know it.
    """
    return _home("documents") or Path(platformdirs.user_documents_dir()) / "TLStudio"


def _home(part: str) -> Path | None:
    home = os.environ.get("TLSTUDIO_HOME")
    return Path(home) / part if home else None


def resources_dir() -> Path:
    """The folder of icons, fonts, translations and samples.

    A bundle unpacks it beside the program, a wheel carries it inside the package, and a source
    checkout has it beside the package.

    Raises:
        StorageError: it is in none of these places.
    """
    package = Path(__file__).resolve().parent.parent
    bundle = getattr(sys, "_MEIPASS", None)
    places = [Path(bundle) / "resources"] if bundle else []
    places += [package / "resources", package.parent / "resources"]
    for place in places:
        if place.is_dir():
            return place
    raise StorageError(
        QT_TRANSLATE_NOOP("core", "The studio's resources folder is missing."),
        QT_TRANSLATE_NOOP("core", "Install TLStudio again."),
    )


class ProtectedError(PermissionError):
    """A file that says of itself that it is not to be written to."""


@contextlib.contextmanager
def atomic_path(target: Path, *, is_private: bool = False) -> Iterator[Path]:
    """A temporary file beside `target` that takes its place when the block ends well.

    The file is flushed to disk before it is renamed, so a crash leaves the old file or the new one,
    never half of one. If the block raises, `target` is untouched.

    Args:
        target: the file; where it is a link, the file at its end is replaced.
        is_private: whether nobody but its owner may read it.

    Raises:
        StorageError: the folder cannot be made or written to, or the file is protected.
    """
    handle: int | None
    try:
        place = _place_of(Path(target))
        place.parent.mkdir(parents=True, exist_ok=True)
        mode = _mode_of(place, is_private=is_private)
        temporary, handle = _temporary_beside(place, mode)
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        yield temporary
        _flush(temporary)
        if os.name == "nt":  # what is open cannot be renamed there
            os.close(handle)
            handle = None
        temporary.replace(place)
        sync_folder(place.parent)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        if handle is not None:
            os.close(handle)
        temporary.unlink(missing_ok=True)


def atomic_write(target: Path, content: str | bytes) -> None:
    """Write `content` (text as UTF-8) to `target`, whole or not at all.

    File names that are no valid text are escaped in the way of JSON.

    Raises:
        StorageError: it cannot be written.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with atomic_path(target) as temporary:
        temporary.write_bytes(data)


def check_room(folder: Path, needed_bytes: int, hint: str) -> None:
    """Make sure that the disk of `folder` takes so much more.

    Args:
        folder: need not exist yet.
        needed_bytes: that are to come.
        hint: what to do where they are too many.

    Raises:
        StorageError: it does not.
    """
    try:
        free = shutil.disk_usage(nearest(folder)).free
    except OSError:
        return  # not told; who writes will see
    if free < needed_bytes + _RESERVE_BYTES:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "The disk is too full: {needed} MB to come, {free} MB free."),
            hint,
            needed=round(needed_bytes / 1e6),
            free=round(free / 1e6),
        )


def safe_file_name(text: str) -> str:
    """`text` as the name of a file on every system, without a suffix of its own."""
    name = _NOT_IN_FILE_NAMES.sub("-", text).strip(" .-")
    name = name[:_FILE_NAME_LENGTH].rstrip(" .") or "TLStudio"
    return f"_{name}" if is_device_name(name) else name


def is_device_name(name: str) -> bool:
    """Whether Windows means a device by the name of a file, whatever its suffix."""
    return name.partition(".")[0].strip().casefold() in _DEVICES


def is_there(path: Path) -> bool:
    """Whether there is anything at `path`. Never for the GUI thread: a lost drive takes minutes."""
    try:
        path.stat()
    except (OSError, ValueError):  # also where its drive is gone, and where no name can be so
        return False
    return True


def open_regular(path: str, flags: int) -> int:
    """Open a file that has an end: a pipe would be waited for.

    Raises:
        OSError: it is no such file, or cannot be opened.
    """
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise OSError(
        errno.ENOTSUP, QT_TRANSLATE_NOOP("core", "it is a folder, a pipe or a device"), path
    )


def nearest(folder: Path) -> Path:
    """The folder, or the nearest around it that there is: perhaps nothing was ever kept there."""
    return next((place for place in (folder, *folder.parents) if is_there(place)), folder)


def remove_file(target: Path) -> None:
    """Make sure that there is no such file.

    Raises:
        StorageError: it cannot be removed.
    """
    try:
        target.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(target, error) from error


def read_json(path: Path, default: object = None) -> object:
    """The JSON value in `path`; `default` where the file is missing or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return default


def write_record(path: Path, record: object, version: int | None = 1) -> None:
    """Write a dataclass as a JSON object beside the version of its format, whole or not at all.

    File names that are no valid text lose the characters that are none.

    Raises:
        StorageError: it cannot be written.
    """
    about = {} if version is None else {"version": version}
    values = {**about, **_adapter(type(record)).dump_python(record)}
    text = json.dumps(values, ensure_ascii=False, indent=1)
    atomic_write(path, text.encode("utf-8", "replace"))


def read_record(path: Path, kind: type[R], version: int | None = 1) -> R | None:
    """Read what `write_record` wrote; None where there is no such file.

    Fields that `kind` does not have are left out, those that the file does not have take their
    defaults. A file without a version is of the first one; with a `version` of None, files have
    none.

    Raises:
        StorageError: it cannot be read, is broken, or is of another version.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = None if version is None else values.pop("version", 1)
        if found != version:
            raise ValueError(f"version {found}, not {version}")
        record: R = _adapter(kind).validate_python(values)
        return record
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” is damaged, or was not written to its end."),
            name=path.name,
        ) from error


def cached_record(path: Path, kind: type[R], version: int | None = 1) -> R | None:
    """Read what `write_record` wrote; None where that is nothing, or nothing of use."""
    try:
        return read_record(path, kind, version)
    except StorageError as error:
        _log.warning("%s (%s)", error, error.__cause__)
        return None


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Delete all but the `count` files of this pattern that were written last, where possible."""
    with contextlib.suppress(OSError):  # another program tidies up as well
        files = sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns)
        for path in files[:-count]:
            path.unlink(missing_ok=True)


def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter  # not before it is needed

    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def place_of(target: Path) -> Path:
    """Where a file of this name is written, where that is done by other means than `atomic_path`.

    Raises:
        StorageError: it is protected, or no ordinary file.
    """
    try:
        place = _place_of(target)
        _mode_of(place, is_private=False)
    except OSError as error:
        raise unwritable(target, error) from error
    return place


def _place_of(target: Path) -> Path:
    """Where a file of this name is written: a link stays what it is, its end is written to.

    Raises:
        OSError: links lead in a circle, or to what is no ordinary file.
    """
    place = Path(os.path.realpath(target)) if target.is_symlink() else target
    try:
        kind = place.lstat().st_mode
    except FileNotFoundError:
        return place
    if stat.S_ISREG(kind):
        return place
    number = errno.ELOOP if stat.S_ISLNK(kind) else errno.EISDIR
    number = number if stat.S_ISLNK(kind) or stat.S_ISDIR(kind) else errno.ENOTSUP
    raise OSError(number, os.strerror(number), str(target))


def _mode_of(place: Path, *, is_private: bool) -> int | None:
    """The rights of the file to be replaced; for a new one None, which are the usual ones.

    Raises:
        OSError: it is protected. Who may write to its folder could replace it even so.
    """
    if is_private:
        return 0o600
    try:
        mode = place.stat().st_mode & 0o777
    except FileNotFoundError:
        return None
    if not mode & 0o222 or not os.access(place, os.W_OK):
        raise ProtectedError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    return mode


def _temporary_beside(place: Path, mode: int | None) -> tuple[Path, int]:
    """A new file, and a handle that holds its lock: while it is held, nobody sweeps it away.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        path = place.with_name(f".{place.name}.{secrets.token_hex(4)}{_TEMPORARY_SUFFIX}")
        # The system applies the umask, which nobody can ask for without changing it.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        handle = os.open(path, flags, 0o666 if mode is None else mode)
        try:
            if mode is not None and os.name != "nt":
                os.fchmod(handle, mode)
            if os.name == "nt" or (lock(handle) and path.exists()):
                return path, handle
        except OSError:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise
        os.close(handle)  # swept away before it was locked


def sweep_temporaries(folder: Path) -> int:
    """Remove what `atomic_path` left in `folder` where its process was killed; returns how many.

    Files that a running process writes are locked and stay.
    """
    swept = 0
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for item in found:
            if _TEMPORARY.fullmatch(item.name) and item.is_file(follow_symlinks=False):
                swept += _swept(Path(item.path))
    return swept


def _swept(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        if os.name == "nt":  # what is open cannot be deleted there
            os.close(handle)
            handle = -1
        elif not lock(handle):
            return False
        path.unlink()
    except OSError:
        return False
    finally:
        if handle >= 0:
            os.close(handle)
    return True


def _flush(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def sync_folder(folder: Path) -> None:
    """Bring what was renamed in `folder` to the disk."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(target: Path, error: OSError) -> StorageError:
    """Return a typed error for a failed write."""
    if isinstance(error, ProtectedError):
        return StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” is write-protected."),
            QT_TRANSLATE_NOOP("core", "Choose another name, or let the file be written to."),
            name=target.name,
        )
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be written: {why}."),
        QT_TRANSLATE_NOOP("core", "Choose another folder, or make room on the disk."),
        name=target.name,
        why=error.strerror or str(error),
    )

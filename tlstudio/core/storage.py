"""Folders of the studio on this machine, and atomic writing of files."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import platformdirs

from tlstudio.core.errors import StorageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from pydantic import TypeAdapter

APP_NAME = "tlstudio"

R = TypeVar("R")

_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
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


@contextlib.contextmanager
def atomic_path(target: Path, *, is_private: bool = False) -> Iterator[Path]:
    """A temporary file beside `target` that takes its place when the block ends well.

    The file is flushed to disk before it is renamed, so a crash leaves the old file or the new one,
    never half of one. If the block raises, `target` is untouched.

    Args:
        target: the file.
        is_private: whether nobody but its owner may read it.

    Raises:
        StorageError: the folder cannot be made or written to.
    """
    target = Path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part"
        )
        os.close(handle)
    except OSError as error:
        raise unwritable(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        if not is_private:
            _keep_mode(temporary, target)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
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


def safe_file_name(text: str) -> str:
    """`text` as the name of a file on every system, without a suffix of its own."""
    name = _NOT_IN_FILE_NAMES.sub("-", text).strip(" .-")
    return name[:_FILE_NAME_LENGTH].rstrip(" .") or "TLStudio"


def is_there(path: Path) -> bool:
    """Whether there is anything at `path`. Never for the GUI thread: a lost drive takes minutes."""
    try:
        path.stat()
    except (OSError, ValueError):  # also where its drive is gone, and where no name can be so
        return False
    return True


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
    except (OSError, ValueError):
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


def _keep_mode(temporary: Path, target: Path) -> None:
    """`mkstemp` makes files for the owner only; give the new file the usual rights."""
    if os.name == "nt":
        return
    if target.exists():
        temporary.chmod(target.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unwritable(target: Path, error: OSError) -> StorageError:
    """Return a typed error for a failed write."""
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” cannot be written: {why}."),
        QT_TRANSLATE_NOOP("core", "Choose another folder, or make room on the disk."),
        name=target.name,
        why=error.strerror or str(error),
    )

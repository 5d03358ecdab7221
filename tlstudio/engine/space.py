"""The disk space of what the studio keeps: measured, given back, moved to another folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import (
    atomic_write,
    cache_dir,
    read_json,
    unwritable,
    usual_cache_dir,
    usual_runs_dir,
)
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.runs.index import FILE as INDEX
from tlstudio.engine.runs.lock import is_locked
from tlstudio.engine.runs.store import DELETED, OUTSIDE

Kept = Literal["runs_folder", "cache_folder", "weights_folder"]
Progress = Callable[[int, int], None]

FEATURES = ("features", "pooled")  # folders of the cache
OWN_NAMES: dict[Kept, str] = {
    "runs_folder": "TLStudio runs",
    "cache_folder": "TLStudio cache",
    "weights_folder": "TLStudio weights",
}
PART = ".part"


@dataclass(frozen=True, slots=True)
class CacheSize:
    """The bytes of what can be made again: kept features, and all else."""

    features: int
    others: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What `move` did.

    Attributes:
        copied: what now is in both places, to be removed from the old one by `remove`.
        left: how many things stayed, because the new place has some of the same name.
        count: how many things are in the new place now.
    """

    copied: tuple[Path, ...]
    left: int
    count: int


def cache_size() -> CacheSize:
    """Measure the cache folder."""
    sizes = {path.name: _size(path) for path in _children(cache_dir())}
    features = sum(sizes.pop(name, 0) for name in FEATURES)
    return CacheSize(features, sum(sizes.values()))


def empty_features() -> CacheSize:
    """Delete the kept features; what is left is what could not be deleted."""
    for name in FEATURES:
        shutil.rmtree(cache_dir() / name, ignore_errors=True)
    return cache_size()


def own_folder(kind: Kept, chosen: Path) -> Path:
    """The folder to use where a person chose `chosen`: that one, or one of its own in it.

    Nothing of the studio is to lie among a person's own files.
    """
    name = OWN_NAMES[kind]
    if chosen.name == name or not any(_children(chosen)):
        return chosen
    return chosen / name


def has_any(kind: Kept, folder: Path | None) -> bool:
    """Whether anything is kept there.

    Args:
        kind: what is kept.
        folder: the chosen one; None for the usual place.
    """
    return any(any(_items(kind, place)) for place in _places(kind, folder))


def move(
    kind: Kept, old: Path | None, new: Path | None, *, on_progress: Progress | None = None
) -> Moved:
    """Bring what is kept in one folder to another.

    On the same disk it is renamed; else it is copied first, and `remove` takes the old away once
    the preferences name the new place. Where anything fails, everything is as it was. Weights in
    the usual folders stay there as well: other programs use them.

    Args:
        kind: what is kept.
        old, new: chosen folders; None for the usual place.
        on_progress: is told how many things are done, and of how many.

    Raises:
        StorageError: one folder lies in the other, a run goes on, or something cannot be written.
    """
    pairs = list(zip(_places(kind, old), _places(kind, new), strict=True))
    for source, target in pairs:
        if target == source or source in target.parents or target in source.parents:
            raise StorageError(
                QT_TRANSLATE_NOOP("core", "“{name}” lies within the folder used until now."),
                QT_TRANSLATE_NOOP("core", "Choose a folder beside it."),
                name=str(target),
            )
    work = [(item, source, target) for source, target in pairs for item in _items(kind, source)]
    if kind == "runs_folder" and any(is_locked(item) for item, _, _ in work if item.is_dir()):
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "A run is going on, in another window or on a terminal."),
            QT_TRANSLATE_NOOP("core", "Move the folder once it has ended."),
        )
    is_shared = kind == "weights_folder" and old is None
    renamed: list[tuple[Path, Path]] = []
    copied: list[tuple[Path, Path]] = []
    left = 0
    try:
        for number, (item, source, target) in enumerate(work, start=1):
            to = target / item.relative_to(source)
            if to.exists():
                left += not _joined(item, to)
            elif not is_shared and _renamed(item, to):
                renamed.append((item, to))
            else:
                copied.append((item, to))
                _copy(item, to)
            if on_progress is not None:
                on_progress(number, len(work))
    except (OSError, StorageError) as error:
        for item, to in reversed(renamed):
            with contextlib.suppress(OSError):
                to.rename(item)
        for _, to in copied:
            _delete(to)
        raise unwritable(to, error) if isinstance(error, OSError) else error from error
    return Moved(
        () if is_shared else tuple(item for item, _ in copied), left, len(renamed) + len(copied)
    )


def remove(paths: tuple[Path, ...]) -> None:
    """Delete what `move` has copied, as far as that is possible."""
    for path in paths:
        _delete(path)


def _places(kind: Kept, chosen: Path | None) -> tuple[Path, ...]:
    """The folders that hold things of a kind."""
    if kind == "runs_folder":
        return (chosen or usual_runs_dir(),)
    if kind == "cache_folder":
        return (chosen or usual_cache_dir(),)
    from tlstudio.engine.models.places import checkpoints_below, hub_below

    return (checkpoints_below(chosen), hub_below(chosen))


def _items(kind: Kept, folder: Path) -> Iterator[Path]:
    """What is moved one by one: never an index, which is made again, nor what is unfinished."""
    for path in _children(folder):
        if path.name.endswith(PART) or path.name.startswith(INDEX):
            continue
        if kind == "runs_folder" and path.name == DELETED:
            yield from _children(path)
        else:
            yield path


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    total = 0
    try:
        if not path.is_dir() or path.is_symlink():
            return path.lstat().st_size
        with os.scandir(path) as found:
            for item in found:
                if item.is_dir(follow_symlinks=False):
                    total += _size(Path(item.path))
                else:
                    total += item.stat(follow_symlinks=False).st_size
    except OSError:
        pass  # it is being written or deleted
    return total


def _joined(item: Path, to: Path) -> bool:
    """Whether the list of runs that lie elsewhere could be joined with another."""
    if item.name != OUTSIDE:
        return False
    lists = [found for found in (read_json(to), read_json(item)) if isinstance(found, list)]
    atomic_write(to, json.dumps(list(dict.fromkeys(name for found in lists for name in found))))
    return True


def _renamed(item: Path, to: Path) -> bool:
    """Whether it could be moved as a whole, as on the same disk."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        item.rename(to)
    except OSError:
        return False
    return True


def _copy(item: Path, to: Path) -> None:
    part = to.with_name(f".{to.name}{PART}")
    to.parent.mkdir(parents=True, exist_ok=True)
    _delete(part)
    try:
        if item.is_dir():
            shutil.copytree(item, part, symlinks=True)
        else:
            shutil.copy2(item, part)
        part.rename(to)
    except shutil.Error as error:  # several of them
        raise OSError(str(error)) from error
    finally:
        _delete(part)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()

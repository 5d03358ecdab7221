"""A run that another one takes the place of: put aside until the new one is complete."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from tlstudio.core.errors import RunMissingError
from tlstudio.core.storage import is_there, unwritable
from tlstudio.engine.runs import files
from tlstudio.engine.runs.commit import settle
from tlstudio.engine.runs.lock import LOCK
from tlstudio.engine.runs.store import RunStore

ASIDE = ".replaced"  # in the folder of the run


def has_run_files(folder: Path, store: RunStore) -> bool:
    """Whether a folder holds anything that a run would write over."""
    settle(folder)
    bring_back(folder, store)
    return any(is_there(folder / name) for name in _NAMES)


def put_aside(folder: Path, store: RunStore) -> None:
    """Move the files of a run aside. What is aside already was complete, so it stays instead.

    Raises:
        StorageError: they cannot be moved.
    """
    store.forget(folder)
    aside = folder / ASIDE
    is_taken = aside.exists()
    try:
        for name in _NAMES:
            if not (folder / name).exists():
                continue
            if is_taken:
                _delete(folder / name)
            else:
                aside.mkdir(exist_ok=True)
                (folder / name).rename(aside / name)
    except OSError as error:
        raise unwritable(folder, error) from error


def bring_back(folder: Path, store: RunStore) -> None:
    """Bring back what was put aside, where no other run is there by now."""
    aside = folder / ASIDE
    if not is_there(aside) or files.read_entry(folder) is not None:
        return
    with contextlib.suppress(OSError):
        for path in aside.iterdir():
            path.replace(folder / path.name)
        aside.rmdir()
    with contextlib.suppress(RunMissingError):
        store.find(folder)


def drop(folder: Path) -> None:
    """Delete what was put aside: the new run is complete."""
    shutil.rmtree(folder / ASIDE, ignore_errors=True)


_NAMES = tuple(name for name in files.ALL_FILES if name != LOCK)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()

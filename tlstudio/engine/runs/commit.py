"""Several files of a run that become new at one moment: all of them, or none.

They are written in a folder beside those that are there, and the renaming of that folder is the
moment. What is left to do then, putting each in its place, is finished by whoever looks next where
the process was killed in between.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from tlstudio.core.storage import atomic_write, is_there, read_json, sync_folder, unwritable
from tlstudio.engine.runs.lock import RunLock

STAGED = ".new"  # what is being written; of no use after a kill
COMMITTED = ".committed"
_REMOVED = ".removed.json"  # names of files that are to go

PATIENCE_S = 2.0  # while another thread puts the files in their places


class Commit:
    """New files of a run that are not in force yet.

    Attributes:
        folder: where they are written, under their own names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._removed: list[str] = []

    def remove(self, name: str) -> None:
        """Let the file of this name be gone with the others' coming."""
        self._removed.append(name)

    def _seal(self) -> list[str]:
        """Returns the names of all files that change."""
        names = [path.name for path in self.folder.iterdir()]
        if self._removed:
            atomic_write(self.folder / _REMOVED, json.dumps(self._removed))
        return names + self._removed


@contextlib.contextmanager
def commit(folder: Path) -> Iterator[Commit]:
    """Write files of the run in `folder`; where the block raises, all are as they were.

    For the holder of the folder's lock.

    Raises:
        StorageError: they cannot be written.
    """
    staged, committed = folder / STAGED, folder / COMMITTED
    try:
        finish(folder)
        shutil.rmtree(staged, ignore_errors=True)  # of a process that was killed
        staged.mkdir(parents=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        new = Commit(staged)
        yield new
        for name in new._seal():
            if (folder / name).is_dir():  # no file can take its place
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        staged.rename(committed)
        sync_folder(folder)
        finish(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def finish(folder: Path) -> None:
    """Put the files of a commit in their places; for the holder of the folder's lock.

    Raises:
        OSError: one cannot be.
    """
    committed = folder / COMMITTED
    if not committed.is_dir():
        return
    removed = read_json(committed / _REMOVED, [])
    for name in removed if isinstance(removed, list) else []:
        (folder / str(name)).unlink(missing_ok=True)
    for path in committed.iterdir():
        if path.name != _REMOVED:
            path.replace(folder / path.name)
    (committed / _REMOVED).unlink(missing_ok=True)
    committed.rmdir()
    sync_folder(folder)


def settle(folder: Path) -> None:
    """Finish the commit of a process that was killed in it; to be called before files are read.

    Cheap where there is none. A folder that cannot be written to is left as it is.
    """
    committed = folder / COMMITTED
    until = time.monotonic() + PATIENCE_S
    while is_there(committed) and time.monotonic() < until:
        lock = RunLock(folder)
        try:
            if lock.take(patience_s=0):
                finish(folder)
            else:
                time.sleep(0.01)  # its own process is at it
        except OSError:
            return
        finally:
            lock.release()

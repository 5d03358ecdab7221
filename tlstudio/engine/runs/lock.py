"""The lock of a run's folder: whether a living process trains it.

The system lets go of it when the process ends, however it ends: a lock cannot be left over.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tlstudio.core.file_lock import lock

LOCK = "lock"
PATIENCE_S = 1.0  # somebody may be looking whether it is locked just now


class RunLock:
    """The right to train in a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._handle: int | None = None

    def take(self, patience_s: float = PATIENCE_S) -> bool:
        """Lock the folder; False where another run has it.

        Args:
            patience_s: how long to try.

        Raises:
            OSError: there cannot be a file.
        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        until = time.monotonic() + patience_s
        while not lock(handle, shared=False):
            if time.monotonic() > until:
                os.close(handle)
                return False
            time.sleep(0.02)
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go of the folder; without effect where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def is_locked(folder: Path) -> bool:
    """Whether some process, this one among them, holds the lock of the folder."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    except OSError:  # nobody ever locked it
        return False
    try:
        return not lock(handle, shared=True)
    finally:
        os.close(handle)

"""A lock on an open file. The system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    def lock(handle: int, *, shared: bool = False) -> bool:
        """Lock the file behind `handle` until it is closed; returns whether nobody else has it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(handle: int, *, shared: bool = False) -> bool:
        """Lock the file behind `handle` until it is closed; returns whether nobody else has it."""
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

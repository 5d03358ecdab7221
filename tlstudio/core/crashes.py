"""Windows that ended without being closed: noticed at the next start, their last words kept.

A window that runs has a file of its own, which it locks; Python writes into it what each thread was
doing when the program crashes. A window that is closed takes its file away. One that nobody locks
is of a window that was killed or crashed, or whose machine went off.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tlstudio import __version__
from tlstudio.core.file_lock import lock
from tlstudio.core.log import last_lines
from tlstudio.core.storage import data_dir, keep_newest

KEPT = 5
LINES = 200  # of the log, of the window that crashed
_UNLOCKED_YET_S = 60.0  # an empty file is of a window that is just starting, or was killed there
_PROCESS = re.compile(r"process (\d+)")


@dataclass(frozen=True, slots=True)
class CrashRecord:
    """A window that was not closed.

    Attributes:
        path: where its last words are kept.
        ended_s: about when; seconds since 1970.
        text: what it was, what its threads were doing if it crashed, and its last log lines.
    """

    path: Path
    ended_s: float
    text: str


class RunningMark:
    """The file of a window that runs."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None
        self._path = _running_dir() / f"{os.getpid()}-{time.time_ns()}.txt"

    def begin(self) -> bool:
        """Make the file, and have crashes written into it; returns whether that could be done."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("wb", buffering=0)
            lock(file.fileno())
            when = time.strftime("%Y-%m-%d %H:%M:%S")
            file.write(f"TLStudio {__version__}, process {os.getpid()}, since {when}\n".encode())
        except OSError:
            return False
        faulthandler.enable(file)
        self._file = file
        return True

    def end(self) -> None:
        """The window was closed; without effect where it was not begun."""
        if self._file is None:
            return
        faulthandler.disable()
        file, self._file = self._file, None
        if os.name == "nt":  # an open file cannot be deleted there
            file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        file.close()


def collect_crashes() -> CrashRecord | None:
    """Put aside what windows left that were not closed; returns the last of them, if any.

    Each is found once, by whichever window looks first. Asks the disk.
    """
    found = []
    with contextlib.suppress(OSError):
        for path in _running_dir().glob("*.txt"):
            with contextlib.suppress(OSError):
                if record := _collect(path):
                    found.append(record)
    keep_newest(_crashes_dir(), "*.txt", KEPT)
    return max(found, key=lambda record: record.ended_s, default=None)


def last_crash() -> CrashRecord | None:
    """The last one that was put aside. Asks the disk."""
    with contextlib.suppress(OSError):
        paths = list(_crashes_dir().glob("*.txt"))
        if paths:
            newest = max(paths, key=lambda path: path.stat().st_mtime)
            return CrashRecord(newest, newest.stat().st_mtime, newest.read_text("utf-8", "replace"))
    return None


def _collect(path: Path) -> CrashRecord | None:
    with path.open("r+b") as file:
        if not lock(file.fileno()):
            return None  # it runs
        text = file.read().decode("utf-8", "replace")
    ended_s = path.stat().st_mtime
    if not text:
        if time.time() - ended_s > _UNLOCKED_YET_S:
            path.unlink()
        return None
    if process := _PROCESS.search(text):
        lines = last_lines(LINES, int(process[1]))
        text = "\n".join((text.rstrip(), "", *lines, ""))
    kept = _crashes_dir() / f"crash {path.name}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    path.replace(kept)  # raises where another window was quicker
    kept.write_text(text, encoding="utf-8")
    os.utime(kept, (ended_s, ended_s))
    return CrashRecord(kept, ended_s, text)


def _running_dir() -> Path:
    return data_dir() / "running"


def _crashes_dir() -> Path:
    return data_dir() / "crashes"

"""The log file: what nobody expected, for a person to send along.

All windows and commands write to the same one, each line with the number of its process.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from pathlib import Path

from tlstudio import __version__
from tlstudio.core.storage import data_dir

OURS = "tlstudio"  # of this logger also what was expected is kept
_START = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[(\d+)\] ")
_BYTES, _OLDER_FILES = 1_000_000, 1

_log = logging.getLogger(__name__)


class _LogFile(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: a line that finds no room on the disk is no news for a terminal."""


def log_path() -> Path:
    """The file that is written to; the one before it ends in ``.1``."""
    return data_dir() / "tlstudio.log"


def start_log(what: str) -> None:
    """Send what is logged to a bounded file of the studio instead of the terminal.

    Does nothing where a log was set up before. Without a home to write to there is none.

    Args:
        what: begins, for the first line: the window, or a command.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler: logging.Handler
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(
            log_path(), maxBytes=_BYTES, backupCount=_OLDER_FILES, encoding="utf-8",
            errors="backslashreplace",
        )  # fmt: skip
    except OSError:
        handler = logging.NullHandler()
    form = "%(asctime)s [%(process)d] %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(logging.Formatter(form))
    root.addHandler(handler)
    logging.getLogger(OURS).setLevel(logging.INFO)
    python = sys.version.partition(" ")[0]
    _log.info("TLStudio %s, %s; Python %s on %s", __version__, what, python, sys.platform)


def last_lines(count: int, process: int | None = None) -> tuple[str, ...]:
    """The last lines of the log, of all processes or of one, with what belongs to them. Asks the
    disk.
    """
    lines: list[str] = []
    for path in (log_path().with_name(log_path().name + ".1"), log_path()):
        try:
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
    if process is not None:
        lines = _of_process(lines, str(process))
    return tuple(lines[-count:])


def _of_process(lines: list[str], process: str) -> list[str]:
    """Tracebacks have no number; they belong to the line before."""
    kept, is_wanted = [], False
    for line in lines:
        if start := _START.match(line):
            is_wanted = start[1] == process
        if is_wanted:
            kept.append(line)
    return kept

"""The log file: what nobody expected, for a person to send along."""

from __future__ import annotations

import logging
import logging.handlers

from tlstudio.core.storage import data_dir


class _LogFile(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say nothing: a line that finds no room on the disk is no news for a terminal."""


def start_log() -> None:
    """Send what is logged to a bounded file of the studio instead of the terminal.

    Does nothing where a log was set up before. Without a home to write to there is none.
    """
    root = logging.getLogger()
    if root.handlers:
        return
    handler: logging.Handler
    try:
        data_dir().mkdir(parents=True, exist_ok=True)
        handler = _LogFile(
            data_dir() / "tlstudio.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)

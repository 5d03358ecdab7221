"""The log file: what nobody expected, for a person to send along."""

from __future__ import annotations

import logging
import logging.handlers

from tlstudio.core.storage import data_dir


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
        handler = logging.handlers.RotatingFileHandler(
            data_dir() / "tlstudio.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)

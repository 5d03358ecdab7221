"""What programs that were killed left half-written in the studio's own folders: swept away."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tlstudio.core.storage import (
    cache_dir,
    config_dir,
    data_dir,
    documents_dir,
    runs_dir,
    sweep_temporaries,
)
from tlstudio.engine.classroom.half_opened import classes_dir, sweep_half_opened
from tlstudio.engine.runs.commit import STAGED
from tlstudio.engine.runs.lock import is_locked

_log = logging.getLogger(__name__)


def sweep() -> int:
    """Remove temporary files that no running process holds; returns how many.

    Asks the disk: for a thread that nobody waits for. Unfinished downloads stay, and go on.
    """
    places = ((config_dir(), 0), (data_dir(), 1), (cache_dir(), 2), (documents_dir(), 0))
    count = sum(sweep_temporaries(folder) for place in places for folder in _below(*place))
    count += sweep_half_opened(classes_dir())
    for folder in _below(runs_dir(), 1):
        count += sweep_temporaries(folder)
        if (folder / STAGED).is_dir() and not is_locked(folder):
            shutil.rmtree(folder / STAGED, ignore_errors=True)
            count += 1
    if count:
        _log.info("%d half-written files were swept away", count)
    return count


def _below(folder: Path, depth: int) -> Iterator[Path]:
    """The folder, and those in it so many levels down."""
    yield folder
    if not depth:
        return
    try:
        with os.scandir(folder) as found:
            inner = [Path(item.path) for item in found if item.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for place in inner:
        yield from _below(place, depth - 1)

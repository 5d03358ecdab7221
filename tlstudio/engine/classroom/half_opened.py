"""The folder of a pack while it is being opened: another beside its own, locked until it is whole.

Where its process is killed it stays, and is swept away by the next one.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from pathlib import Path

from tlstudio.core.storage import documents_dir
from tlstudio.engine.runs.lock import LOCK, is_locked

_NAME = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


def classes_dir() -> Path:
    """The folder around those of opened packs; nobody has made it yet, perhaps."""
    return documents_dir() / "classes"


def half_opened(place: Path) -> Path:
    """A new name beside `place`."""
    return place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")


def sweep_half_opened(parent: Path) -> int:
    """Remove the folders of packs whose opening was killed; returns how many.

    Folders that a running process fills are locked and stay.
    """
    swept = 0
    with contextlib.suppress(OSError):
        for place in parent.iterdir():
            is_one = _NAME.fullmatch(place.name) and not place.is_symlink()
            if is_one and (place / LOCK).is_file() and not is_locked(place):
                shutil.rmtree(place, ignore_errors=True)
                swept += 1
    return swept

"""Counts how often the test split of a dataset was looked at, whatever network was asked."""

from __future__ import annotations

import json
import logging

from tlstudio.core.errors import StorageError
from tlstudio.core.storage import atomic_write, data_dir, read_json

FILE = "test_looks.json"
_LOCK_S = 10.0

_log = logging.getLogger(__name__)


def test_looks(fingerprint: str) -> int:
    """How often the test split of the dataset with this fingerprint was looked at."""
    return _known().get(fingerprint, 0)


def count_test_look(fingerprint: str) -> int:
    """Count one more look; returns how many there were, this one included.

    Where the count cannot be written, an evaluation does not fail for it.
    """
    import filelock

    folder = data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{FILE}.lock", timeout=_LOCK_S):
            known = _known()
            known[fingerprint] = known.get(fingerprint, 0) + 1
            atomic_write(folder / FILE, json.dumps(known, indent=1))
            return known[fingerprint]
    except (OSError, StorageError, filelock.Timeout) as error:
        _log.warning("a look at the test split was not counted (%s)", error)
        return test_looks(fingerprint) + 1


def _known() -> dict[str, int]:
    told = read_json(data_dir() / FILE, {})
    rows = told.items() if isinstance(told, dict) else ()
    return {str(key): value for key, value in rows if isinstance(value, int) and value > 0}

"""The last race of each dataset, kept so that it is there when the dataset is opened again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, Split
from tlstudio.core.errors import ConfigError
from tlstudio.core.race.race import RaceRecord
from tlstudio.core.storage import atomic_write, cache_dir


def val_digest(index: DatasetIndex) -> str:
    """Fingerprint of the validation split: which files, of which classes, in which order.

    A race compares image by image, so that its results hold for one split only.
    """
    digest = hashlib.sha256(repr(index.classes).encode("utf-8", "backslashreplace"))
    for sample in index.by_split[Split.VAL]:
        path = sample.path.relative_to(index.root).as_posix()
        digest.update(f"{sample.class_index}\0{path}\n".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def save_race(record: RaceRecord, root: Path) -> None:
    """Keep it in the place of the last race of the dataset in `root`.

    Raises:
        StorageError: it cannot be written.
    """
    atomic_write(_file(root), record.to_json())


def last_race(root: Path) -> RaceRecord | None:
    """The one that `save_race` kept; None where there is none, or none that can be read."""
    try:
        return RaceRecord.from_json(_file(root).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError, ConfigError):
        return None


def _file(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode("utf-8", "backslashreplace")).hexdigest()
    return cache_dir() / "races" / f"{name[:32]}.json"

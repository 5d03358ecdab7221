"""The split and the changes by hand of each dataset, so that opening it again gives the same."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.manifest import MANIFEST_NAME, Manifest
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.errors import ConfigError
from tlstudio.core.storage import (
    atomic_write,
    cached_record,
    data_dir,
    is_there,
    remove_file,
    write_record,
)
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.manifest_file import manifest_text, read_manifest

VAL_BOUNDS = (0.05, 0.5)
TEST_BOUNDS = (0.0, 0.4)


@dataclass(frozen=True, slots=True)
class _StoredSplit:
    """A split with the folder it belongs to, for people who look into the file."""

    root: str
    val_fraction: float
    test_fraction: float
    seed: int


@dataclass(frozen=True, slots=True)
class _StoredOptions:
    """Options with the folder they belong to, for people who look into the file."""

    root: str
    options: dict[str, Any]


def check_split(config: SplitConfig) -> SplitConfig:
    """Return `config` if its fractions are within bounds.

    Raises:
        ConfigError: they are not; holds every problem.
    """
    rows = (("val_fraction", VAL_BOUNDS), ("test_fraction", TEST_BOUNDS))
    problems = [
        ConfigError(
            QT_TRANSLATE_NOOP("core", "“{value}” is not a valid value for {name}."),
            QT_TRANSLATE_NOOP("core", "It must be a number from {minimum} to {maximum}."),
            name=name,
            value=getattr(config, name),
            minimum=low,
            maximum=high,
        )
        for name, (low, high) in rows
        if not low <= getattr(config, name) <= high
    ]
    if problems:
        raise ConfigError.of(problems)
    return config


def stored_split(root: Path) -> SplitConfig | None:
    """The split stored for the dataset at `root`; None if there is none that can be used."""
    stored = cached_record(_file(root), _StoredSplit)
    if stored is None:
        return None
    with suppress(ConfigError):
        return check_split(SplitConfig(stored.val_fraction, stored.test_fraction, stored.seed))
    return None


def store_split(root: Path, config: SplitConfig) -> None:
    """Remember `config` for the dataset at `root`.

    Raises:
        ConfigError: the fractions are out of bounds.
        StorageError: it cannot be written.
    """
    write_record(_file(root), _StoredSplit(str(_real(root)), **asdict(check_split(config))))


def stored_options(root: Path) -> ReadOptions:
    """How the dataset at `root` is read, where a person chose."""
    stored = cached_record(_file(root, ".options"), _StoredOptions)
    return ReadOptions() if stored is None else ReadOptions.from_values(stored.options)


def store_options(root: Path, options: ReadOptions) -> None:
    """Remember how the dataset at `root` is read.

    Raises:
        StorageError: it cannot be written.
    """
    if options == ReadOptions():
        remove_file(_file(root, ".options"))
    else:
        record = _StoredOptions(str(_real(root)), options.to_values())
        write_record(_file(root, ".options"), record)


def stored_manifest(root: Path) -> Manifest:
    """What a person changed about the dataset at `root`.

    What was changed on this machine goes before a `MANIFEST_NAME` that lies in the folder.

    Raises:
        StorageError: there is a file of it that cannot be read; what was left out on purpose must
            not come back unnoticed.
    """
    for file in (_manifest_file(root), _file(root, ".manifest"), root / MANIFEST_NAME):
        manifest = read_manifest(file)
        if manifest is not None:
            return manifest
    return Manifest()


def store_manifest(root: Path, manifest: Manifest) -> None:
    """Remember `manifest` for the dataset at `root`; its files stay as they are.

    Raises:
        StorageError: it cannot be written.
    """
    if manifest or is_there(root / MANIFEST_NAME):  # which would hold again
        atomic_write(_manifest_file(root), manifest_text(manifest, root))
    else:
        remove_file(_manifest_file(root))
    remove_file(_file(root, ".manifest"))


def _real(root: Path) -> Path:
    return Path(root).expanduser().resolve()


def _file(root: Path, kind: str = "") -> Path:
    key = hashlib.sha256(str(_real(root)).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return data_dir() / "splits" / f"{key}{kind}.json"


def _manifest_file(root: Path) -> Path:
    return _file(root, ".manifest").with_suffix(".jsonl")

"""The split and the changes by hand of each dataset, so that opening it again gives the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlstudio.core.data.dataset import SplitConfig
from tlstudio.core.data.manifest import MANIFEST_NAME, Manifest
from tlstudio.core.data.options import ReadOptions
from tlstudio.core.data.split_config import check_split
from tlstudio.core.storage import (
    atomic_write,
    cached_record,
    data_dir,
    is_there,
    read_json,
    remove_file,
    write_record,
)
from tlstudio.engine.data.manifest_file import manifest_text, read_manifest


@dataclass(frozen=True, slots=True)
class _StoredOptions:
    """Options with the folder they belong to, for people who look into the file."""

    root: str
    options: dict[str, Any]


def stored_split(root: Path) -> SplitConfig | None:
    """The split stored for the dataset at `root`; None if there is none that can be used."""
    stored = read_json(_file(root))
    if not isinstance(stored, dict) or stored.get("version", 1) != 1:
        return None
    about = ("version", "root")
    return SplitConfig.from_values({k: v for k, v in stored.items() if k not in about})


def store_split(root: Path, config: SplitConfig) -> None:
    """Remember `config` for the dataset at `root`.

    Raises:
        ConfigError: its numbers are out of bounds.
        StorageError: it cannot be written.
    """
    values = check_split(config).to_values()
    stored = {"version": 1, "root": str(_real(root)), **values}
    atomic_write(_file(root), json.dumps(stored, ensure_ascii=False, indent=1))


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

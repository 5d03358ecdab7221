"""The list of all models on disk, so that it is there before the libraries that it comes from."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from tlstudio import __version__
from tlstudio.core.errors import StorageError
from tlstudio.core.networks.catalog import ModelSpec
from tlstudio.core.storage import cache_dir, cached_record, keep_newest, resources_dir, write_record
from tlstudio.engine.models.onboard import ON_BOARD, onboard_path

_VERSION = 3
_LIBRARIES = ("torchvision", "timm")
_KEPT = 3  # of other versions, for other environments of the same person

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptCatalog:
    """What is written: all models, as if nothing had been downloaded."""

    models: tuple[ModelSpec, ...]


@cache
def kept_models() -> tuple[ModelSpec, ...]:
    """The models as these versions of the libraries list them; empty where that is not known yet.

    Imports neither torch nor any of the libraries.
    """
    file = _file()
    record = cached_record(file, KeptCatalog, _VERSION) if file is not None else None
    return record.models if record is not None else ()


def keep_models(models: tuple[ModelSpec, ...]) -> None:
    """Keep them for the next start; where that fails the libraries are asked again."""
    file = _file()
    if file is None:
        return
    try:
        write_record(file, KeptCatalog(models), _VERSION)
    except StorageError as error:
        _log.warning("the list of models is not kept: %s", error)
        return
    keep_newest(file.parent, "*.json", _KEPT)


def _file() -> Path | None:
    digest = _digest()
    return cache_dir() / "catalog" / f"{digest}.json" if digest else None


@cache
def _digest() -> str:
    """Of all that the list depends on; empty where a library does not tell its version."""
    digest = hashlib.sha256(__version__.encode())
    try:
        for library in _LIBRARIES:
            digest.update(f"{library} {metadata.version(library)}\n".encode())
        for name in _sources():
            digest.update(name.encode())
    except (metadata.PackageNotFoundError, OSError, StorageError):
        return ""
    return digest.hexdigest()[:16]


def _sources() -> Iterator[str]:
    """The studio's own part: files that a developer changes between two versions."""
    for plain in ON_BOARD:
        yield f"{plain} {onboard_path(plain) is not None}"
    here = Path(__file__).parent
    resources = (resources_dir() / "models", resources_dir() / "families")
    for folder in (here, here.parents[1] / "core" / "networks", *resources):
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.suffix in (".py", ".json"):
                stat = file.stat()
                yield f"{file.name} {stat.st_size} {stat.st_mtime_ns}"

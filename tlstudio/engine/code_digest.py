"""A name for the code that networks come from, by which answers about them are kept on disk."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from tlstudio import __version__

LIBRARIES = ("torch", "torchvision", "timm")


@cache
def code_digest() -> str:
    """Return 64 hex digits; empty where a library does not tell its version.

    The studio's own files are part of it: a developer changes them between two versions.
    """
    digest = hashlib.sha256(__version__.encode())
    root = Path(__file__).parents[1]
    try:
        for library in LIBRARIES:
            digest.update(f"{library} {metadata.version(library)}\n".encode())
        for folder in (root / "engine", root / "core" / "networks"):
            for file in sorted(folder.rglob("*.py")):
                stat = file.stat()
                digest.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    except (metadata.PackageNotFoundError, OSError):
        return ""
    return digest.hexdigest()

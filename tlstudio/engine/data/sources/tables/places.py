"""Finds the image that a cell of a table means: by its path, by the end of it, or by its name."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderImages
from tlstudio.engine.data.images import SUFFIXES

MISSING = QT_TRANSLATE_NOOP("core", "The table names it, but there is no such file.")
AMBIGUOUS = QT_TRANSLATE_NOOP("core", "The table names it, but several files are called so.")

Found = tuple[int, int]  # the number of a block, and of an image in it


class ImagePlaces:
    """The images around a table.

    Args:
        base: the folder or archive around all of them.
        folder: the key of the folder in which the table lies.
        blocks: the images.
    """

    def __init__(self, base: Path, folder: str, blocks: Sequence[FolderImages]) -> None:
        self._base = base
        self._folder = folder
        self._by_key: dict[str, Found] = {}
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for number, block in enumerate(blocks):
            inner = block.folder.relative_to(base).as_posix()
            start = "" if inner == "." else f"{inner}/"
            for position, name in enumerate(block.names):
                key = start + name
                self._by_key[key] = number, position
                lower = name.lower()
                self._by_name.setdefault(lower, []).append(key)
                self._by_stem.setdefault(posixpath.splitext(lower)[0], []).append(key)

    def find(self, cell: str) -> Found | Path | str:
        """The image, a file outside, or the reason why there is none."""
        written = cell.replace("\\", "/")
        key = posixpath.normpath(posixpath.join(self._folder, written))
        if found := self._by_key.get(key):
            return found
        if written.startswith("/") or written[1:3] == ":/" or key.startswith("../"):
            outside = Path(cell) if not key.startswith("../") else self._base / key
            try:
                if outside.is_file():
                    inside = outside.resolve()
                    base = self._base.resolve()
                    if not inside.is_relative_to(base):
                        return outside
                    if found := self._by_key.get(inside.relative_to(base).as_posix()):
                        return found
            except (OSError, ValueError):
                pass
        return self._by_end(written)

    def _by_end(self, written: str) -> Found | str:
        path = PurePosixPath(written.lower())
        keys = self._by_name.get(path.name, [])
        if not keys and path.suffix not in SUFFIXES:
            keys = self._by_stem.get(path.name, [])
        if not keys:
            return MISSING
        if len(keys) > 1:
            keys = _alike(keys, path.parts[:-1])
        return self._by_key[keys[0]] if len(keys) == 1 else AMBIGUOUS


def _alike(keys: list[str], folders: tuple[str, ...]) -> list[str]:
    """Those of `keys` whose last folders are most like `folders`."""

    def shared(key: str) -> int:
        own = key.lower().split("/")[:-1]
        pairs = zip(reversed(own), reversed(folders), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    most = max(map(shared, keys))
    return [key for key in keys if shared(key) == most]

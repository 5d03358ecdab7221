"""Finds the image that a cell of a table means: by its path, by the end of it, or by its name."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath

from tlstudio.core.data.sample import Split
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.files import FolderImages
from tlstudio.engine.data.images import SUFFIXES
from tlstudio.engine.data.sources.folder_names import split_name

MISSING = QT_TRANSLATE_NOOP("core", "The table names it, but there is no such file.")
AMBIGUOUS = QT_TRANSLATE_NOOP("core", "The table names it, but several files are called so.")

_MAX_DIGITS = 18
_NUMBER = re.compile(rf"(\d{{1,{_MAX_DIGITS}}})(\.0)?", re.ASCII)

Found = tuple[int, int]  # the number of a block, and of an image in it


class ImagePlaces:
    """The images around a table.

    Args:
        base: the folder or archive around all of them.
        folder: the key of the folder in which the table lies.
        blocks: the images.
        split: that of the table; its images are likelier in folders of it.
    """

    def __init__(
        self, base: Path, folder: str, blocks: Sequence[FolderImages], split: Split | None = None
    ) -> None:
        self._base = base
        self._folder = folder
        self._split = split
        self._numbers: dict[int, list[str]] | None = None
        self._by_key: dict[str, Found] = {}
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for number, block in enumerate(blocks):
            inner = block.folder.relative_to(base).as_posix()
            start = "" if inner == "." else f"{inner}/"
            for position, name in enumerate(block.names):
                key = _composed(start + name)
                self._by_key[key] = number, position
                lower = _composed(name).lower()
                self._by_name.setdefault(lower, []).append(key)
                self._by_stem.setdefault(posixpath.splitext(lower)[0], []).append(key)

    def find(self, cell: str) -> Found | Path | str:
        """The image, a file outside, or the reason why there is none."""
        written = _composed(cell).replace("\\", "/")
        if "://" in written:
            written = written.split("?")[0].split("#")[0]
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
            keys = self._by_stem.get(path.name, []) or self._by_number(path.name)
        if not keys:
            return MISSING
        if len(keys) > 1:
            keys = _alike(keys, path.parts[:-1])
        if len(keys) > 1 and self._split is not None:
            keys = [key for key in keys if self._split in _splits_of(key)] or keys
        return self._by_key[keys[0]] if len(keys) == 1 else AMBIGUOUS

    def _by_number(self, written: str) -> list[str]:
        """Images whose names are this number: ``7`` or ``7.0`` of a table is ``007.jpg``."""
        match = _NUMBER.fullmatch(written)
        if match is None:
            return []
        if self._numbers is None:
            self._numbers = {}
            for stem, keys in self._by_stem.items():
                if stem.isdecimal() and stem.isascii() and len(stem) <= _MAX_DIGITS:
                    self._numbers.setdefault(int(stem), []).extend(keys)
        return self._numbers.get(int(match[1]), [])


def _composed(text: str) -> str:
    """In one Unicode form: macOS and Linux spell the same Hangul differently."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _splits_of(key: str) -> Iterator[Split]:
    for folder in key.split("/")[:-1]:
        name = split_name(folder)
        if name is not None:
            yield name.choices[0]


def _alike(keys: list[str], folders: tuple[str, ...]) -> list[str]:
    """Those of `keys` whose last folders are most like `folders`."""

    def shared(key: str) -> int:
        own = key.lower().split("/")[:-1]
        pairs = zip(reversed(own), reversed(folders), strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    most = max(map(shared, keys))
    return [key for key in keys if shared(key) == most]

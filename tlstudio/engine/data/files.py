"""Walking folders for images: hidden ones ignored, loops of links safe, always in one order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from tlstudio.engine.data.images import SUFFIXES

_JUNK = frozenset({"__macosx", "$recycle.bin", "system volume information"})


def is_hidden(path: Path) -> bool:
    """Whether a person does not count it as theirs: dot files and the litter of other systems."""
    return path.name.startswith(".") or path.name.casefold() in _JUNK


def looks_like_image(path: Path) -> bool:
    """Whether its name ends like that of an image."""
    return path.suffix.lower() in SUFFIXES


def folders_in(folder: Path) -> list[Path]:
    """Visible folders directly in `folder`, by name; empty if it cannot be read."""
    return [entry for entry in _entries(folder) if is_folder(entry)]


def has_loose_images(folder: Path) -> bool:
    """Whether image files lie directly in `folder`."""
    return any(looks_like_image(e) and not is_folder(e) for e in _entries(folder))


def images_below(folder: Path) -> Iterator[Path]:
    """Files in and below `folder` whose names end like those of images, in a fixed order.

    Links to folders are followed, each real folder is visited once. Files are not opened.
    """
    yield from _walk(folder, set())


def find_images(paths: Iterable[Path]) -> list[Path]:
    """Files as they are given, folders replaced by the images in and below them.

    What is missing or not an image stays in the list: reading it says why.
    """
    found: list[Path] = []
    for path in paths:
        found += images_below(path) if is_folder(path) else [path]
    return found


def exists(path: Path) -> bool:
    """Whether there is anything at `path`; False for names that cannot be."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether it is a folder; False for names that cannot be."""
    try:
        return path.is_dir()
    except OSError:
        return False


def name_of(folder: Path) -> str:
    """What a person calls the folder, also where it was given as ``.``."""
    return folder.resolve().name or str(folder)


def class_name_of(folder: Path) -> str:
    """The folder's name in one Unicode form: macOS and Linux spell the same Hangul differently."""
    return unicodedata.normalize("NFC", folder.name)


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        facts = folder.stat()
    except OSError:
        return
    identity = (facts.st_dev, facts.st_ino)
    if identity in seen:
        return
    seen.add(identity)
    for entry in _entries(folder):
        if is_folder(entry):
            yield from _walk(entry, seen)
        elif looks_like_image(entry):
            yield entry


def _entries(folder: Path) -> list[Path]:
    try:
        entries = [entry for entry in folder.iterdir() if not is_hidden(entry)]
    except OSError:
        return []
    return sorted(entries, key=lambda entry: unicodedata.normalize("NFC", entry.name))

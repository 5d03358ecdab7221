"""A copy of a dataset as its manifest and its split say, in folders that every program reads."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.data.dataset import DatasetIndex, Sample
from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError, StorageError
from tlstudio.core.health.finding import HealthProgressed
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import safe_file_name, unwritable
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.images import SUFFIXES, read_image

WRITING = QT_TRANSLATE_NOOP("core", "Writing images")
_TICK = 32  # images between two events


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """A copy that was written.

    Attributes:
        folder: where it is.
        images: how many it has.
        missing: images that could not be read any more.
    """

    folder: Path
    images: int
    missing: tuple[ImageRef, ...] = ()


def write_clean_copy(
    index: DatasetIndex,
    folder: Path,
    stop: StopToken,
    *,
    by_split: bool = True,
    links: bool = False,
) -> Iterator[HealthProgressed | CleanCopy]:
    """Write the images that are used, where they belong; nothing else is touched.

    It is written beside `folder` and takes its place when all is there: stopped or failed, nothing
    stays behind. Files are copied as they are; an image inside something else is written as its own
    bytes where these are a file of a known format, else as PNG.

    Args:
        index: with its manifest and its split.
        folder: must not exist yet, or be empty.
        stop: read before every image.
        by_split: a folder for train, val and test, with the classes in each; else the classes.
        links: whether files become hard links where the disk allows, which takes no room. Whoever
            changes such a file changes the original.

    Yields:
        Progress, and last of all the `CleanCopy`, unless it was stopped.

    Raises:
        StorageError: there is something in `folder` already, it lies within the dataset, or it
            cannot be written.
    """
    folder = Path(os.path.abspath(folder))  # noqa: PTH100 - a link stays what it is
    _check(index, folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        part.mkdir()
    except OSError as error:
        raise unwritable(folder, error) from error
    is_whole = False
    try:
        missing, names = [], CopyNames(index)
        for number, sample in enumerate(index.samples):
            if stop.stopped:
                return
            if number % _TICK == 0:
                yield HealthProgressed(WRITING, number, len(index.samples))
            place = part / names.of(sample, by_split=by_split)
            if not _write(sample.image, place, links=links):
                missing.append(sample.image)
        if folder.exists():
            folder.rmdir()  # it is empty
        part.rename(folder)
        is_whole = True
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        if not is_whole:
            shutil.rmtree(part, ignore_errors=True)
    yield CleanCopy(folder, len(index.samples) - len(missing), tuple(missing))


def _check(index: DatasetIndex, folder: Path) -> None:
    root = Path(index.root).resolve()
    if folder.resolve() == root or root in folder.resolve().parents:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "A copy cannot lie within the dataset itself."),
            QT_TRANSLATE_NOOP("core", "Choose a folder beside it."),
        )
    is_taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if is_taken:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "There is something in “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose a folder that is empty or does not exist yet."),
            name=folder.name,
        )


class CopyNames:
    """Where each image goes; two of the same name in one class are told apart by a number."""

    def __init__(self, index: DatasetIndex) -> None:
        self._taken: set[str] = set()
        self._classes: list[str] = []
        for name in index.classes:
            self._classes.append(self._free("", safe_file_name(name)))
        self._taken.clear()

    def of(self, sample: Sample, *, by_split: bool) -> str:
        """The path of an image, from the folder of the copy on."""
        parts = [sample.split.value] if by_split else []
        folder = "/".join([*parts, self._classes[sample.class_index]])
        stem, suffix = sample.image.name, sample.image.suffix
        stem = stem[: len(stem) - len(suffix)] if suffix else stem
        if sample.image.path is None and suffix not in SUFFIXES:
            suffix = ".png"
        return f"{folder}/{self._free(folder, safe_file_name(stem), suffix)}"

    def _free(self, folder: str, stem: str, suffix: str = "") -> str:
        name, number = f"{stem}{suffix}", 1
        while f"{folder}/{name}".casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}{suffix}"
        self._taken.add(f"{folder}/{name}".casefold())
        return name


def _write(image: ImageRef, place: Path, *, links: bool) -> bool:
    """Write one image; returns whether it could be read.

    Raises:
        OSError: it could not be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    source = image.path
    try:
        if source is None and image.suffix not in SUFFIXES:
            read_image(image).save(place)
            return True
        file = image.open()
    except (ImageError, OSError) as error:
        if isinstance(error, OSError) and error.filename == str(place):
            raise
        return False
    with file:
        if links and source is not None:
            try:
                os.link(source, place)
                return True
            except OSError:
                pass  # another disk, or one without hard links
        with place.open("wb") as target:
            shutil.copyfileobj(file, target, 1 << 20)
    if source is not None:
        shutil.copystat(source, place)
    return True

"""Imports the pretrained weights of many networks at once, from a folder or a USB stick."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tlstudio.core.classroom.weights import Arrival, FoundWeights, WeightsProgressed
from tlstudio.core.errors import StorageError, TLStudioError, WeightsError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import check_room, is_there
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.models.catalog import pretrained_path
from tlstudio.engine.models.places import checkpoints_dir, hub_dir
from tlstudio.engine.weights.import_file import import_weights, recognise_weights, sha256_of
from tlstudio.engine.weights.stored import remove_weights

SUFFIXES = (".pth", ".pt", ".th", ".safetensors", ".bin", ".tar")
MAX_DEPTH = 12
MAX_FILES = 5000  # of weights; a folder with more is none that somebody put together


def find_weights(
    folder: Path, stop: StopToken
) -> Iterator[WeightsProgressed | tuple[FoundWeights, ...]]:
    """Say what each file of weights in a folder is; nothing is written.

    Yields:
        Progress, and last of all the files in the order of their names, unless it was stopped.

    Raises:
        StorageError: the folder cannot be read.
    """
    paths = _files(folder)
    rows: list[FoundWeights] = []
    seen: set[WeightsName] = set()
    for number, path in enumerate(paths):
        if stop.stopped:
            return
        yield WeightsProgressed(number, len(paths), path)
        row = _look_at(path)
        if row.arrival is Arrival.NEW and row.name in seen:
            row = replace(row, arrival=Arrival.TWICE)
        if row.name is not None:
            seen.add(row.name)
        rows.append(row)
    yield tuple(rows)


def take_weights(
    rows: Iterable[FoundWeights], stop: StopToken
) -> Iterator[WeightsProgressed | FoundWeights]:
    """Import those that are new; each is compared with its digest once it is there.

    What is on this machine already stays as it is, and one file that fails keeps no other back.

    Yields:
        Progress, and each of the new rows as it ended.

    Raises:
        StorageError: the disk is too full for all of them, or cannot be written.
    """
    new = [row for row in rows if row.arrival is Arrival.NEW and row.name is not None]
    for place in (checkpoints_dir(), hub_dir()):
        check_room(place, sum(row.size_bytes for row in new), _MAKE_ROOM)
    for number, row in enumerate(new):
        if stop.stopped:
            return
        yield WeightsProgressed(number, len(new), row.path)
        yield _taken(row)
    yield WeightsProgressed(len(new), len(new))


_MAKE_ROOM = QT_TRANSLATE_NOOP(
    "core", "Make room, or choose a folder on another disk for weights in the preferences."
)


def _taken(row: FoundWeights) -> FoundWeights:
    assert row.name is not None
    if pretrained_path(*row.name) is not None:
        return replace(row, arrival=Arrival.HERE)  # it came meanwhile
    try:
        import_weights(row.path, *row.name)
        there = pretrained_path(*row.name)
        if there is None or sha256_of(there) != row.sha256:
            if there is not None:
                remove_weights(*row.name)
            raise WeightsError(
                QT_TRANSLATE_NOOP("core", "“{name}” was not copied as it is."),
                QT_TRANSLATE_NOOP("core", "The stick or the disk may be faulty; try again."),
                name=row.path.name,
            )
    except TLStudioError as error:
        problem = error if row.path.is_file() else _gone(row.path)
        if isinstance(problem, StorageError):
            raise
        return replace(row, arrival=Arrival.FAILED, problem=problem)
    return replace(row, arrival=Arrival.TAKEN)


def _gone(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is no longer there."),
        QT_TRANSLATE_NOOP(
            "core", "Plug the stick in and import once more: what has come already stays."
        ),
        name=path.name,
    )


def _look_at(path: Path) -> FoundWeights:
    size_bytes, digest = 0, ""
    try:
        size_bytes = path.stat().st_size
        digest = sha256_of(path)
        guess = recognise_weights(path, digest=digest)
    except OSError as error:
        problem = StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be read: {why}."),
            name=path.name,
            why=error.strerror or str(error),
        )
        return FoundWeights(path, size_bytes, Arrival.UNKNOWN, problem=problem)
    except TLStudioError as error:
        return FoundWeights(path, size_bytes, Arrival.UNKNOWN, sha256=digest, problem=error)
    if not guess.is_certain:
        return FoundWeights(path, size_bytes, Arrival.SEVERAL, sha256=digest)
    name = guess.choices[0]
    arrival = Arrival.NEW if pretrained_path(*name) is None else Arrival.HERE
    return FoundWeights(path, size_bytes, arrival, name, digest)


def _files(folder: Path) -> list[Path]:
    """The files that are called like weights; a link counts once, as what it leads to."""
    found: dict[str, Path] = {}

    def refuse(error: OSError) -> None:
        if error.filename == str(folder):
            raise StorageError(
                QT_TRANSLATE_NOOP("core", "“{name}” cannot be read: {why}."),
                name=folder.name,
                why=error.strerror or str(error),
            ) from error

    if not is_there(folder):  # or no folder can have that name
        refuse(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder)))
    top = len(folder.parts)
    for place, folders, names in os.walk(folder, onerror=refuse):
        if len(Path(place).parts) - top >= MAX_DEPTH:
            folders.clear()
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if name.startswith(".") or not name.lower().endswith(SUFFIXES) or not path.is_file():
                continue
            found.setdefault(os.path.realpath(path), path)
            if len(found) > MAX_FILES:
                raise StorageError(
                    QT_TRANSLATE_NOOP("core", "“{name}” has more than {most} files of weights."),
                    QT_TRANSLATE_NOOP("core", "Choose a folder further inside."),
                    name=folder.name,
                    most=MAX_FILES,
                )
    return list(found.values())

"""Opens a class pack of whoever: every file in it is expected, bounded and checked, or refused.

A folder of its own is written beside its final place, and takes that when all is there; weights
go where the libraries look for them, and what is there already stays. Nothing in it is run.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tlstudio.core.classroom.pack import (
    DATASET,
    MANIFEST,
    MAX_FILES,
    MAX_MANIFEST_BYTES,
    QUIZ,
    SETTINGS,
    WEIGHTS,
    PackedFile,
    PackManifest,
    PackOpened,
    PackProgressed,
    manifest_from_json,
    not_a_pack,
    refused,
)
from tlstudio.core.config import RunConfig
from tlstudio.core.config.run_config import config_from_json
from tlstudio.core.errors import ConfigError, StorageError
from tlstudio.core.networks.downloads import WeightsName
from tlstudio.core.runs.events import Stopped, StopToken
from tlstudio.core.storage import (
    atomic_write,
    check_room,
    open_regular,
    read_json,
    safe_file_name,
    unwritable,
)
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.classroom.half_opened import classes_dir, half_opened, sweep_half_opened
from tlstudio.engine.data.images import SUFFIXES
from tlstudio.engine.data.samples import find_sample
from tlstudio.engine.models.catalog import get_model, has_model, pretrained_path
from tlstudio.engine.runs.lock import LOCK, RunLock
from tlstudio.engine.symbolic_pickle import NotInertError
from tlstudio.engine.weights.archive import BrokenArchiveError, ZipArchive
from tlstudio.engine.weights.import_file import import_weights

RECEIPT = "opened.json"  # in the folder of a pack: which one it was
_TICK_BYTES = 4 << 20
_OPEN_ROOM = QT_TRANSLATE_NOOP("core", "Make room, or open it into a folder on another disk.")


@dataclass(frozen=True, slots=True)
class PackLook:
    """What a pack has, before anything is taken from it.

    Attributes:
        path: the file.
        manifest: which names every file in it; kinds and places are checked, contents are not.
        config: its settings; None where it has none.
        known: weights that are on this machine already.
        folder: where it opens unless a person says otherwise; nothing is there yet.
        opened: the folder where it was opened before; None if it was not.
    """

    path: Path
    manifest: PackManifest
    config: RunConfig | None
    known: tuple[WeightsName, ...]
    folder: Path
    opened: Path | None


def look_into_pack(path: Path, parent: Path | None = None) -> PackLook:
    """Say what is in a pack; nothing is written.

    Args:
        parent: the folder around its own; None for the usual one.

    Raises:
        StorageError: it cannot be read, is no pack, or has what no pack has.
        ConfigError: its settings are none of this version.
    """
    with _archive(path) as archive:
        manifest = _manifest_of(archive, path.name)
        config = _config_of(archive, manifest, path.name)
    known = tuple(row.name for row in manifest.weights if _is_here(row.name, path.name))
    folder, opened = _place_for(manifest, parent or classes_dir())
    return PackLook(path, manifest, config, known, folder, opened)


def open_pack(
    path: Path, stop: StopToken, folder: Path | None = None
) -> Iterator[PackProgressed | PackOpened]:
    """Take a pack over: its files go into a folder, its weights where they are looked for.

    Args:
        folder: where to; must not exist yet. None for the usual place: where it was opened before
            and is unchanged, nothing is written a second time.

    Yields:
        Progress, and last of all `PackOpened`, unless it was stopped; then its folder is gone.

    Raises:
        StorageError, ConfigError: see `look_into_pack`; a digest is wrong, or the disk is too full.
        WeightsError: its weights do not fit their network.
    """
    look = look_into_pack(path)
    manifest = look.manifest
    again = look.opened if folder is None else None
    place = again or folder or look.folder
    files = manifest.files
    if again is not None:  # weights may have been removed since
        missing = {row.file for row in manifest.weights if row.name not in look.known}
        files = tuple(file for file in files if file.name in missing)
    elif os.path.lexists(place):
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "There is something in “{name}” already."),
            QT_TRANSLATE_NOOP("core", "Choose a folder that is empty or does not exist yet."),
            name=place.name,
        )
    sweep_half_opened(place.parent)
    check_room(place.parent, sum(file.size_bytes for file in files), _OPEN_ROOM)
    part = half_opened(place)
    held = RunLock(part)
    try:
        part.mkdir(parents=True)
        held.take()
        with _archive(path) as archive:
            # It may be another file by now: what is unpacked is what is checked here.
            if _manifest_of(archive, path.name) != manifest:
                raise not_a_pack(path.name)
            yield from _unpack(archive, files, part, stop, path.name)
        taken = _take_weights(look, part, stop)
        if again is None:
            _tidy(manifest, part)
            held.release()
            (part / LOCK).unlink(missing_ok=True)
            part.rename(place)
    except Stopped:
        return
    except OSError as error:
        raise unwritable(place, error) from error
    finally:
        held.release()
        shutil.rmtree(part, ignore_errors=True)
    yield _opened(look, place, taken)


@contextmanager
def _archive(path: Path) -> Iterator[ZipArchive]:
    """The archive of a pack; what is not as a pack is, is told in a sentence.

    Raises:
        StorageError: it cannot be read, or is damaged.
    """
    try:
        with open(path, "rb", opener=open_regular) as file:
            size = os.fstat(file.fileno()).st_size
            if not size:  # also what the system itself writes on and on
                raise not_a_pack(path.name)
            try:
                yield ZipArchive(file, size, MAX_FILES + 1)
            except (BrokenArchiveError, NotInertError) as error:
                raise not_a_pack(path.name) from error
    except FileNotFoundError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "There is no file “{path}”."), path=path
        ) from error
    except (OSError, ValueError) as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be read: {why}."),
            QT_TRANSLATE_NOOP("core", "Copy it again, or ask whoever made it."),
            name=path.name,
            why=getattr(error, "strerror", "") or str(error),
        ) from error


def _manifest_of(archive: ZipArchive, name: str) -> PackManifest:
    if MANIFEST not in archive.entries:
        raise not_a_pack(name)
    try:
        text = archive.read(MANIFEST, MAX_MANIFEST_BYTES).decode("utf-8")
    except UnicodeError as error:
        raise not_a_pack(name) from error
    manifest = manifest_from_json(text, name)
    told = {file.name: file.size_bytes for file in manifest.files}
    for entry in archive.entries.values():
        is_file = stat.S_IFMT(entry.mode) in (0, stat.S_IFREG)
        if not is_file or (entry.name != MANIFEST and told.pop(entry.name, -1) != entry.size_bytes):
            raise refused(name, entry.name)
    for missing in told:
        raise refused(name, missing)
    if manifest.dataset is not None and manifest.dataset.sample:
        try:
            find_sample(manifest.dataset.sample)
        except ConfigError as error:
            raise refused(name, manifest.dataset.sample) from error
    for file in manifest.files:
        is_image = PurePosixPath(file.name).suffix.lower() in SUFFIXES
        if file.name.startswith(f"{DATASET}/") and not is_image:
            raise refused(name, file.name)
    return manifest


def _config_of(archive: ZipArchive, manifest: PackManifest, name: str) -> RunConfig | None:
    """The settings; where training starts is still a path in the pack."""
    if not manifest.has(SETTINGS):
        return None
    try:
        config = config_from_json(archive.read(SETTINGS).decode("utf-8"))
    except UnicodeError as error:
        raise refused(name, SETTINGS) from error
    except ConfigError as error:
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "The settings in “{name}” are none of this version: {why}"),
            QT_TRANSLATE_NOOP("core", "Update TLStudio, or ask whoever made it."),
            name=name,
            why=str(error),
        ) from error
    if not has_model(config.model):
        raise _no_such_network(config.model, name)
    start = config.start_from.partition("#")[0]
    if config.initialisation != "file":
        return config.changed(start_from="")  # a path of another machine
    if not start or start != manifest.start_file:
        raise refused(name, SETTINGS)
    return config


def _is_here(name: WeightsName, pack: str) -> bool:
    try:
        get_model(name.model).weights_named(name.weights)
    except ConfigError as error:
        raise _no_such_network(name.model, pack) from error
    return pretrained_path(*name) is not None


def _no_such_network(model: str, pack: str) -> StorageError:
    return StorageError(
        QT_TRANSLATE_NOOP("core", "“{name}” needs the network {model}, which is not known here."),
        QT_TRANSLATE_NOOP("core", "Update TLStudio, or ask whoever made it."),
        name=pack,
        model=model[:80],
    )


def _place_for(manifest: PackManifest, parent: Path) -> tuple[Path, Path | None]:
    """A free folder, and the one where it was opened before, if its files are still there."""
    wanted = safe_file_name(manifest.title)
    identity = _identity(manifest)
    for number in range(1, 1000):
        place = parent / (wanted if number == 1 else f"{wanted}-{number}")
        if not os.path.lexists(place):
            return place, None
        receipt = read_json(place / RECEIPT)
        is_it = isinstance(receipt, dict) and receipt.get("identity") == identity
        if is_it and all(_is_complete(place, file) for file in _left(manifest)):
            return place, place
    return parent / f"{wanted}-{secrets.token_hex(4)}", None


def _identity(manifest: PackManifest) -> str:
    """Tells packs apart; two of the same manifest hold the same bytes."""
    return hashlib.sha256(manifest.to_json().encode("utf-8", "surrogatepass")).hexdigest()


def _left(manifest: PackManifest) -> Iterator[PackedFile]:
    """The files that stay in the folder: all but those of weights."""
    weights = {row.file for row in manifest.weights}
    return (file for file in manifest.files if file.name not in weights)


def _is_complete(place: Path, file: PackedFile) -> bool:
    try:
        return (place / file.name).lstat().st_size == file.size_bytes
    except OSError:
        return False


class _Checked:
    """A file that is being written; knows the digest of what went in."""

    def __init__(self, place: Path, file: BinaryIO, stop: StopToken) -> None:
        self._place = place
        self._file = file
        self._stop = stop
        self.digest = hashlib.sha256()

    def write(self, part: bytes) -> int:
        self._stop.raise_if_stopped()
        self.digest.update(part)
        try:
            return self._file.write(part)
        except OSError as error:
            raise unwritable(self._place, error) from error


def _unpack(
    archive: ZipArchive,
    files: tuple[PackedFile, ...],
    folder: Path,
    stop: StopToken,
    pack: str,
) -> Iterator[PackProgressed]:
    done = told = 0
    total = sum(file.size_bytes for file in files)
    for file in files:
        with _new_file(folder.joinpath(*file.name.split("/")), stop) as target:
            archive.copy_to(file.name, target)  # type: ignore[arg-type]
        if target.digest.hexdigest() != file.sha256:
            raise StorageError(
                QT_TRANSLATE_NOOP("core", "“{file}” in “{name}” is not what was packed."),
                QT_TRANSLATE_NOOP("core", "Copy it again, or ask whoever made it."),
                name=pack,
                file=PurePosixPath(file.name).name,
            )
        done += file.size_bytes
        if done - told > _TICK_BYTES:
            told = done
            yield PackProgressed(done, total, file.name)
    yield PackProgressed(done, total)


@contextmanager
def _new_file(place: Path, stop: StopToken) -> Iterator[_Checked]:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        opened = place.open("xb")
    except OSError as error:
        raise unwritable(place, error) from error
    with opened:
        yield _Checked(place, opened, stop)


def _take_weights(look: PackLook, folder: Path, stop: StopToken) -> tuple[WeightsName, ...]:
    """Put weights where they are looked for; those that are there stay as they are."""
    taken = []
    for row in look.manifest.weights:
        stop.raise_if_stopped()
        if row.name not in look.known:
            import_weights(folder.joinpath(*row.file.split("/")), *row.name)
            taken.append(row.name)
    return tuple(taken)


def _tidy(manifest: PackManifest, folder: Path) -> None:
    """Weights are in their own place by now; a receipt says which pack it was."""
    for row in manifest.weights:
        folder.joinpath(*row.file.split("/")).unlink(missing_ok=True)
    shutil.rmtree(folder / WEIGHTS, ignore_errors=True)
    told = {"identity": _identity(manifest), "title": manifest.title}
    atomic_write(folder / RECEIPT, json.dumps(told, ensure_ascii=False))


def _opened(look: PackLook, folder: Path, taken: tuple[WeightsName, ...]) -> PackOpened:
    manifest, dataset, config = look.manifest, look.manifest.dataset, look.config
    if config is not None and config.initialisation == "file":
        start, mark, copy = config.start_from.partition("#")
        config = config.changed(start_from=f"{folder.joinpath(*start.split('/'))}{mark}{copy}")
    return PackOpened(
        manifest,
        folder,
        folder.joinpath(*dataset.folder.split("/")) if dataset and dataset.folder else None,
        taken,
        look.known,
        config,
        folder / QUIZ if manifest.has(QUIZ) else None,
        was_there=folder == look.opened,
    )

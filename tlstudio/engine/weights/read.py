"""Weights files as they lie on disk, read without running anything in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from tlstudio.core.errors import WeightsError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import BrokenPickleError, NotInertError, read_pickle
from tlstudio.engine.weights import foreign
from tlstudio.engine.weights.archive import (
    BrokenArchiveError,
    TorchArchive,
    ZipArchive,
    room_for,
)
from tlstudio.engine.weights.inert import InertFile, read_inert
from tlstudio.engine.weights.legacy import read_legacy
from tlstudio.engine.weights.metadata import METADATA_KEY
from tlstudio.engine.weights.packed import (
    SeveralFilesError,
    is_packed_stream,
    is_tar,
    member_of_tar,
    member_of_zip,
    names_in_tar,
    unpack_stream,
)
from tlstudio.engine.weights.safetensors_file import looks_like_safetensors, read_safetensors

_ZIP_MAGIC = b"PK\x03\x04"
_PICKLE_MAGIC = b"\x80"
_MAX_LAYERS = 4  # a .pth in a .tar in a .gz in a .zip
_OLD_TAR = {"storages", "tensors", "pickle"}


@dataclass(frozen=True, slots=True)
class RawWeights:
    """The content of a weights file, before its network is recognised.

    Attributes:
        values: what the file holds, in the plain form of `read_inert`: tensors by name, possibly
            nested in further mappings, possibly beside other values.
        source: ``state_dict``, ``whole_model`` or ``safetensors``.
        metadata: the studio's JSON text; empty where there is none.
        attributes: plain attributes of a whole model.
    """

    values: Mapping[str, Any]
    source: str
    metadata: str = ""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)


def read_weights(path: Path) -> RawWeights:
    """Read a weights file of any kind that the studio knows, packed ones as well.

    Whatever the file holds, nothing of it is run, it takes at most about ten seconds, and memory
    in proportion to the file. No library is given the file: only its tensors leave this package.

    Raises:
        WeightsError: it cannot be opened, is damaged, is no weights file, or holds what could only
            be had by running code.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise foreign.folder(path)
        if not stat.S_ISREG(mode):
            raise _not_weights(path)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return _read(path, file, size, room_for(size))
    except OSError as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be opened: {why}."),
            "",
            name=path.name,
            why=error.strerror or type(error).__name__,
        ) from error
    except (BrokenArchiveError, BrokenPickleError) as error:
        raise _damaged(path) from error
    except NotInertError as error:
        raise _refused(path, error) from error
    except SeveralFilesError as error:
        raise _several(path, error.names) from error
    except (MemoryError, RuntimeError) as error:  # torch says so where there is no memory
        raise WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” needs more memory than there is."),
            QT_TRANSLATE_NOOP("core", "Close other programs, or choose a smaller file."),
            name=path.name,
        ) from error


def _read(path: Path, file: BinaryIO, size: int, room: int, layer: int = 0) -> RawWeights:
    """Read a file, or one that was packed in it.

    Args:
        room: how many bytes it may unpack to.
    """
    start = file.read(foreign.START_BYTES)
    file.seek(0)
    if not size:
        raise _damaged(path)
    if looks_like_safetensors(start, size):  # first: its length may look like any other beginning
        values, notes = read_safetensors(file, size)
        return RawWeights(values, "safetensors", notes.get(METADATA_KEY, ""))
    if start.startswith(_ZIP_MAGIC):
        return _read_zip(path, file, size, room, layer)
    if start.startswith(_PICKLE_MAGIC):
        found = read_legacy(file, size)
        if found is None:
            raise foreign.named(path, foreign.OTHER_PICKLE)
        return _raw(path, found)
    if is_packed_stream(start):
        return _read_unpacked(path, unpack_stream(file, start, room), room, layer)
    if is_tar(start):
        if names_in_tar(file, size) >= _OLD_TAR:
            raise foreign.named(path, foreign.OLD_TAR)
        return _read_unpacked(path, member_of_tar(file, size), room, layer)
    kind = foreign.kind_of(path.name, start)
    if kind is not None:
        raise foreign.named(path, kind)
    raise _damaged(path) if start[8:9] == b"{" else _not_weights(path)


def _read_zip(path: Path, file: BinaryIO, size: int, room: int, layer: int) -> RawWeights:
    archive = ZipArchive(file, size)
    kind = foreign.kind_of_entries(archive.entries)
    if kind is not None:
        raise foreign.named(path, kind)
    if not any(f"/{name}".endswith("/data.pkl") for name in archive.entries):
        return _read_unpacked(path, member_of_zip(archive), room, layer)
    return _raw(path, read_torch(archive, size))


def _read_unpacked(path: Path, packed: IO[bytes], room: int, layer: int) -> RawWeights:
    with packed:
        if layer + 1 >= _MAX_LAYERS:
            raise NotInertError(QT_TRANSLATE_NOOP("core", "archives are nested too deeply in it"))
        size = packed.seek(0, os.SEEK_END)
        packed.seek(0)
        return _read(path, packed, size, room, layer + 1)  # type: ignore[arg-type]


def read_torch(archive: ZipArchive, file_bytes: int) -> InertFile:
    """Read what `torch.save` wrote into an archive.

    Raises:
        BrokenArchiveError, BrokenPickleError: it is damaged, or no such archive.
        NotInertError: as `read_inert`.
    """
    torch_file = TorchArchive(archive)
    if not torch_file.is_little_endian:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "it was written on a big-endian machine"))
    return read_inert(read_pickle(torch_file.pickle()), torch_file.storage, file_bytes)


def _raw(path: Path, found: InertFile) -> RawWeights:
    values = found.values
    if isinstance(values, list | tuple) and any(isinstance(value, dict) for value in values):
        values = {str(number): value for number, value in enumerate(values)}
    if not isinstance(values, dict):
        raise _not_weights(path)
    source = "whole_model" if found.kind else "state_dict"
    return RawWeights(values, source, found.metadata, found.attributes)


def _not_weights(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is not a weights file."),
        QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
        name=path.name,
    )


def _damaged(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is damaged, or was not written to its end."),
        QT_TRANSLATE_NOOP("core", "Copy or download it again, or choose another file."),
        name=path.name,
    )


def _several(path: Path, names: tuple[str, ...]) -> WeightsError:
    if not names:
        return WeightsError(
            QT_TRANSLATE_NOOP("core", "“{name}” is an archive without a weights file in it."),
            QT_TRANSLATE_NOOP("core", "Choose a .pth, .pt or .safetensors file."),
            name=path.name,
        )
    shown = [name for name in names if name.isprintable()][:5]
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” is an archive of several weights files."),
        QT_TRANSLATE_NOOP("core", "Unpack it, and choose one of them: {files}"),
        name=path.name,
        files=", ".join(text[:100] for text in shown),
    )


def _refused(path: Path, why: NotInertError) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP("core", "“{name}” was not opened, for safety: {why}."),
        foreign.SAVE_STATE,
        name=path.name,
        why=why.args[0],
    )

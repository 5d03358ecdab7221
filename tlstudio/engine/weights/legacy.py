"""Pickles in no archive: torch's format before 1.6, and what `pickle.dump` makes of tensors.

The first is several pickles, and the storages behind them. In the second each storage is a file of
the first kind, within the pickle.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO

import torch

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import (
    BrokenPickleError,
    BytesInFile,
    NotInertError,
    PersistentRef,
    read_pickle_of_data,
)
from tlstudio.engine.weights.archive import BrokenArchiveError, read_bytes
from tlstudio.engine.weights.inert import InertFile, is_storage, read_inert, storage_dtype

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_MAX_NESTED_START = 1024  # of its five pickles; torch's take some 270 bytes


def read_legacy(file: BinaryIO, file_bytes: int) -> InertFile | None:
    """Read such a file; None for a pickle without tensors.

    Raises:
        BrokenPickleError, BrokenArchiveError: it is cut off or damaged.
        NotInertError: as `read_inert`.
        OSError: it cannot be read.
    """

    def next_pickle(references: list[PersistentRef] | None = None) -> object:
        return read_pickle_of_data(file, file_bytes - file.tell(), references)

    magic = next_pickle()
    if not _is_magic(magic):
        return _read_plain(file, magic, file_bytes)
    root, places = _root_and_places(file, file_bytes, next_pickle)

    def storage(key: str) -> torch.Tensor:
        if key not in places:
            raise BrokenArchiveError("a storage is missing")
        offset, size = places[key]
        file.seek(offset)
        return read_bytes(file, size)

    return read_inert(root, storage, file_bytes)


def _read_plain(file: BinaryIO, root: object, file_bytes: int) -> InertFile | None:
    """What `pickle.dump` wrote; None where no tensor is in it."""
    has_tensors = False

    def storage(_: str) -> torch.Tensor:
        raise BrokenArchiveError("a storage is missing")

    def within(place: BytesInFile) -> torch.Tensor:
        nonlocal has_tensors
        has_tensors = True
        file.seek(place.offset)
        return read_bytes(file, place.size_bytes)

    found = read_inert(root, storage, file_bytes, within, _nested_storage)
    return found if has_tensors else None


def _nested_storage(data: torch.Tensor) -> tuple[torch.dtype, torch.Tensor]:
    """The type and the bytes of the one storage that a whole file of torch holds."""
    start = io.BytesIO(bytes(data[:_MAX_NESTED_START].numpy()))

    def next_pickle(references: list[PersistentRef] | None = None) -> object:
        return read_pickle_of_data(start, _MAX_NESTED_START - start.tell(), references)

    if not _is_magic(next_pickle()):
        raise BrokenPickleError("no file of torch")
    root, places = _root_and_places(start, len(data), next_pickle)
    if not isinstance(root, PersistentRef):
        raise BrokenPickleError("no storage")
    key, dtype, _ = storage_dtype(root)
    if key not in places:
        raise BrokenArchiveError("a storage is missing")
    offset, size = places[key]
    return dtype, data[offset : offset + size].clone()


def _is_magic(value: object) -> bool:
    return isinstance(value, int) and value == _MAGIC


def _root_and_places(
    file: BinaryIO, file_bytes: int, next_pickle: Callable[..., object]
) -> tuple[object, dict[str, tuple[int, int]]]:
    """What a file holds, and where its storages lie; `file` stands behind its first pickle."""
    protocol, system = next_pickle(), next_pickle()
    if not isinstance(protocol, int) or protocol != _PROTOCOL or not isinstance(system, dict):
        raise BrokenPickleError("another protocol")
    if system.get("little_endian") is False:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "it was written on a big-endian machine"))
    references: list[PersistentRef] = []
    root = next_pickle(references)
    return root, _places(file, file_bytes, next_pickle(), references)


def _places(
    file: BinaryIO, file_bytes: int, keys: object, references: list[PersistentRef]
) -> dict[str, tuple[int, int]]:
    """Where each storage lies, and its bytes. A count stands before each."""
    stored = [storage_dtype(reference) for reference in references if is_storage(reference)]
    kinds = {key: (dtype, count) for key, dtype, count in stored}
    places: dict[str, tuple[int, int]] = {}
    if not isinstance(keys, list):
        raise BrokenPickleError("the storages have no names")
    for key in keys:
        if not isinstance(key, str) or key not in kinds or key in places:
            raise BrokenPickleError("a storage is not what it should be")
        dtype, count = kinds[key]
        if int.from_bytes(file.read(8), "little") != count:
            raise BrokenArchiveError("a storage has another size than it says")
        offset, size = file.tell(), count * dtype.itemsize
        if offset + size > file_bytes:
            raise BrokenArchiveError("a storage reaches beyond the end")
        places[key] = (offset, size)
        file.seek(offset + size)
    return places

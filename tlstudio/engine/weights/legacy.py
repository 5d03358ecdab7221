"""Files in torch's format before 1.6: several pickles, and the storages behind them."""

from __future__ import annotations

from typing import BinaryIO

import torch

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import (
    BrokenPickleError,
    NotInertError,
    PersistentRef,
    read_pickle_of_data,
)
from tlstudio.engine.weights.archive import BrokenArchiveError, read_bytes
from tlstudio.engine.weights.inert import InertFile, is_storage, read_inert, storage_dtype

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


def read_legacy(file: BinaryIO, file_bytes: int) -> InertFile | None:
    """Read such a file; None for a pickle that torch did not write.

    Raises:
        BrokenPickleError, BrokenArchiveError: it is cut off or damaged.
        NotInertError: as `read_inert`.
        OSError: it cannot be read.
    """

    def next_pickle(references: list[PersistentRef] | None = None) -> object:
        return read_pickle_of_data(file, file_bytes - file.tell(), references)

    magic = next_pickle()
    if not isinstance(magic, int) or magic != _MAGIC:
        return None
    protocol, system = next_pickle(), next_pickle()
    if not isinstance(protocol, int) or protocol != _PROTOCOL or not isinstance(system, dict):
        raise BrokenPickleError("another protocol")
    if system.get("little_endian") is False:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "it was written on a big-endian machine"))
    references: list[PersistentRef] = []
    root = next_pickle(references)
    places = _places(file, file_bytes, next_pickle(), references)

    def storage(key: str) -> torch.Tensor:
        if key not in places:
            raise BrokenArchiveError("a storage is missing")
        offset, size = places[key]
        file.seek(offset)
        return read_bytes(file, size)

    return read_inert(root, storage, file_bytes)


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

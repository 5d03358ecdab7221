"""Reads the one kind of MATLAB file that Flowers-102 has: vectors of small whole numbers."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlstudio.core.errors import DatasetError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 9: "f8"}  # its mi* types
_MAX_BYTES = 1 << 24


def read_vectors(path: Path) -> dict[str, NDArray[np.int64]]:
    """All numeric variables by name, int64 ``[N]``.

    The format is "Level 5 MAT-File Format" of MathWorks' MAT-File Format; little endian only.

    Raises:
        DatasetError: it is not such a file.
    """
    try:
        body, found = path.read_bytes()[_HEADER_BYTES:], {}
        for kind, element in _elements(body):
            if kind == _COMPRESSED:
                unpacked = zlib.decompressobj().decompress(element, _MAX_BYTES)
                ((kind, element),) = _elements(unpacked)
            if kind == _MATRIX:
                _, (_, _), (_, name), (number, data), *_ = _elements(element)
                values = np.frombuffer(data, dtype=f"<{_NUMBERS[number]}")
                found[name.decode("ascii")] = values.astype(np.int64)
    except (OSError, ValueError, KeyError, struct.error, zlib.error) as error:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "The archive “{name}” is damaged."),
            QT_TRANSLATE_NOOP("core", "Download it again."),
            name=path.name,
        ) from error
    return found


def _elements(body: bytes) -> list[tuple[int, bytes]]:
    """Type and data of each element; short ones keep both in eight bytes."""
    found, at = [], 0
    while at + 8 <= len(body):
        kind, size = struct.unpack_from("<II", body, at)
        if kind >> 16:
            found.append((kind & 0xFFFF, body[at + 4 : at + 4 + (kind >> 16)]))
            at += 8
            continue
        if at + 8 + size > len(body):
            raise ValueError("cut off")
        found.append((kind, body[at + 8 : at + 8 + size]))
        at += 8 + size + (0 if kind == _COMPRESSED else -size % 8)
    return found

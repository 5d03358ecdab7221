"""Files of safetensors: a length, a header in JSON, and the bytes of the tensors.

The header is checked before a byte of a tensor is read, and only as much is read as it places.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, BinaryIO

import torch

from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.symbolic_pickle import NotInertError
from tlstudio.engine.weights.archive import BrokenArchiveError, read_bytes
from tlstudio.engine.weights.inert import Unread

_MAX_HEADER = 16 * 1024 * 1024
_MAX_PARTS = 600_000  # brackets and braces: JSON of many small parts takes much memory
_MAX_NAME = 1000
_MAX_DIMENSIONS = 16

_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U64": torch.uint64,
    "U32": torch.uint32,
    "U16": torch.uint16,
    "U8": torch.uint8,
    "BOOL": torch.bool,
    "C64": torch.complex64,
}


@dataclass(frozen=True, slots=True)
class _Placed:
    """What the header says of one tensor: its type, None for an unknown one, and its bytes."""

    name: str
    dtype: torch.dtype | None
    shape: tuple[int, ...]
    start: int
    end: int


def looks_like_safetensors(start: bytes, file_bytes: int) -> bool:
    """Whether a file begins as one: with a length that it has, and a brace."""
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= file_bytes - 8


def read_safetensors(
    file: BinaryIO, file_bytes: int
) -> tuple[dict[str, torch.Tensor | Unread], dict[str, str]]:
    """The tensors by name, and the notes of the header.

    Raises:
        BrokenArchiveError: it is cut off or damaged.
        NotInertError: its header is too large.
        OSError: it cannot be read.
    """
    header, data = _header(file, file_bytes)
    noted = header.pop("__metadata__", None)
    placed = sorted((_placed(name, value) for name, value in header.items()), key=_by_place)
    end = 0
    for tensor in placed:
        if tensor.start != end or tensor.end < tensor.start:
            raise BrokenArchiveError("tensors overlap, or leave gaps")
        end = tensor.end
    if data + end != file_bytes:
        raise BrokenArchiveError("the file has another length than its header says")
    found: dict[str, torch.Tensor | Unread] = {}
    for tensor in placed:
        if tensor.name.isprintable() and len(tensor.name) <= _MAX_NAME:
            file.seek(data + tensor.start)
            found[tensor.name] = _tensor(file, tensor)
    notes = noted.items() if isinstance(noted, dict) else ()
    return found, {key: value for key, value in notes if isinstance(value, str)}


def _by_place(tensor: _Placed) -> tuple[int, int]:
    return tensor.start, tensor.end


def _header(file: BinaryIO, file_bytes: int) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors begin."""
    length = int.from_bytes(file.read(8), "little")
    if length > file_bytes - 8:
        raise BrokenArchiveError("the header is longer than the file")
    if length > _MAX_HEADER:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "its header is too large"))
    text = file.read(length)
    if sum(text.count(sign) for sign in (b"{", b"[", b",")) > _MAX_PARTS:
        raise NotInertError(QT_TRANSLATE_NOOP("core", "its header is too large"))
    try:
        header = json.loads(text.decode("utf-8"))  # of bytes, json guesses the encoding
    except (ValueError, RecursionError) as error:
        raise BrokenArchiveError("the header is no JSON") from error
    if not isinstance(header, dict):
        raise BrokenArchiveError("the header is no table")
    return header, 8 + length


def _placed(name: str, value: Any) -> _Placed:
    try:
        kind, shape, (start, end) = value["dtype"], value["shape"], value["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise BrokenArchiveError("a tensor is not described") from error
    is_whole = isinstance(shape, list) and len(shape) <= _MAX_DIMENSIONS
    if not is_whole or not all(type(n) is int and 0 <= n < 2**62 for n in (*shape, start, end)):
        raise BrokenArchiveError("a tensor has an impossible shape")
    dtype = _DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is not None and math.prod(shape) * dtype.itemsize != end - start:
        raise BrokenArchiveError("a tensor has another size than its shape")
    if math.prod(n for n in shape if n) >= 2**62:  # an empty tensor has strides, too
        raise BrokenArchiveError("a tensor has an impossible shape")
    return _Placed(name, dtype, tuple(shape), start, end)


def _tensor(file: BinaryIO, placed: _Placed) -> torch.Tensor | Unread:
    if placed.dtype is None:
        return Unread("quantised", is_tensor=True)
    data = read_bytes(file, placed.end - placed.start)
    if placed.dtype is torch.bool and data.numel() and int(data.max()) > 1:
        raise BrokenArchiveError("a truth value is neither true nor false")
    return data.view(placed.dtype).reshape(placed.shape)

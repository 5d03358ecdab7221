"""Feature files: what frozen layers make of images, found again by what the images are.

A folder holds the features of one network up to one boundary, in files that are written once,
whole or not at all, and never changed: *blocks* of rows with their keys and checksums, in the
safetensors format.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import uuid
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from tlstudio.core.storage import atomic_path

_log = logging.getLogger(__name__)

KEY_BYTES = 16
_SUFFIX = ".features"
_HEADER_BYTES = 1 << 16
_OPEN_FILES = 16
_DTYPES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}


@dataclass
class _Block:
    """A file of features.

    Attributes:
        rows_at: where the rows begin.
        checksums: of each row.
        is_marked: whether the file says that it is used now.
    """

    path: Path
    rows_at: int
    checksums: list[int]
    is_marked: bool = False


class _BlockError(Exception):
    """A file that is no block of features, or not all of one."""


class FeatureFolder:
    """The blocks of one folder. Several threads may ask at once.

    Rows are read, never mapped: where another program cuts a mapped file short, the system ends
    whoever looks into it.

    Args:
        folder: need not exist.
        elements: of each row.
        dtype: of each element.
    """

    def __init__(self, folder: Path, elements: int, dtype: torch.dtype) -> None:
        self._folder = folder
        self._elements = elements
        self._dtype = dtype
        self._rows: dict[bytes, tuple[_Block, int]] = {}
        self._open_files: OrderedDict[Path, FileIO] = OrderedDict()
        self._lock = threading.Lock()
        weakref.finalize(self, _close, self._open_files)
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            self._open(path)

    def find(self, key: bytes) -> torch.Tensor | None:
        """The row of `key`, ``[elements]``.

        None where it is unknown or its bits have changed since it was written.
        """
        place = self._rows.get(key)
        if place is None:
            return None
        block, number = place
        row = self._read(block, number)
        if row is None or _checksum(row) != block.checksums[number]:
            _log.warning("a damaged row of %s is computed again", self._folder.name)
            del self._rows[key]
            return None
        if not block.is_marked:
            block.is_marked = True
            with contextlib.suppress(OSError):
                os.utime(block.path)
        return row

    def close(self) -> None:
        """Close all files; who asks for another row opens them again."""
        with self._lock:
            _close(self._open_files)

    def _read(self, block: _Block, number: int) -> torch.Tensor | None:
        row = torch.empty(self._elements, dtype=self._dtype)
        into = row.view(torch.uint8).numpy()
        with self._lock, contextlib.suppress(OSError):
            file = self._file(block.path)
            file.seek(block.rows_at + number * into.nbytes)
            if file.readinto(into.data) == into.nbytes:
                return row
        return None

    def add(self, keys: Sequence[bytes], rows: torch.Tensor) -> None:
        """Keep `rows`, one for each key, in a new file.

        Raises:
            StorageError: it cannot be written.
        """
        rows = rows.contiguous()
        tensors = {
            "rows": rows,
            "keys": torch.from_numpy(_as_array(keys)),
            "checksums": torch.tensor([_checksum(row) for row in rows], dtype=torch.int64),
        }
        path = self._folder / f"{uuid.uuid4().hex}{_SUFFIX}"
        with atomic_path(path) as temporary:
            try:
                save_file(tensors, temporary)
            except SafetensorError as error:  # its word for a full disk
                raise OSError(str(error)) from error
        self._open(path)

    def _file(self, path: Path) -> FileIO:
        """Who has a file open reads on where it is removed."""
        file = self._open_files.get(path)
        if file is None:
            file = self._open_files[path] = FileIO(path)
            if len(self._open_files) > _OPEN_FILES:
                self._open_files.popitem(last=False)[1].close()
        self._open_files.move_to_end(path)
        return file

    def _open(self, path: Path) -> None:
        try:
            with self._lock:
                file = self._file(path)
                layout = _layout(file)
                keys, checksums = layout["keys"].of(file), layout["checksums"].of(file)
        except OSError as error:
            _log.warning("%s cannot be read: %s", path.name, error)
            return
        except _BlockError as error:
            _log.warning("%s is not a block of features: %s", path.name, error)
            self.close()
            with contextlib.suppress(OSError):
                path.unlink()
            return
        rows, count = layout["rows"], len(checksums) // 8
        expected = [
            (_DTYPES.get(self._dtype), (count, self._elements)),
            ("U8", (count, KEY_BYTES)),
            ("I64", (count,)),
        ]
        if [(part.dtype, part.shape) for part in layout.values()] != expected:
            _log.warning("%s holds other features than its folder says", path.name)
            return
        block = _Block(path, rows.start, np.frombuffer(checksums, dtype="<i8").tolist())
        for number in range(count):
            self._rows[keys[KEY_BYTES * number : KEY_BYTES * (number + 1)]] = (block, number)


@dataclass(frozen=True)
class _Part:
    """A tensor of a file: where its bytes are."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    def of(self, file: FileIO) -> bytes:
        file.seek(self.start)
        content = file.read(self.end - self.start)
        if len(content) < self.end - self.start:
            raise _BlockError("it is cut short")
        return content


def _layout(file: FileIO) -> dict[str, _Part]:
    """The parts of a block, in the safetensors format, all of which lie in the file.

    Raises:
        OSError: it cannot be read.
        _BlockError: it is none, or damaged.
    """
    size = os.fstat(file.fileno()).st_size
    length = int.from_bytes(file.read(8), "little")
    begin = 8 + length
    if not 0 < length <= min(_HEADER_BYTES, size - 8):
        raise _BlockError("no header")
    try:
        header = json.loads(file.read(length))
        parts = {}
        for name in ("rows", "keys", "checksums"):
            start, end = header[name]["data_offsets"]
            shape = tuple(int(side) for side in header[name]["shape"])
            parts[name] = _Part(header[name]["dtype"], shape, begin + start, begin + end)
            if not begin <= begin + start <= begin + end <= size:
                raise _BlockError("it is cut short")
    except (ValueError, KeyError, TypeError) as error:
        raise _BlockError(repr(error)) from error
    return parts


def _close(files: OrderedDict[Path, FileIO]) -> None:
    while files:
        files.popitem()[1].close()


def kept_keys(folder: Path) -> set[bytes]:
    """The keys of all rows in a folder of features; the rows themselves are not read."""
    found: set[bytes] = set()
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            with FileIO(path) as file:
                keys = _layout(file)["keys"].of(file)
        except (OSError, _BlockError) as error:  # who needs the rows looks into it
            _log.info("%s is not counted: %s", path.name, error)
            continue
        found.update(keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES))
    return found


def trim(root: Path, max_bytes: int) -> None:
    """Remove the files below `root` that were used longest ago until the rest fits.

    Who has a removed file mapped goes on reading it; on Windows it stays.
    """
    files = []
    for path in root.glob("*/*"):
        with contextlib.suppress(OSError):  # another program trims as well
            status = path.stat()
            files.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= max_bytes:
            return
        with contextlib.suppress(OSError):
            path.unlink()
            total -= size
        with contextlib.suppress(OSError):
            path.parent.rmdir()  # if that was its last one


def _checksum(row: torch.Tensor) -> int:
    return zlib.crc32(row.view(torch.uint8).numpy().data)


def _as_array(keys: Sequence[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), KEY_BYTES).copy()

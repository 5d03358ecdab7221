"""Feature files: what frozen layers make of images, found again by what the images are.

A folder holds the features of one network up to one boundary, in files that are written once,
whole or not at all, and never changed: *blocks* of rows with their keys and checksums, in the
safetensors format.
"""

from __future__ import annotations

import contextlib
import logging
import os
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from tlstudio.core.storage import atomic_path

_log = logging.getLogger(__name__)

KEY_BYTES = 16
_SUFFIX = ".features"


@dataclass
class _Block:
    """A file of features, mapped into memory.

    Attributes:
        is_marked: whether the file says that it is used now.
    """

    path: Path
    rows: torch.Tensor
    checksums: list[int]
    is_marked: bool = False


class FeatureFolder:
    """The blocks of one folder, mapped into memory as they are read.

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
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            self._open(path)

    def find(self, key: bytes) -> torch.Tensor | None:
        """The row of `key`, ``[elements]``, mapped from its file and not to be written to.

        None where it is unknown or its bits have changed since it was written.
        """
        place = self._rows.get(key)
        if place is None:
            return None
        block, number = place
        row = block.rows[number]
        if _checksum(row) != block.checksums[number]:
            _log.warning("a damaged row of %s is computed again", self._folder.name)
            del self._rows[key]
            return None
        if not block.is_marked:
            block.is_marked = True
            with contextlib.suppress(OSError):
                os.utime(block.path)
        return row

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

    def _open(self, path: Path) -> None:
        try:
            with safe_open(path, framework="pt") as file:
                rows, keys = file.get_tensor("rows"), file.get_tensor("keys")
                checksums = file.get_tensor("checksums")
        except OSError as error:
            _log.warning("%s cannot be read: %s", path.name, error)
            return
        except SafetensorError as error:
            _log.warning("%s is not a block of features: %s", path.name, error)
            with contextlib.suppress(OSError):
                path.unlink()
            return
        count = len(rows) if rows.dim() == 2 else 0
        shapes = [tuple(tensor.shape) for tensor in (rows, keys, checksums)]
        expected = [(count, self._elements), (count, KEY_BYTES), (count,)]
        if rows.dtype != self._dtype or keys.dtype != torch.uint8 or shapes != expected:
            _log.warning("%s holds other features than its folder says", path.name)
            return
        block = _Block(path, rows, checksums.tolist())
        for number, key in enumerate(keys.numpy()):
            self._rows[key.tobytes()] = (block, number)


def kept_keys(folder: Path) -> set[bytes]:
    """The keys of all rows in a folder of features; the rows themselves are not read."""
    found: set[bytes] = set()
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            with safe_open(path, framework="pt") as file:
                keys = file.get_tensor("keys").numpy()
        except (OSError, SafetensorError) as error:  # who needs the rows looks into it
            _log.info("%s is not counted: %s", path.name, error)
            continue
        found.update(key.tobytes() for key in keys)
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

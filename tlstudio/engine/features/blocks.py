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
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from tlstudio.core.storage import atomic_path

_log = logging.getLogger(__name__)

KEY_BYTES = 16
_SUFFIX = ".features"


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
        self._rows: dict[bytes, tuple[torch.Tensor, int, int]] = {}
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            self._open(path)

    def find(self, key: bytes) -> torch.Tensor | None:
        """The row of `key`, ``[elements]``, mapped from its file and not to be written to.

        None where it is unknown or its bits have changed since it was written.
        """
        place = self._rows.get(key)
        if place is None:
            return None
        block, number, checksum = place
        row = block[number]
        if _checksum(row) != checksum:
            _log.warning("a damaged row of %s is computed again", self._folder.name)
            del self._rows[key]
            return None
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
            save_file(tensors, temporary)
        self._open(path)

    def _open(self, path: Path) -> None:
        try:
            with safe_open(path, framework="pt") as file:
                rows, keys = file.get_tensor("rows"), file.get_tensor("keys")
                checksums = file.get_tensor("checksums").tolist()
        except (OSError, SafetensorError) as error:
            _log.warning("%s is not a block of features: %s", path.name, error)
            with contextlib.suppress(OSError):
                path.unlink()
            return
        fits = rows.dtype == self._dtype and tuple(rows.shape) == (len(keys), self._elements)
        if not fits or keys.shape[1:] != (KEY_BYTES,) or len(checksums) != len(keys):
            _log.warning("%s holds other features than its folder says", path.name)
            return
        for number, (key, checksum) in enumerate(zip(keys.numpy(), checksums, strict=True)):
            self._rows[key.tobytes()] = (rows, number, checksum)


def trim(root: Path, max_bytes: int, keep: Iterable[Path] = ()) -> None:
    """Remove the folders of `root` that were used longest ago until the rest fits.

    Folders of `keep` stay; `touch` says that a folder is used.
    """
    kept = set(keep)
    sizes = []
    for folder in root.glob("*"):
        if folder.is_dir():
            size = sum(file.stat().st_size for file in folder.glob("*") if file.is_file())
            sizes.append((folder.stat().st_mtime, size, folder))
    total = sum(size for _, size, _ in sizes)
    for _, size, folder in sorted(sizes):
        if total <= max_bytes:
            return
        if folder in kept:
            continue
        for file in folder.glob("*"):
            with contextlib.suppress(OSError):  # still mapped by another program on Windows
                file.unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()
        total -= size


def touch(folder: Path) -> None:
    """Say that `folder` is used now."""
    with contextlib.suppress(OSError):
        os.utime(folder)  # `touch` would make a file where the folder is yet to be


def _checksum(row: torch.Tensor) -> int:
    return zlib.crc32(row.view(torch.uint8).numpy().data)


def _as_array(keys: Sequence[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), KEY_BYTES).copy()

"""The checkpoint of a run: all that training goes on with, in `checkpoint.pt`.

It carries a digest of its own values: the format has checksums, but torch does not look at them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tlstudio.core.errors import StorageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.runs.commit import settle
from tlstudio.engine.runs.files import CHECKPOINT, damaged
from tlstudio.engine.weights.archive import ZipArchive
from tlstudio.engine.weights.read import read_torch
from tlstudio.engine.weights.save import torch_save


def write_checkpoint(folder: Path, state: Mapping[str, Any]) -> None:
    """Write a run's `state_dict`, whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    torch_save({**state, "sha256": state_sha256(state)}, folder / CHECKPOINT)


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read what a run goes on with, on the CPU. No code in the file is run.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    settle(folder)
    path = folder / CHECKPOINT
    if not path.exists():
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "There is no checkpoint in “{name}” to go on with."),
            QT_TRANSLATE_NOOP("core", "Start it again with the same settings."),
            name=folder,
        )
    try:
        with path.open("rb") as file:  # a run may be a stranger's: torch's own reader can hang
            size = os.fstat(file.fileno()).st_size
            archive = ZipArchive(file, size)
            if archive.is_compressed:
                raise damaged(CHECKPOINT)
            state = read_torch(archive, size).values
    except (OSError, RuntimeError, ValueError, MemoryError) as error:
        raise damaged(CHECKPOINT) from error
    if not isinstance(state, dict) or state.pop("sha256", "") != state_sha256(state):
        raise damaged(CHECKPOINT)
    return state


def state_sha256(state: Mapping[str, Any]) -> str:
    """The digest of a nested state of plain values and tensors, on the CPU."""
    digest = hashlib.sha256()
    _add(digest, state)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, value: object) -> None:
    match value:
        case torch.Tensor():
            digest.update(f"{value.dtype} {tuple(value.shape)}".encode())
            flat = value.detach().contiguous().reshape(-1)
            digest.update(flat.view(torch.uint8).numpy().data)
        case Mapping():
            digest.update(f"{len(value)} entries".encode())
            for name, entry in value.items():
                digest.update(repr(name).encode())
                _add(digest, entry)
        case list() | tuple():
            digest.update(f"{len(value)} values".encode())
            for entry in value:
                _add(digest, entry)
        case _:
            digest.update(repr(value).encode())

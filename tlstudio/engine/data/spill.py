"""Decoded images that memory has no room for: in a file without a name, gone with the program."""

from __future__ import annotations

import contextlib
import logging
import math
import shutil
import tempfile
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import torch

from tlstudio.core.preferences import in_force
from tlstudio.core.storage import cache_dir

_log = logging.getLogger(__name__)

FREE_SHARE = 0.25  # of the disk's free space, at most


@dataclass(frozen=True, slots=True)
class SpilledImage:
    """The place of an image in the file."""

    offset: int
    shape: tuple[int, ...]


class SpillFile:
    """Keeps uint8 tensors on disk until its budget is full. Several threads may use it.

    Reading one back from the system's page cache takes a tenth of the time of decoding it.

    Args:
        folder: where the file is made at the first need; None takes the studio's cache folder.
        max_bytes: budget; None takes that of the preferences, or a quarter of what is free if less.
    """

    def __init__(self, folder: Path | None = None, max_bytes: int | None = None) -> None:
        self._folder = folder
        self._budget = max_bytes
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = threading.Lock()

    def put(self, image: torch.Tensor) -> SpilledImage | None:
        """Keep `image`; None where there is no room for it, or no disk to write to."""
        with self._lock:
            try:
                room = self._room()
                if image.nbytes > room - self._end:
                    return None
                file = self._file or self._open()
                file.seek(self._end)
                file.write(image.contiguous().numpy().data)
            except OSError as error:
                _log.info("images are decoded again, not kept on disk: %s", error)
                self._budget = 0
                return None
            place = SpilledImage(self._end, tuple(image.shape))
            self._end += image.nbytes
            return place

    def get(self, place: SpilledImage) -> torch.Tensor | None:
        """The image that was put there; None where the disk fails."""
        size = math.prod(place.shape)
        with self._lock, contextlib.suppress(OSError):
            assert self._file is not None
            self._file.seek(place.offset)
            content = bytearray(self._file.read(size))
            if len(content) == size:
                return torch.frombuffer(content, dtype=torch.uint8).view(place.shape)
        return None

    def clear(self) -> None:
        """Remove the file with all images in it."""
        with self._lock:
            if self._file is not None:
                self._file.close()
            self._file, self._end = None, 0

    def _room(self) -> int:
        if self._budget is None:
            self._budget = default_disk_budget(self._made_folder())
        return self._budget

    def _open(self) -> IO[bytes]:
        file = tempfile.TemporaryFile(dir=self._made_folder(), prefix="images-")  # noqa: SIM115
        weakref.finalize(self, file.close)
        self._file = file
        return file

    def _made_folder(self) -> Path:
        folder = self._folder or cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def default_disk_budget(folder: Path) -> int:
    """Return the budget of the preferences, or a quarter of the free space at `folder` if less.

    Raises:
        OSError: the folder is not there.
    """
    limit = in_force().images_limit_bytes
    return min(limit, int(shutil.disk_usage(folder).free * FREE_SHARE))

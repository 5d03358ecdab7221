"""The decoded images of a run: read once, kept in memory or on disk within a budget."""

from __future__ import annotations

import os
import threading

import torch
from PIL import Image
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.networks.preprocessing import Preprocessing
from tlstudio.core.runs.execution_plan import MEMORY_BYTES
from tlstudio.engine.data.images import decoded
from tlstudio.engine.data.spill import SpilledImage, SpillFile
from tlstudio.engine.data.transforms import eval_view, shrunk


class ImageStore:
    """Decodes images and keeps them: in memory, when that is full on disk, within budgets.

    What comes out is the same either way, so no budget ever changes a result. Files that cannot
    be read are remembered and not tried again. Several threads may ask at once, for other files.

    Args:
        preprocessing: decides how large the kept images are.
        max_bytes: of memory; None takes 1 GiB or a quarter of the machine's memory.
        spill: what memory has no room for; None decodes it every time.
    """

    def __init__(
        self,
        preprocessing: Preprocessing,
        max_bytes: int | None = None,
        spill: SpillFile | None = None,
    ) -> None:
        self._preprocessing = preprocessing
        self._spill = spill
        self._spilled: dict[tuple[ImageRef, bool], SpilledImage] = {}
        self._room = default_budget() if max_bytes is None else max_bytes
        self._lock = threading.Lock()
        self._kept: dict[tuple[ImageRef, bool], torch.Tensor] = {}
        self._unreadable: dict[ImageRef, str] = {}

    @property
    def preprocessing(self) -> Preprocessing:
        return self._preprocessing

    def clear(self) -> None:
        """Let the kept images go; what was unreadable stays known."""
        with self._lock:
            self._room += sum(tensor.nbytes for tensor in self._kept.values())
            self._kept.clear()
            self._spilled.clear()
        if self._spill is not None:
            self._spill.clear()

    def mark_unreadable(self, image: ImageRef, reason: str) -> None:
        """Do not try `image` again."""
        self._unreadable[image] = reason

    @property
    def unreadable(self) -> dict[ImageRef, str]:
        """Images that were tried and could not be read, and why not; a copy."""
        return dict(self._unreadable)

    def is_unreadable(self, image: ImageRef) -> bool:
        """Whether `image` was tried before and could not be read."""
        return image in self._unreadable

    def picture(self, image: ImageRef) -> torch.Tensor:
        """uint8 ``[3, H, W]``, to be cropped at random: the shorter side is at most `resize_px`.

        Raises:
            ImageError: it cannot be read.
        """
        return self._get(image, is_view=False)

    def view(self, image: ImageRef) -> torch.Tensor:
        """The plain view of validation and inference, uint8 ``[3, crop, crop]``.

        Raises:
            ImageError: it cannot be read.
        """
        return self._get(image, is_view=True)

    def _get(self, image: ImageRef, *, is_view: bool) -> torch.Tensor:
        kept = self._kept.get((image, is_view))
        if kept is not None:
            return kept
        spilled = self._from_disk(image, is_view)
        if spilled is not None:
            return spilled
        if image in self._unreadable:
            raise ImageError(self._unreadable[image])
        try:
            decode = read_view if is_view else read_picture
            tensor = decode(image, self._preprocessing)
        except ImageError as error:
            self._unreadable[image] = error.sentence
            raise
        self._keep(image, is_view, tensor)
        return tensor

    def _keep(self, image: ImageRef, is_view: bool, tensor: torch.Tensor) -> None:
        with self._lock:
            if tensor.nbytes <= self._room:
                self._room -= tensor.nbytes
                self._kept[image, is_view] = tensor
                return
        place = self._spill.put(tensor) if self._spill is not None else None
        if place is not None:
            self._spilled[image, is_view] = place

    def _from_disk(self, image: ImageRef, is_view: bool) -> torch.Tensor | None:
        place = self._spilled.get((image, is_view))
        return self._spill.get(place) if self._spill is not None and place else None


def read_picture(image: ImageRef, preprocessing: Preprocessing) -> torch.Tensor:
    """Decode for training: uint8 ``[3, H, W]``, shorter side at most `resize_px`.

    Random crops of the smaller picture train as well as crops of the photo (measured: no
    difference over 20 seeds), and it can be kept in memory.

    Raises:
        ImageError: it cannot be read.
    """
    shown = image.shown_in(preprocessing.values)
    with decoded(shown, min_side_px=preprocessing.resize_px) as opened:
        picture = _coloured(opened, preprocessing)
        if min(picture.size) > preprocessing.resize_px:
            picture = shrunk(picture, preprocessing)
        tensor: torch.Tensor = F.pil_to_tensor(picture)
        return tensor


def read_view(image: ImageRef, preprocessing: Preprocessing) -> torch.Tensor:
    """Decode for validation and inference: the plain view, uint8 ``[3, crop, crop]``.

    Raises:
        ImageError: it cannot be read.
    """
    with decoded(image.shown_in(preprocessing.values)) as picture:
        return view_of(picture, preprocessing)


def view_of(picture: Image.Image, preprocessing: Preprocessing) -> torch.Tensor:
    """The plain view of a picture in memory, uint8 ``[3, crop, crop]``."""
    return eval_view(_coloured(picture, preprocessing), preprocessing)


def _coloured(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The picture, its three channels equal where the network takes grey ones."""
    return image if preprocessing.channels == 3 else image.convert("L").convert("RGB")


def default_budget() -> int:
    """Return the budget for images: 1 GiB, or a quarter of the machine's memory if less."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return MEMORY_BYTES
    return min(MEMORY_BYTES, total // 4)

"""Pictures without a file of their own: of the clipboard, a camera, or the frames of a video."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import BinaryIO

from tlstudio.core.data.image_ref import ImageRef, ImageStat


@dataclass(frozen=True, slots=True)
class ImagesFound:
    """So many images were found where a person asked about; their answers follow."""

    total: int


@dataclass(frozen=True, slots=True)
class PictureContainer:
    """One picture in memory, as the bytes of an image file.

    Attributes:
        id: where it comes from, e.g. the path of the video.
        time_s: of a frame, seconds from the start of its video; None for other pictures.
    """

    id: str
    content: bytes = field(repr=False)
    time_s: float | None = None

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self.content)

    def stat(self, key: str) -> ImageStat:
        return ImageStat(len(self.content), 0, hash(self.content))

    def path_of(self, key: str) -> None:
        return None


def picture(content: bytes, name: str, origin: str = "", time_s: float | None = None) -> ImageRef:
    """An image of bytes in memory.

    Args:
        name: as that of a file, with its suffix.
        origin: see `PictureContainer.id`.
    """
    return ImageRef(PictureContainer(origin or name, content, time_s), name)


def frame_name(stem: str, time_s: float, suffix: str) -> str:
    """``lesson 0012.50.jpg``: sorts by time, and is the name of a file on every system."""
    return f"{stem} {time_s:07.2f}{suffix}"


def time_of(image: ImageRef) -> float | None:
    """When a frame is in its video, in seconds; None for what is no frame."""
    return image.container.time_s if isinstance(image.container, PictureContainer) else None

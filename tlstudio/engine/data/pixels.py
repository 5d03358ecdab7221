"""Images that lie in a file as bare pixels, one after another: read where they are, given as PNG.

CIFAR, MNIST and their like are packed so. Each image is taken out of the file when it is asked for;
nothing else of the file is read.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tlstudio.core.data.image_ref import ImageRef, ImageStat
from tlstudio.core.errors import TLStudioError
from tlstudio.engine.data.data_files import DataFile

_DIGITS = 6
_SUFFIX = ".png"


class PixelOrder(StrEnum):
    """The orders in which the numbers of one image may lie."""

    PIXELS = "pixels"  # [height, width, channels], as most images
    PLANES = "planes"  # [channels, height, width], as CIFAR
    COLUMNS = "columns"  # [channels, width, height], as STL-10 and EMNIST


@dataclass(frozen=True, slots=True)
class PixelBlock:
    """Images of one size in one file.

    Attributes:
        name: what their keys begin with.
        data: the file.
        offset: where the first image begins in it, unpacked.
        stride_bytes: from one image to the next.
        count: of images.
        height_px, width_px: of each.
        channels: 1 for grey, 3 for red, green and blue.
        order: of the uint8 numbers of one image.
    """

    name: str
    data: DataFile
    offset: int
    stride_bytes: int
    count: int
    height_px: int
    width_px: int
    channels: int
    order: PixelOrder

    @property
    def image_bytes(self) -> int:
        return self.height_px * self.width_px * self.channels

    def key(self, number: int) -> str:
        return f"{self.name}/{number:0{_DIGITS}d}{_SUFFIX}"


@dataclass(frozen=True, slots=True)
class PixelContainer:
    """The images of some blocks, as PNG files without compression.

    Attributes:
        root: the folder or file that was opened.
        blocks: each with a name of its own.
    """

    root: Path
    blocks: tuple[PixelBlock, ...]

    @property
    def id(self) -> str:
        return str(self.root)

    def images_in(self, block: PixelBlock) -> list[ImageRef]:
        """All images of a block, in order."""
        return [ImageRef(self, block.key(number)) for number in range(block.count)]

    def open(self, key: str) -> BinaryIO:
        block, number = self._find(key)
        try:
            place = block.data.place()
        except TLStudioError as error:  # its unpacked copy was deleted, and cannot be made again
            raise OSError(str(error)) from error
        data = place.read(block.offset + number * block.stride_bytes, block.image_bytes)
        if len(data) < block.image_bytes:
            raise OSError(f"{key} is cut off")
        return io.BytesIO(_png(block, data))

    def stat(self, key: str) -> ImageStat:
        """Return the size of its pixels, and the time of the file around it."""
        block, _ = self._find(key)
        facts = block.data.stat()
        return facts._replace(size_bytes=block.image_bytes)

    def path_of(self, key: str) -> None:
        return None

    def _find(self, key: str) -> tuple[PixelBlock, int]:
        name, _, file = key.rpartition("/")
        number = file.removesuffix(_SUFFIX)
        for block in self.blocks:
            if block.name == name and number.isdecimal() and int(number) < block.count:
                return block, int(number)
        raise FileNotFoundError(key)


def _png(block: PixelBlock, data: bytes) -> bytes:
    """Wrap the pixels in a PNG file, the same bytes on every machine."""
    height, width, channels = block.height_px, block.width_px, block.channels
    values = np.frombuffer(data, np.uint8)
    match block.order:
        case PixelOrder.PIXELS:
            rows = values.reshape(height, width, channels)
        case PixelOrder.PLANES:
            rows = values.reshape(channels, height, width).transpose(1, 2, 0)
        case PixelOrder.COLUMNS:
            rows = values.reshape(channels, width, height).transpose(2, 1, 0)
    lines = np.zeros((height, 1 + width * channels), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = rows.reshape(height, width * channels)
    colour = 0 if channels == 1 else 2
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 0)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)

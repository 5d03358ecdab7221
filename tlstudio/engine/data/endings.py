"""Whether a file of an image is cut off, told from its sizes and its end: cheap, without decoding.

A download that broke off, a full card: the header is there, so that the image opens, and only
decoding it would fail, in the middle of a training run.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from enum import Enum, auto
from typing import BinaryIO

from PIL import Image

_TAIL = 1024
_BLANK = 64  # so many zero bytes at the end may be room that was never written to


class Ending(Enum):
    """What the end of a file says."""

    WHOLE = auto()
    CUT_OFF = auto()
    UNKNOWN = auto()  # only decoding tells


def ending(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    """Look at the end of an image of which the header was read.

    Args:
        image: as it was opened.
        file: its bytes, from the beginning; is moved.
        file_bytes: how many there are.
    """
    look = _LOOKS.get(image.format or "")
    if look is None:
        return Ending.UNKNOWN
    found = look(image, file, file_bytes)
    if (
        found is Ending.WHOLE
        and image.format != "PNG"
        and _tail(file, file_bytes, _BLANK) == _ZEROS
    ):
        return Ending.UNKNOWN
    return found


_ZEROS = bytes(_BLANK)


def _tail(file: BinaryIO, file_bytes: int, count: int) -> bytes:
    file.seek(max(0, file_bytes - count))
    return file.read(count)


def _png(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    image.verify()  # the sums of all chunks; raises where one is wrong or cut off
    # What follows the last chunk is no part of the picture, but it must have come.
    return Ending.WHOLE if b"IEND\xaeB`\x82" in _tail(file, file_bytes, _TAIL) else Ending.UNKNOWN


def _jpeg(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    is_ended = b"\xff\xd9" in _tail(file, file_bytes, _TAIL)  # other things may follow its end
    has_tables = bool(getattr(image, "quantization", None))  # a lossless one, which is not read
    return Ending.WHOLE if is_ended and has_tables else Ending.UNKNOWN


def _gif(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    """Walk over the blocks to the end of the first frame, of which the picture is made."""
    file.seek(10)
    flags = file.read(1)[0]
    file.seek(13 + _colours(flags))
    while True:
        kind = file.read(1)
        if kind == b"\x21":
            file.seek(1, io.SEEK_CUR)
        elif kind == b"\x2c":
            head = file.read(9)
            if len(head) < 9:
                return Ending.CUT_OFF
            file.seek(_colours(head[8]) + 1, io.SEEK_CUR)
        else:
            return Ending.CUT_OFF if kind in (b"", b"\x3b") else Ending.UNKNOWN
        while size := file.read(1):
            if size == b"\0":
                break
            file.seek(size[0], io.SEEK_CUR)
        if not size or file.tell() > file_bytes:
            return Ending.CUT_OFF
        if kind == b"\x2c":
            after = file.read(1)
            return Ending.WHOLE if after in (b"\x3b", b"\x2c", b"\x21", b"") else Ending.UNKNOWN


def _colours(flags: int) -> int:
    """The bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _tiff(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    tags = getattr(image, "tag_v2", {})
    if tags.get(259) == 7 and 347 not in tags:  # a JPEG without its tables: perhaps cut off
        return Ending.UNKNOWN
    for offsets, counts in ((273, 279), (324, 325)):  # of strips, of tiles
        if offsets not in tags:
            continue
        starts, sizes = tags[offsets], tags.get(counts)
        if sizes is None or len(starts) != len(sizes):
            return Ending.UNKNOWN
        ends = (start + size for start, size in zip(starts, sizes, strict=True))
        return Ending.CUT_OFF if max(ends, default=0) > file_bytes else Ending.WHOLE
    return Ending.UNKNOWN


def _uncompressed(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    """Rows that lie one after another, each padded to its stride."""
    for name, box, start, arguments in getattr(image, "tile", ()):
        if name != "raw" or not isinstance(arguments, tuple) or box is None:
            return Ending.UNKNOWN
        bits = _BITS.get(str(arguments[0]))
        width, height = box[2] - box[0], box[3] - box[1]
        stride = arguments[1] or (bits and (width * bits + 7) // 8)
        if not stride:
            return Ending.UNKNOWN
        if start + stride * height > file_bytes:
            return Ending.CUT_OFF
    return Ending.WHOLE


_BITS = {"L": 8, "P": 8, "RGB": 24, "BGR": 24, "1": 1, "1;I": 1, "I;16B": 16, "BGRX": 32}


def _webp(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    file.seek(4)
    size = int.from_bytes(file.read(4), "little") + 8
    return Ending.CUT_OFF if size > file_bytes else Ending.WHOLE


def _boxes(image: Image.Image, file: BinaryIO, file_bytes: int) -> Ending:
    """AVIF and HEIC: boxes, one after another."""
    at = 0
    while at + 8 <= file_bytes:
        file.seek(at)
        size, _ = struct.unpack(">I4s", file.read(8))
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
        elif size == 0:  # to the end of the file
            return Ending.UNKNOWN
        if size < 8:
            return Ending.UNKNOWN
        at += size
    return Ending.WHOLE if at == file_bytes else Ending.UNKNOWN  # or something follows


_LOOKS: dict[str, Callable[[Image.Image, BinaryIO, int], Ending]] = {
    "PNG": _png,
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "GIF": _gif,
    "TIFF": _tiff,
    "BMP": _uncompressed,
    "PPM": _uncompressed,
    "WEBP": _webp,
    "AVIF": _boxes,
    "HEIF": _boxes,
}

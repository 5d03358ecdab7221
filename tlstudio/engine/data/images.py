"""Images: checking, reading, thumbnails and facts. Needs no torch.

Whatever an image does (missing, broken, a trap), it ends in one `ImageError` with a plain sentence.
"""

from __future__ import annotations

import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from tlstudio.core.data.image_ref import ImageRef, ImageStat, NotARegularFileError
from tlstudio.core.errors import ImageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.decoding import (
    DECODERS,
    LeanWebp,
    TooLargeError,
    decode_plan,
    finished,
    set_scale,
)
from tlstudio.engine.data.deep import is_deep, value_facts
from tlstudio.engine.data.endings import Ending, ending
from tlstudio.engine.data.kinds import (
    AVIF,
    HEAD_BYTES,
    HEIC,
    HEIC_BRANDS,
    NOT_AN_IMAGE,
    can_read_heic,
    kind_of_content,
)
from tlstudio.engine.data.kinds import FORMATS as FORMATS
from tlstudio.engine.data.kinds import SUFFIXES as SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tlstudio.core.data.values import ValueFacts

# Pillow warns of odd metadata and large images; what matters of it is said by our own checks.
warnings.filterwarnings("ignore", module=r"PIL\.")

# Metadata may be large, as long as it is no trap: Pillow's own limits are 1 and 64 MB.
PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = 96 << 20

MISSING = QT_TRANSLATE_NOOP("core", "The file does not exist.")
NOT_A_FILE = QT_TRANSLATE_NOOP("core", "This is not a regular file.")
FORBIDDEN = QT_TRANSLATE_NOOP("core", "The file may not be read.")
EMPTY = QT_TRANSLATE_NOOP("core", "The file is empty.")
TOO_LARGE = QT_TRANSLATE_NOOP(
    "core", "The image is too large to be decoded within 300 MB of memory."
)
TEXT_BOMB = QT_TRANSLATE_NOOP(
    "core", "The image carries more than 96 MB of text or colour profile."
)
BROKEN = QT_TRANSLATE_NOOP("core", "The image is damaged or cut off.")

FINE = ""  # verdicts on images that can be used
DEEP = "deep"  # has more than 256 levels of grey, of which the dataset's values choose

# Those of which a conversion to RGB is known to succeed.
_PLAIN_MODES = frozenset(
    {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F", "I;16", "I;16B"}
)
_ORIENTATION_TAG = 0x0112


@dataclass(frozen=True, slots=True)
class ImageDetails:
    """The facts about an image; the size is that of the upright picture."""

    width_px: int
    height_px: int
    format: str
    mode: str
    file_bytes: int
    modified: datetime


def check_image(image: ImageRef | Path) -> str | None:
    """Why an image cannot be used, as a sentence marked for translation; None if it is fine."""
    verdict = look_into(ImageRef.of(image))
    return None if verdict in (FINE, DEEP) else verdict


def look_into(ref: ImageRef) -> str:
    """Return `FINE`, `DEEP`, or why an image cannot be used, a sentence marked for translation.

    Cheap: reads the header and looks whether the end of the file is there (`endings`). It is
    decoded only where that does not tell.
    """
    try:
        with _opened(ref) as (opened, file, stamp):
            mode, orientation = opened.mode, _early_orientation(opened)
            plan = decode_plan(opened, stamp.size_bytes, orientation)
            found = ending(opened, file, stamp.size_bytes)
        if found is Ending.CUT_OFF:
            return BROKEN
        if found is Ending.UNKNOWN or plan.is_lean or mode not in _PLAIN_MODES:
            with decoded(ref, min_side_px=256):
                pass
    except ImageError as error:
        return error.sentence
    return DEEP if is_deep(mode) else FINE


def deep_values(ref: ImageRef) -> ValueFacts | None:
    """The values of a deep image; None for another one, or where it has no finite value.

    Raises:
        ImageError: it cannot be read.
    """
    with ExitStack() as room, _opened(ref) as (image, _, stamp):
        if not is_deep(image.mode):
            return None
        plan = decode_plan(image, stamp.size_bytes, _early_orientation(image))
        room.enter_context(DECODERS.room(plan.size_bytes))
        image.load()
        return value_facts(image)


def read_image(ref: ImageRef | Path, *, min_side_px: int | None = None) -> Image.Image:
    """The picture as a person sees it: RGB, upright, transparency on white.

    Args:
        ref: the image, or its file; of an animation the first frame is read. Its `values` say what
            is black and white of a deep one.
        min_side_px: allows a JPEG to be decoded at 1/2, 1/4 or 1/8 of its size as long as the
            shorter side keeps that many pixels. Faster for large photos.

    Raises:
        ImageError: it cannot be read.
    """
    with decoded(ImageRef.of(ref), min_side_px=min_side_px) as picture:
        return picture


@contextmanager
def decoded(ref: ImageRef, *, min_side_px: int | None = None) -> Iterator[Image.Image]:
    """The picture that `read_image` returns, for as long as it is large.

    All decoders of the process share one budget of memory (`decoding`): the picture is counted
    until the block ends, so it is to be made as small as it is wanted within it.

    Raises:
        ImageError: it cannot be read.
    """
    with ExitStack() as room:
        with _opened(ref) as (image, file, stamp):
            orientation = _early_orientation(image)
            plan = decode_plan(image, stamp.size_bytes, orientation, min_side_px)
            room.enter_context(DECODERS.room(plan.size_bytes))
            if plan.is_lean:
                file.seek(0)
                picture = finished(LeanWebp(file), plan, None, orientation)
            else:
                set_scale(image, plan)
                image.load()  # turns a TIFF already, and says so in its orientation
                if image.format in ("PNG", "TIFF"):
                    orientation = _orientation(image)
                picture = finished(image, plan, ref.values, orientation)
        del image
        yield picture


def thumbnail(ref: ImageRef, size_px: int) -> NDArray[np.uint8]:
    """The upright picture within ``size_px`` x ``size_px``, uint8 ``[h, w, 3]``; never enlarged.

    Raises:
        ImageError: it cannot be read.
    """
    with decoded(ref, min_side_px=size_px) as image:
        image.thumbnail((size_px, size_px), Image.Resampling.BICUBIC, reducing_gap=2.0)
        return np.asarray(image).copy()


def image_details(ref: ImageRef) -> ImageDetails:
    """Facts about an image, from its header.

    Raises:
        ImageError: it cannot be read.
    """
    with _opened(ref) as (image, _, facts):
        width, height = image.size
        if image.format != "TIFF" and _orientation(image) in (5, 6, 7, 8):  # whose size is upright
            width, height = height, width
        return ImageDetails(
            width_px=width,
            height_px=height,
            format=image.format or "",
            mode=image.mode,
            file_bytes=facts.size_bytes,
            modified=datetime.fromtimestamp(facts.mtime_ns / 1e9),
        )


class _Opened(NamedTuple):
    """An image with its header read, and its file, which is where Pillow left it."""

    image: Image.Image
    file: BinaryIO
    stamp: ImageStat


@contextmanager
def _opened(ref: ImageRef) -> Iterator[_Opened]:
    """Open an image and read its header; every way to fail becomes an `ImageError`."""
    try:
        stamp = ref.stat()
        if stamp.size_bytes == 0:
            raise ImageError(EMPTY)
        with ref.open() as file, _open(file) as image:
            yield _Opened(image, file, stamp)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(MISSING) from error
    except NotARegularFileError as error:
        raise ImageError(NOT_A_FILE) from error
    except PermissionError as error:
        raise ImageError(FORBIDDEN) from error
    except TooLargeError as error:
        raise ImageError(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise ImageError(_unknown_kind(ref)) from error
    except Exception as error:  # decoders raise anything on broken files
        is_bomb = "MAX_TEXT" in str(error)
        raise ImageError(TEXT_BOMB if is_bomb else BROKEN) from error


def _open(file: BinaryIO) -> Image.Image:
    head = file.read(12)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS and can_read_heic():
        return Image.open(file, formats=("HEIF",))
    return Image.open(file, formats=FORMATS)


def _unknown_kind(ref: ImageRef) -> str:
    """What else it is, if that can be told; what could be read if it were whole is broken."""
    with ref.open() as file:
        kind = kind_of_content(file.read(HEAD_BYTES))
    if (kind == HEIC and can_read_heic()) or (kind == AVIF and "AVIF" in FORMATS):
        return BROKEN
    return kind or NOT_AN_IMAGE


def _early_orientation(image: Image.Image) -> int:
    """The orientation where it is known before anything is decoded: that of a PNG may follow."""
    if image.format == "TIFF":
        tags: dict[int, int] = getattr(image, "tag_v2", {})
        return tags.get(_ORIENTATION_TAG, 1)
    return 1 if image.format == "PNG" else _orientation(image)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF data does not spoil the picture
        return 1

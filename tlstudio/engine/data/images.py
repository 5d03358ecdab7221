"""Images: checking, reading, thumbnails and facts. Needs no torch.

Whatever an image does (missing, broken, a trap), it ends in one `ImageError` with a plain sentence.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from tlstudio.core.data.image_ref import ImageRef, NotARegularFileError
from tlstudio.core.errors import ImageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.deep import grey8, is_deep, value_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tlstudio.core.data.values import ValueFacts, ValueRange

# Pillow warns of odd metadata and large images; what matters of it is said by our own checks.
warnings.filterwarnings("ignore", module=r"PIL\.")

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
MAX_PIXELS = 64_000_000

MISSING = QT_TRANSLATE_NOOP("core", "The file does not exist.")
NOT_A_FILE = QT_TRANSLATE_NOOP("core", "This is not a regular file.")
FORBIDDEN = QT_TRANSLATE_NOOP("core", "The file may not be read.")
EMPTY = QT_TRANSLATE_NOOP("core", "The file is empty.")
NOT_AN_IMAGE = QT_TRANSLATE_NOOP("core", "The file is not an image of a known format.")
TOO_LARGE = QT_TRANSLATE_NOOP("core", "The image has more than 64 megapixels.")
BROKEN = QT_TRANSLATE_NOOP("core", "The image is damaged or cut off.")

FINE = ""  # verdicts on images that can be used
DEEP = "deep"  # has more than 256 levels of grey, of which the dataset's values choose

_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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

    Cheap: reads the header and looks whether the end of the file is there. Only a JPEG with
    something behind its end is decoded.
    """
    try:
        with _opened(ref) as opened:
            mode = opened.mode
            if opened.format == "PNG":
                opened.verify()  # chunk checksums, up to the last one
            elif opened.format in ("JPEG", "MPO") and not _ends_like_a_jpeg(ref):
                opened.draft(None, (256, 256))
                opened.load()
    except ImageError as error:
        return error.sentence
    return DEEP if is_deep(mode) else FINE


def deep_values(ref: ImageRef) -> ValueFacts | None:
    """The values of a deep image; None for another one, or where it has no finite value.

    Raises:
        ImageError: it cannot be read.
    """
    with _opened(ref) as image:
        image.load()
        return value_facts(image) if is_deep(image.mode) else None


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
    ref = ImageRef.of(ref)
    with _opened(ref) as image:
        if min_side_px is not None:
            image.draft(None, (min_side_px, min_side_px))
        image.load()  # turns a TIFF already, and says so in its orientation
        orientation = _orientation(image)
        upright = _rgb(image, ref.values)
        if orientation in _TURNS:
            upright = upright.transpose(_TURNS[orientation])
        return upright


def thumbnail(ref: ImageRef, size_px: int) -> NDArray[np.uint8]:
    """The upright picture within ``size_px`` x ``size_px``, uint8 ``[h, w, 3]``; never enlarged.

    Raises:
        ImageError: it cannot be read.
    """
    image = read_image(ref, min_side_px=size_px)
    image.thumbnail((size_px, size_px), Image.Resampling.BICUBIC, reducing_gap=2.0)
    return np.asarray(image).copy()


def image_details(ref: ImageRef) -> ImageDetails:
    """Facts about an image, from its header.

    Raises:
        ImageError: it cannot be read.
    """
    with _opened(ref) as image:
        width, height = image.size
        if image.format != "TIFF" and _orientation(image) in (5, 6, 7, 8):  # whose size is upright
            width, height = height, width
        facts = ref.stat()
        return ImageDetails(
            width_px=width,
            height_px=height,
            format=image.format or "",
            mode=image.mode,
            file_bytes=facts.size_bytes,
            modified=datetime.fromtimestamp(facts.mtime_ns / 1e9),
        )


@contextmanager
def _opened(ref: ImageRef) -> Iterator[Image.Image]:
    """The image with its header read; every way to fail becomes an `ImageError`."""
    try:
        if ref.stat().size_bytes == 0:
            raise ImageError(EMPTY)
        with ref.open() as file, Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise ImageError(TOO_LARGE)
            yield image
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(MISSING) from error
    except NotARegularFileError as error:
        raise ImageError(NOT_A_FILE) from error
    except PermissionError as error:
        raise ImageError(FORBIDDEN) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise ImageError(NOT_AN_IMAGE) from error
    except Exception as error:  # decoders raise anything on broken files
        raise ImageError(BROKEN) from error


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF data does not spoil the picture
        return 1


def _rgb(image: Image.Image, values: ValueRange | None) -> Image.Image:
    if is_deep(image.mode):
        return grey8(image, values).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, layered).convert("RGB")
    return image.convert("RGB")


def _ends_like_a_jpeg(ref: ImageRef) -> bool:
    with ref.open() as file:
        file.seek(0, io.SEEK_END)
        file.seek(max(0, file.tell() - 1024))
        return b"\xff\xd9" in file.read()

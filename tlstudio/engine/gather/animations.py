"""The frames of animated pictures (GIF, WebP, PNG); films need Qt's multimedia, see the window."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageSequence

from tlstudio.core.errors import ImageError
from tlstudio.core.texts import QT_TRANSLATE_NOOP

MAX_FRAMES = 10_000


def is_animation(path: Path) -> bool:
    """Whether the file is a picture of several frames."""
    try:
        with Image.open(path) as image:
            return getattr(image, "n_frames", 1) > 1
    except Exception:  # decoders raise anything on broken files
        return False


def animation_frames(path: Path, every_s: float) -> Iterator[bytes]:
    """Yield a frame for every so many seconds of an animated picture, as the bytes of a PNG.

    Args:
        path: of the picture.
        every_s: 0 takes every frame.

    Raises:
        ImageError: it cannot be read.
    """
    try:
        with Image.open(path) as image:
            time_s, due_s = 0.0, 0.0
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number == MAX_FRAMES:
                    return
                if time_s >= due_s - 1e-6:
                    buffer = io.BytesIO()
                    frame.convert("RGBA" if "A" in frame.getbands() else "RGB").save(buffer, "PNG")
                    yield buffer.getvalue()
                    due_s += every_s
                time_s += float(frame.info.get("duration", 100)) / 1000
    except Exception as error:  # likewise
        raise ImageError(QT_TRANSLATE_NOOP("core", "The image is damaged or cut off.")) from error

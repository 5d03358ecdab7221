"""Answers for the pictures of a camera, one after another."""

from __future__ import annotations

from PIL import Image

from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.use.pictures import picture
from tlstudio.engine.data.store import view_of
from tlstudio.engine.inference import Predictor


def look(
    predictor: Predictor, pixels: bytes, size: tuple[int, int], stride: int
) -> PredictionRecord:
    """What is said of a picture in memory.

    Args:
        pixels: red, green and blue, a byte each, row by row.
        size: width and height.
        stride: bytes from the start of one row to that of the next.
    """
    shown = Image.frombuffer("RGB", size, pixels, "raw", "RGB", stride, 1)
    view = view_of(shown, predictor.preprocessing)
    (answer,) = predictor.answers([picture(b"", "camera")], [view])
    return answer

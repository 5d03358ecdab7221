"""Writes what the window shows to files. These functions run on a worker thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from tlstudio.core.runs.history import History
from tlstudio.core.runs.predictions import PredictionRecord
from tlstudio.core.storage import atomic_write


def write_image(path: Path, image: QImage) -> Path:
    """Write `image` as PNG.

    Raises:
        StorageError: it cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    atomic_write(path, bytes(buffer.data().data()))
    return path


def write_history(path: Path, history: History) -> Path:
    """Write a run's epochs as CSV. Raises `StorageError`."""
    atomic_write(path, history.to_csv())
    return path


def write_text(path: Path, text: str) -> Path:
    """Write `text` as it is. Raises `StorageError`."""
    atomic_write(path, text)
    return path


def write_predictions(
    path: Path, records: Iterable[PredictionRecord], classes: Sequence[str]
) -> Path:
    """Write a line per image as CSV: path, answer, its probability, and that of each class.

    Raises:
        StorageError: it cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("path", "predicted", "probability", *classes))
    for record in records:
        numbers = (f"{p:.6f}" for p in record.probabilities)
        confidence = f"{record.confidence:.6f}"
        writer.writerow((record.image, classes[record.predicted], confidence, *numbers))
    atomic_write(path, text.getvalue())
    return path

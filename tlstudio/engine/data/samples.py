"""The sample datasets: on board or made on the spot, no network needed."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tlstudio.core.errors import DatasetError, StorageError
from tlstudio.core.registry import Registry
from tlstudio.core.storage import cache_dir, resources_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DIGIT_SIDE_PX = 32
_DIGITS_VAL_EVERY = 5


@dataclass(frozen=True, slots=True)
class SampleDataset:
    """A sample dataset: a row of the start page."""

    name: str
    title: str
    help: str


SAMPLE_DATASETS: tuple[SampleDataset, ...] = (
    SampleDataset(
        "autumn_table",
        QT_TRANSLATE_NOOP("core", "Autumn table"),
        QT_TRANSLATE_NOOP(
            "core", "Drawn still lifes in five classes: small, photo-like and not too easy."
        ),
    ),
    SampleDataset(
        "digits",
        QT_TRANSLATE_NOOP("core", "Handwritten digits"),
        QT_TRANSLATE_NOOP("core", "1,797 tiny scans of the digits 0 to 9, from scikit-learn."),
    ),
)

_ROWS = Registry(QT_TRANSLATE_NOOP("core", "sample dataset"), SAMPLE_DATASETS)


def find_sample(name: str) -> SampleDataset:
    """The row of a sample dataset.

    Raises:
        ConfigError: there is no such sample.
    """
    return _ROWS[name]


def sample_dataset_folder(name: str) -> Path:
    """The folder of a sample dataset, ready to open; may write it to the cache first.

    Raises:
        ConfigError: there is no such sample.
        DatasetError: it is missing from this installation.
        StorageError: the cache cannot be written.
    """
    row = _ROWS[name]
    if row.name == "digits":
        return _digits_folder()
    folder = resources_dir() / "samples" / row.name
    if not folder.is_dir():
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "The sample dataset “{name}” is missing."),
            QT_TRANSLATE_NOOP("core", "Install TLStudio again."),
            name=row.name,
        )
    return folder


def read_digits(count: int | None = None) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The first `count` of scikit-learn's digits: float ``[n, 8, 8]`` from 0 to 16, and targets.

    Raises:
        DatasetError: it is missing from this installation.
    """
    import numpy as np

    try:
        file = resources_dir() / "samples" / "digits.csv.gz"
        rows = np.loadtxt(file, delimiter=",", max_rows=count, ndmin=2)
    except (OSError, ValueError) as error:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "The sample dataset “{name}” is missing."),
            QT_TRANSLATE_NOOP("core", "Install TLStudio again."),
            name="digits",
        ) from error
    return rows[:, :-1].reshape(-1, 8, 8), rows[:, -1].astype(np.int64)


def _digits_folder() -> Path:
    """scikit-learn's digits as PNG files, written whole or not at all."""
    folder = cache_dir() / "samples" / "digits"
    if folder.is_dir():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".digits."))
        try:
            _write_digits(part)
            part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        if folder.is_dir():  # another process was faster
            return folder
        raise StorageError(
            QT_TRANSLATE_NOOP("core", "“{name}” cannot be written: {why}."),
            QT_TRANSLATE_NOOP("core", "Choose another folder, or make room on the disk."),
            name=folder.name,
            why=error.strerror or str(error),
        ) from error
    return folder


def _write_digits(folder: Path) -> None:
    import numpy as np
    from PIL import Image

    seen = [0] * 10
    for index, (pixels, target) in enumerate(zip(*read_digits(), strict=True)):
        split = "val" if seen[target] % _DIGITS_VAL_EVERY == 0 else "train"
        seen[target] += 1
        target_folder = folder / split / str(target)
        target_folder.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(np.clip(pixels * 16, 0, 255).astype(np.uint8))
        image.resize((_DIGIT_SIDE_PX, _DIGIT_SIDE_PX), Image.Resampling.BICUBIC).save(
            target_folder / f"{index:04d}.png"
        )

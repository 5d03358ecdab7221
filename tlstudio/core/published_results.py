"""Results on ImageNet-1k as timm publishes them: a table that a person opens.

timm keeps them in its repository (``results/results-imagenet.csv``), not in its package.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tlstudio.core.errors import DatasetError
from tlstudio.core.storage import atomic_write, data_dir, remove_file
from tlstudio.core.text_files import read_text_file
from tlstudio.core.texts import QT_TRANSLATE_NOOP

MOST_BYTES = 8_000_000
MOST_ROWS = 50_000  # timm's has a tenth of it
_MOST_PX = 100_000
_FILE = "imagenet_results.csv"
_COLUMNS = ("model", "top1", "top5")


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """What one set of weights achieved.

    Attributes:
        top1, top5: fractions 0..1.
        image_px: side of the images that it was tested with; 0 if the table does not say.
    """

    top1: float
    top5: float
    image_px: int = 0


Results = Mapping[str, tuple[PublishedResult, ...]]  # by timm's name, ``resnet50.a1_in1k``


def result_of(results: Results, name: str, tag: str, image_px: int) -> PublishedResult | None:
    """The result of weights, for images of that size if there is one, else the first."""
    found = results.get(f"{name}.{tag}", ()) or results.get(name, ())
    return next((r for r in found if r.image_px == image_px), found[0] if found else None)


def read_results(path: Path) -> Results:
    """Read a table of results.

    Raises:
        StorageError: it cannot be read, or is no text.
        DatasetError: it is no such table.
    """
    return _parsed(read_text_file(path, MOST_BYTES), path.name)


def keep_results(path: Path) -> Results:
    """Read a table of results, and keep it for later starts."""
    text = read_text_file(path, MOST_BYTES)
    results = _parsed(text, path.name)
    atomic_write(data_dir() / _FILE, text)
    return results


def kept_results() -> Results:
    """The results of the table that was kept; empty if there is none."""
    path = data_dir() / _FILE
    return read_results(path) if path.is_file() else {}


def forget_results() -> Results:
    """Remove the table that was kept."""
    remove_file(data_dir() / _FILE)
    return {}


def _parsed(text: str, name: str) -> Results:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    found: dict[str, list[PublishedResult]] = {}
    count = 0
    try:
        missing = [column for column in _COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise DatasetError(
                QT_TRANSLATE_NOOP("core", "“{name}” has no column “{column}”."),
                _HINT,
                name=name,
                column=missing[0],
            )
        for row in rows:
            result = PublishedResult(
                _fraction(row["top1"]), _fraction(row["top5"]), _side(row.get("img_size"))
            )
            found.setdefault(row["model"] or "", []).append(result)
            count += 1
            if count > MOST_ROWS:
                raise DatasetError(
                    QT_TRANSLATE_NOOP("core", "“{name}” has more than {most} results."),
                    _HINT,
                    name=name,
                    most=f"{MOST_ROWS:,}",
                )
    except (ValueError, TypeError, csv.Error) as error:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "Line {line} of “{name}” is not a result in per cent."),
            _HINT,
            name=name,
            line=max(1, rows.line_num),
        ) from error
    return {model: tuple(results) for model, results in found.items()}


_HINT = QT_TRANSLATE_NOOP(
    "core", "Open results-imagenet.csv from the folder “results” of timm's repository."
)


def _side(text: str | None) -> int:
    side = int(text or 0)
    if not 0 <= side < _MOST_PX:
        raise ValueError(text)
    return side


def _fraction(text: str) -> float:
    value = float(text) / 100
    if not 0 <= value <= 1:
        raise ValueError(text)
    return round(value, 5)

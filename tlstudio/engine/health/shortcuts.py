"""Whether the classes can be told apart without looking at what is in the pictures.

A network learns whatever tells the classes apart, also the camera or the size of the files (Geirhos
et al., "Shortcut learning in deep neural networks", 2020, https://arxiv.org/abs/2004.07780). So a
linear probe is given nothing but such facts; how many classes it tells rightly, cross-validated, is
compared with always saying the largest class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.data.dataset import DatasetIndex
from tlstudio.core.health.finding import Finding
from tlstudio.core.significance import Interval
from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tlstudio.engine.probing.probe import ProbeRecord

MAX_IMAGES = 5000  # an interval of ±1.4 points; more would only take longer
MIN_IMAGES = 40
MIN_SHARE = 0.02  # of the images: formats and cameras of fewer are told by nothing else
_MOST_NAMES = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One number an image, which may tell the classes apart."""

    title: str
    values: NDArray[np.float64]


Columns = Callable[[Any], list[Column]]


def file_columns(rows: NDArray[Any]) -> list[Column]:
    """What is known of the files without looking at a pixel; `rows` are of the type `FACTS`."""
    width, height = rows["width_px"].astype(float), rows["height_px"].astype(float)
    pixels = width * height
    found = [
        Column(QT_TRANSLATE_NOOP("core", "the number of pixels"), np.log(pixels)),
        Column(QT_TRANSLATE_NOOP("core", "the shape"), np.log(width / height)),
        Column(QT_TRANSLATE_NOOP("core", "bytes per pixel"), np.log(rows["file_bytes"] / pixels)),
    ]
    names = (
        ("format", QT_TRANSLATE_NOOP("core", "the file format")),
        ("mode", QT_TRANSLATE_NOOP("core", "the colour mode")),
        ("camera", QT_TRANSLATE_NOOP("core", "the camera")),
    )
    for field, title in names:
        usual = Counter(rows[field].tolist()).most_common(_MOST_NAMES)
        for name, count in usual:
            if MIN_SHARE * len(rows) <= count < len(rows):
                found.append(Column(title, (rows[field] == name).astype(float)))
    return found


def look_columns(rows: NDArray[Any]) -> list[Column]:
    """Light, blur and background, without what is in the picture; `rows` likewise."""
    border = rows["border"].astype(float)
    found = [
        Column(QT_TRANSLATE_NOOP("core", "the brightness"), rows["brightness"].astype(float)),
        Column(QT_TRANSLATE_NOOP("core", "the contrast"), rows["contrast"].astype(float)),
        Column(QT_TRANSLATE_NOOP("core", "the sharpness"), np.log(rows["sharpness"] + 1e-4)),
        Column(QT_TRANSLATE_NOOP("core", "the background"), rows["border_contrast"].astype(float)),
    ]
    background = found[-1].title
    found += [Column(background, border[:, channel]) for channel in range(3)]
    return [*found, *(Column(c.title, (c.values - c.values.mean()) ** 2) for c in found)]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A set of facts that might tell the classes.

    Attributes:
        kind: of the finding.
        columns: what the probe is given.
        least: the share of the way from guessing to always right that the lower end of the interval
            must have gone. Photos of real things differ in light and background as well, so part of
            the way is no fault; which part is a judgement, not a measurement.
    """

    kind: str
    columns: Columns
    least: float


SHORTCUTS = (
    Shortcut("file_facts", file_columns, least=0.3),
    Shortcut("looks", look_columns, least=0.5),
)


def told_apart(columns: Sequence[Column]) -> list[Column]:
    """Those that are not the same for all images."""
    return [column for column in columns if np.ptp(column.values) > 1e-9]


def matrix(columns: Sequence[Column]) -> NDArray[np.float32]:
    """The numbers that a probe is given, ``[N, F]``."""
    return np.stack([column.values for column in columns], axis=1).astype(np.float32)


def finding_of(
    shortcut: Shortcut,
    columns: Sequence[Column],
    targets: NDArray[np.int64],
    record: ProbeRecord,
    index: DatasetIndex,
) -> Finding | None:
    """What the probe's answers mean; None where they are not much better than guessing."""
    counts = np.bincount(targets)
    chance = float(counts.max() / len(targets))
    interval: Interval = record.interval
    if chance == 1 or (interval.low - chance) / (1 - chance) < shortcut.least:
        return None
    column, class_index = most_telling(columns, targets)
    name = index.classes[class_index]
    return Finding.of(
        shortcut.kind,
        index,
        (),
        {
            "percent": f"{100 * record.accuracy:.0f}",
            "low": f"{100 * interval.low:.0f}",
            "high": f"{100 * interval.high:.0f}",
            "chance": f"{100 * chance:.0f}",
            "fact": column.title,
            "class_name": name,
        },
        record.accuracy,
    )


def most_telling(columns: Sequence[Column], targets: NDArray[np.int64]) -> tuple[Column, int]:
    """The fact in which one class differs most from the others, by standard deviations."""
    best: tuple[float, Column, int] | None = None
    for column in columns:
        for number in np.unique(targets):
            own, rest = column.values[targets == number], column.values[targets != number]
            spread = np.sqrt((own.var() + rest.var()) / 2) + 1e-6
            apart = float(abs(own.mean() - rest.mean()) / spread)
            if best is None or apart > best[0]:
                best = (apart, column, int(number))
    assert best is not None, "there are columns and classes"
    return best[1], best[2]

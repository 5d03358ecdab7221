"""The quantities of images that are counted in bins: a row each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from tlstudio.core.texts import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 24  # of a number
SHARE_BINS = 20  # of one from 0 to 100 %, so that the edges are round
MOST_NAMES = 12  # categories; rarer ones are counted together
OTHERS = QT_TRANSLATE_NOOP("core", "others")


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Images in bins.

    Attributes:
        edges: what the ticks say: one more than there are bins, or empty for names.
        names: of the bins, where they are no ranges; the last may be `OTHERS`.
        bin_of: the bin of each image, int64 ``[N]``; -1 where nothing is known of it.
    """

    edges: tuple[str, ...]
    names: tuple[str, ...]
    bin_of: NDArray[np.int64]

    @property
    def count(self) -> int:
        return len(self.names) or max(0, len(self.edges) - 1)

    def title(self, number: int) -> str:
        """What the images of a bin have in common."""
        if self.names:
            return self.names[number]
        return f"{self.edges[number]} – {self.edges[number + 1]}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity: a row of the table.

    Attributes:
        id: its name in files.
        title: with the unit.
        binned: rows of the facts of images (`engine.health.image_facts.FACTS`) to bins; without any
            bin where nothing is known of any image.
    """

    id: str
    title: str
    binned: Callable[[NDArray[Any]], Bins]


def _ranges(
    values: Floats, low: float, high: float, text: Callable[[float], str], bins: int = BINS
) -> Bins:
    """Bins of equal width; values beyond the ends are in the outermost ones."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, bins + 1)
    known = np.isfinite(values)
    places = np.full(len(values), -1, dtype=np.int64)
    inside = np.clip((values[known] - low) / (high - low) * bins, 0, bins - 1)
    places[known] = inside.astype(np.int64)
    return Bins(tuple(text(float(edge)) for edge in edges), (), places)


def _read(rows: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray(rows["width_px"] > 0)


def _log_ranges(values: Floats, text: Callable[[float], str]) -> Bins:
    """Bins that are as many times as high as the one before; the rare ends are counted together."""
    logs = np.log2(values, out=np.full(len(values), np.nan), where=values > 0)
    known = logs[np.isfinite(logs)]
    if not len(known):
        return _nothing(len(values))
    low, high = np.percentile(known, (0.5, 99.5))
    return _ranges(logs, float(low), float(high), lambda log: text(2.0**log))


def _nothing(count: int) -> Bins:
    return Bins((), (), np.full(count, -1, dtype=np.int64))


def _short_side(rows: NDArray[Any]) -> Bins:
    sides = np.minimum(rows["width_px"], rows["height_px"]).astype(np.float64)
    return _log_ranges(sides, lambda side: f"{side:.0f}")


def _aspect(rows: NDArray[Any]) -> Bins:
    read = _read(rows)
    ratio = np.full(len(rows), np.nan)
    ratio[read] = np.log2(rows["width_px"][read] / rows["height_px"][read])
    known = ratio[read]
    if not len(known):
        return _nothing(len(rows))
    widest = min(2.5, max(1.0, float(np.abs(known).max())))
    return _ranges(ratio, -widest, widest, _ratio_text, BINS + 1)  # square ones are in the middle


def _ratio_text(log: float) -> str:
    return f"{2**log:.2g}:1" if log >= 0 else f"1:{2**-log:.2g}"


def _file_size(rows: NDArray[Any]) -> Bins:
    return _log_ranges(rows["file_bytes"].astype(np.float64), _bytes_text)


def _bytes_text(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000 or unit == "MB":
            return f"{count:.0f} {unit}" if count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return ""


def _share(name: str) -> Callable[[NDArray[Any]], Bins]:
    """Bins of a fact that goes from 0 to 1."""

    def binned(rows: NDArray[Any]) -> Bins:
        values = np.where(_read(rows), rows[name].astype(np.float64), np.nan)
        top = 1.0 if name == "brightness" else 0.5  # no spread of values from 0 to 1 is larger
        return _ranges(values, 0.0, top, lambda share: f"{100 * share:.3g} %", SHARE_BINS)

    return binned


def _names(name: str) -> Callable[[NDArray[Any]], Bins]:
    """A bin for each word, the most frequent first."""

    def binned(rows: NDArray[Any]) -> Bins:
        words, inverse, counts = np.unique(rows[name], return_inverse=True, return_counts=True)
        is_named = words != b""
        order = [n for n in np.argsort(-counts, kind="stable") if is_named[n]]
        place = np.full(len(words), -1, dtype=np.int64)
        place[order] = np.minimum(np.arange(len(order)), MOST_NAMES - 1)
        titles = [words[n].decode("utf-8", "replace") for n in order[:MOST_NAMES]]
        if len(order) > MOST_NAMES:
            titles[-1] = OTHERS
        return Bins((), tuple(titles), place[inverse.reshape(-1)])

    return binned


def _captured(rows: NDArray[Any]) -> Bins:
    """Days, months or years, whichever makes a readable number of bins."""
    times = [_time(raw) for raw in rows["captured"].tolist()]
    known = [time for time in times if time is not None]
    if not known:
        return _nothing(len(rows))
    first, days = min(known), (max(known) - min(known)).days
    form = "%Y-%m-%d" if days <= 2 * BINS else "%Y-%m" if days <= 60 * BINS else "%Y"
    words = _between(first, max(known), form)
    place = {word: number for number, word in enumerate(words)}
    found = [-1 if time is None else place[time.strftime(form)] for time in times]
    return Bins((), tuple(words), np.array(found, dtype=np.int64))


def _time(raw: bytes) -> datetime | None:
    """When a camera says it took the picture; None where it says nothing that is a date."""
    try:
        return datetime.strptime(raw.decode("ascii", "replace"), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _between(first: datetime, last: datetime, form: str) -> list[str]:
    """All days, months or years from the first to the last, also those without a picture."""
    days = math.ceil((last - first).total_seconds() / 86400) + 1
    words = [(first + timedelta(days=day)).strftime(form) for day in range(days)]
    return [word for word in dict.fromkeys(words) if word <= last.strftime(form)]


QUANTITIES: Sequence[Quantity] = (
    Quantity("short_side", QT_TRANSLATE_NOOP("core", "Shorter side, pixels"), _short_side),
    Quantity("aspect", QT_TRANSLATE_NOOP("core", "Width to height"), _aspect),
    Quantity("brightness", QT_TRANSLATE_NOOP("core", "Brightness"), _share("brightness")),
    Quantity("contrast", QT_TRANSLATE_NOOP("core", "Contrast"), _share("contrast")),
    Quantity("file_size", QT_TRANSLATE_NOOP("core", "Size of the file"), _file_size),
    Quantity("format", QT_TRANSLATE_NOOP("core", "File format"), _names("format")),
    Quantity("captured", QT_TRANSLATE_NOOP("core", "Taken on"), _captured),
    Quantity("camera", QT_TRANSLATE_NOOP("core", "Camera"), _names("camera")),
)


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Mean and standard deviation of red, green and blue, of pixels scaled to 0..1."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    @property
    def as_code(self) -> str:
        """As torchvision's `Normalize` takes them."""
        mean, std = (", ".join(f"{v:.4f}" for v in values) for values in (self.mean, self.std))
        return f"mean=[{mean}], std=[{std}]"


def channel_statistics(rows: NDArray[Any]) -> ChannelStatistics | None:
    """Over all pixels of the images, each image counting the same; None without any."""
    read = rows[_read(rows)]
    if not len(read):
        return None
    means, stds = (read[name].astype(np.float64) for name in ("means", "stds"))
    mean = means.mean(axis=0)
    variance = (stds**2 + means**2).mean(axis=0) - mean**2
    red, green, blue = mean.tolist()
    std = np.sqrt(np.maximum(variance, 0)).tolist()
    return ChannelStatistics((red, green, blue), (std[0], std[1], std[2]))

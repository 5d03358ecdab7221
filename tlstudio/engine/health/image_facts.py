"""Facts about every image of a dataset: size, file, light, sharpness, and perceptual hashes.

Computed once for a content by a few threads, and remembered on disk by its digest. Needs no torch.
An image is looked at as a network would see it, at 256 pixels: what is lost there is no fault.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tlstudio.core.data.image_ref import ImageRef
from tlstudio.core.errors import ImageError
from tlstudio.core.health.finding import HealthProgressed
from tlstudio.core.runs.events import StopToken
from tlstudio.core.storage import cache_dir
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.ahead import Readers, in_order
from tlstudio.engine.data.digests import ContentDigests
from tlstudio.engine.data.images import FORMATS, decoded, image_details
from tlstudio.engine.health.hashes import FORMS, HASH_SIDE, dct_hashes, difference_hashes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

LOOKING = QT_TRANSLATE_NOOP("core", "Looking at the images")

SIDE = 256  # pixels of the longer side on which light and sharpness are measured
CHUNK = 64  # images between two looks at the stop token; also what is in memory at once
KEPT = 500_000  # images in the database, 150 MB
BORDER = 0.06  # of each side: the frame whose colour is that of the background
_GREY = 2.0  # levels around 128 that decoders fill the missing part of a JPEG with
_ROUNDING = 20 / 12 / 255**2  # the variance of the Laplacian of nothing but rounded levels
_DATE, _ORIGINAL, _MAKE, _CAMERA, _EXIF = 0x0132, 0x9003, 0x010F, 0x0110, 0x8769

FACTS = np.dtype(
    [
        *(("width_px", "i4"), ("height_px", "i4"), ("file_bytes", "i8")),
        *(("format", "S8"), ("mode", "S8"), ("captured", "S19"), ("camera", "S48")),
        *(("brightness", "f4"), ("darkest", "f4"), ("brightest", "f4"), ("contrast", "f4")),
        *(("sharpness", "f4"), ("means", "f4", 3), ("stds", "f4", 3)),
        *(("border", "f4", 3), ("border_contrast", "f4"), ("grey_end", "f4")),
        *(("dct_hashes", "u8", FORMS), ("difference_hashes", "u8", FORMS)),
    ]
)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """The facts about one image; light and colours from 0 to 1.

    Attributes:
        width_px, height_px: of the upright picture.
        captured: when it was taken, as its camera says; None where it doesn't.
        camera: its maker and name; empty where it is not told.
        brightness, contrast: mean and standard deviation of the grey picture.
        darkest, brightest: its 5th and 99th percentile.
        sharpness: variance of the Laplacian over that of the grey picture, so that a low contrast
            is no blur (Pech-Pacheco et al., ICPR 2000, who don't divide).
        means, stds: of the red, green and blue values.
        border: mean colour of the outer frame, `border_contrast` its standard deviation.
        grey_end: share of its rows at the bottom that are the grey of a missing part.
        dct_hashes, difference_hashes: of its eight turned and mirrored forms, 64 bits each.
    """

    width_px: int
    height_px: int
    file_bytes: int
    format: str
    mode: str
    captured: datetime | None
    camera: str
    brightness: float
    darkest: float
    brightest: float
    contrast: float
    sharpness: float
    means: tuple[float, float, float]
    stds: tuple[float, float, float]
    border: tuple[float, float, float]
    border_contrast: float
    grey_end: float
    dct_hashes: tuple[int, ...]
    difference_hashes: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FactsTable:
    """The facts about many images, a row each.

    Attributes:
        images: in the order of the rows.
        rows: of the type `FACTS`, ``[N]``; zeros where an image could not be read.
        digests: content digests; empty where the file could not be read.
        reasons: why images could not be read, by position.
        from_memory: how many rows were known before.
    """

    images: tuple[ImageRef, ...]
    rows: NDArray[Any]
    digests: tuple[bytes, ...]
    reasons: dict[int, str] = field(default_factory=dict)
    from_memory: int = 0

    def __len__(self) -> int:
        return len(self.images)

    @property
    def is_read(self) -> NDArray[np.bool_]:
        """Which of the images could be read, ``[N]``."""
        return np.asarray(self.rows["width_px"] > 0)

    def facts(self, position: int) -> ImageFacts | None:
        """The facts about one image; None where it could not be read."""
        if position in self.reasons:
            return None
        values: dict[str, Any] = {}
        for name, value in zip(FACTS.names or (), self.rows[position].tolist(), strict=True):
            is_list = isinstance(value, np.ndarray)
            values[name] = tuple(value.tolist()) if is_list else _plain(name, value)
        return ImageFacts(**values)


def image_facts(
    images: Sequence[ImageRef], stop: StopToken, database: Path | None = None
) -> Iterator[HealthProgressed | FactsTable]:
    """Find out the facts about images, and remember them.

    Args:
        images: of any dataset.
        stop: read before every image.
        database: where facts are remembered; None takes the studio's cache folder.

    Yields:
        Progress, and last of all the one table, unless it was stopped.
    """
    rows = np.zeros(len(images), FACTS)
    digests: list[bytes] = []
    reasons: dict[int, str] = {}
    known_count = 0
    readers = Readers(min(4, os.cpu_count() or 1), chunk=CHUNK)
    with ContentDigests() as contents, FactsMemory(database) as memory:
        for start in range(0, len(images), CHUNK):
            places = range(start, min(start + CHUNK, len(images)))
            for place in places:
                if stop.stopped:
                    return
                digests.append(_digest(contents, images[place]))
            known = memory.find([digests[place] for place in places])
            missing = []
            for place in places:
                row = known.get(digests[place])
                if row is None:
                    missing.append(place)
                else:
                    rows[place], known_count = row, known_count + 1
            for place, found in in_order(lambda place: look(images[place]), missing, readers):
                if stop.stopped:
                    return
                try:
                    rows[place] = found()
                except ImageError as error:
                    reasons[place] = error.sentence
                else:
                    memory.add(digests[place], rows[place])
            yield HealthProgressed(LOOKING, places.stop, len(images))
    yield FactsTable(tuple(images), rows, tuple(digests), reasons, known_count)


def look(image: ImageRef) -> NDArray[Any]:
    """The facts about one image as a row of `FACTS`.

    Raises:
        ImageError: it cannot be read.
    """
    row = np.zeros((), FACTS)
    details = image_details(image)
    with decoded(image, min_side_px=SIDE) as picture:
        picture.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    colours: Floats = np.asarray(picture, dtype=np.float32) / np.float32(255)
    grey_picture = picture.convert("L")
    grey: Floats = np.asarray(grey_picture, dtype=np.float32) / np.float32(255)
    row["width_px"], row["height_px"] = details.width_px, details.height_px
    row["file_bytes"], row["format"] = details.file_bytes, details.format.encode()[:8]
    row["mode"] = details.mode.encode()[:8]
    row["captured"], row["camera"] = _camera(image)
    counts = np.array(grey_picture.histogram(), dtype=np.int64)
    row["brightness"], row["contrast"] = _mean_and_std(counts)
    row["darkest"], row["brightest"] = (_level(counts, share) for share in (0.05, 0.99))
    row["sharpness"] = _sharpness(grey, float(row["contrast"]))
    channels = np.array(picture.histogram(), dtype=np.int64).reshape(3, 256)
    row["means"], row["stds"] = zip(*map(_mean_and_std, channels), strict=True)
    frame = _frame(colours)
    row["border"], row["border_contrast"] = frame.mean(axis=0), frame.std(axis=0).mean()
    row["grey_end"] = _grey_end(colours) if details.format in ("JPEG", "MPO") else 0
    small = grey_picture.resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX)
    square = np.asarray(small, dtype=np.float32)
    row["dct_hashes"], row["difference_hashes"] = dct_hashes(square), difference_hashes(square)
    return row


def _mean_and_std(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Of the levels that a histogram counts, from 0 to 1."""
    levels = np.arange(256) / 255
    mean = float(counts @ levels / counts.sum())
    return mean, float(np.sqrt(counts @ (levels - mean) ** 2 / counts.sum()))


def _level(counts: NDArray[np.int64], share: float) -> float:
    """The level that this share of the pixels do not exceed, from 0 to 1."""
    return int(np.searchsorted(counts.cumsum(), share * counts.sum())) / 255


def _sharpness(grey: Floats, contrast: float) -> float:
    if min(grey.shape) < 3:
        return 0.0
    inner = grey[1:-1, 1:-1]
    edges = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    spread = contrast**2
    return max(0.0, float(edges.var()) - _ROUNDING) / spread if spread > 1e-6 else 0.0


def _frame(colours: Floats) -> Floats:
    """The pixels of the outer frame, ``[P, 3]``."""
    height, width = colours.shape[:2]
    y, x = max(1, round(BORDER * height)), max(1, round(BORDER * width))
    parts = (colours[:y], colours[-y:], colours[:, :x], colours[:, -x:])
    return np.concatenate([part.reshape(-1, 3) for part in parts])


def _grey_end(colours: Floats) -> float:
    """The share of rows at the bottom that are nothing but the grey of a missing part."""
    if np.abs(colours[-1] * 255 - 128).max() > _GREY:
        return 0.0
    is_grey = np.asarray(np.all(np.abs(colours * 255 - 128) <= _GREY, axis=(1, 2)))
    other = np.flatnonzero(~is_grey)
    rows = len(is_grey) - 1 - other[-1] if len(other) else 0  # all grey is blank, not cut off
    return float(rows / len(is_grey))


def _camera(image: ImageRef) -> tuple[bytes, bytes]:
    """When and with what it was taken; both empty where the file doesn't say."""
    try:
        with image.open() as file, Image.open(file, formats=FORMATS) as opened:
            about = opened.getexif()
            time = about.get_ifd(_EXIF).get(_ORIGINAL) or about.get(_DATE) or ""
            words = [str(about.get(tag) or "").strip("\0 ") for tag in (_MAKE, _CAMERA)]
    except Exception:  # broken metadata does not spoil the picture
        return b"", b""
    maker, name = words
    camera = name if name.startswith(maker) else f"{maker} {name}"
    return str(time).encode("ascii", "ignore")[:19], camera.encode()[:48]


def captured_at(image: ImageRef) -> datetime | None:
    """When an image was taken, from a look at the head of its file; None where it doesn't say."""
    return _time(_camera(image)[0])


def _plain(name: str, value: object) -> object:
    if name == "captured" and isinstance(value, bytes):
        return _time(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _time(told: bytes) -> datetime | None:
    try:
        return datetime.strptime(told.decode("ascii"), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _digest(contents: ContentDigests, image: ImageRef) -> bytes:
    try:
        return contents.of(image).content
    except OSError:
        return b""


class FactsMemory:
    """A database of facts by content digest; without a writable cache folder it forgets."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or cache_dir() / "facts.sqlite3"
        self._new: list[tuple[bytes, bytes]] = []
        self._connection: sqlite3.Connection | None = None
        with contextlib.suppress(sqlite3.Error, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _opened(path)

    def find(self, digests: Sequence[bytes]) -> dict[bytes, NDArray[Any]]:
        """The rows of those of the contents that are known."""
        asked = [digest for digest in set(digests) if digest]
        if self._connection is None or not asked:
            return {}
        marks = ",".join("?" * len(asked))
        try:
            answer = self._connection.execute(
                f"select digest, row from {_TABLE} where digest in ({marks})", asked
            ).fetchall()
        except sqlite3.Error:
            return {}
        found = ((digest, row) for digest, row in answer if len(row) == FACTS.itemsize)
        return {digest: np.frombuffer(row, FACTS)[0] for digest, row in found}

    def add(self, digest: bytes, row: NDArray[Any]) -> None:
        """Remember a row; written by `close` and every now and then."""
        if digest:
            self._new.append((digest, row.tobytes()))
        if len(self._new) >= 1000:
            self._flush()

    def __enter__(self) -> FactsMemory:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        if self._connection is not None:
            self._connection.close()

    def _flush(self) -> None:
        if self._connection is not None and self._new:
            with contextlib.suppress(sqlite3.Error), self._connection:
                self._connection.executemany(
                    f"insert or replace into {_TABLE} (digest, row) values (?, ?)", self._new
                )
                self._connection.execute(
                    f"delete from {_TABLE} where id <= (select max(id) from {_TABLE}) - {KEPT}"
                )
        self._new.clear()


_VERSION = 1  # to be raised when facts are computed otherwise
_TABLE = f"facts_{_VERSION}"


def _opened(path: Path) -> sqlite3.Connection:
    """Open the database; a broken file is thrown away, as it can be made again at any time."""
    for is_last in (False, True):
        connection = sqlite3.connect(path, timeout=2, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            connection.execute(
                f"create table if not exists {_TABLE}"
                "(id integer primary key autoincrement, digest blob unique, row blob)"
            )
            return connection
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError:
            connection.close()
            if is_last:
                raise
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    raise AssertionError("the loop returns or raises")

"""MNIST's format idx, of all its family: a file of images and one of labels for each split.

http://yann.lecun.com/exdb/mnist: two zero bytes, the type (8 for uint8), the number of dimensions,
their sizes as big-endian int32, then the numbers.
"""

from __future__ import annotations

import math
import re
import struct
import sys

import numpy as np

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
from tlstudio.engine.data.data_files import DataFile
from tlstudio.engine.data.pixels import PixelBlock, PixelOrder
from tlstudio.engine.data.sources.packed.listing import (
    MAX_IMAGES,
    MAX_SIDE_PX,
    FolderOfFiles,
    Packed,
    PackedFormat,
    PackedPart,
    no_labels,
    no_pixels,
    no_training,
    unequal,
)
from tlstudio.engine.data.trees import Place
from tlstudio.engine.data.unpacked import damaged

_IMAGES = re.compile(
    r"(?P<set>.*?)(?P<split>train|t10k|test|valid|validation|val)"
    r"(?P<middle>[-_.]images)(?P<end>[-_.]?(idx\d)?([-_.]ubyte)?)(?P<packed>\.gz)?",
    re.IGNORECASE,
)
_SPLITS = {"train": Split.TRAIN, "t10k": Split.TEST, "test": Split.TEST}  # else validation
_UINT8 = 8
_MAX_HEADER = 20  # bytes
_MAX_LABELS = 256
_TRANSPOSED = "emnist"  # its images are stored column by column


def _recognises(names: frozenset[str]) -> bool:
    return any(_match(name) for name in names)


def _match(name: str) -> re.Match[str] | None:
    found = _IMAGES.fullmatch(name)
    return found if found and (found["end"] or found["packed"]) else None


def _read(files: FolderOfFiles, stop: StopToken | None) -> Packed:
    found = [match for name in files.files if (match := _match(name))]
    sets = sorted({match["set"] for match in found})
    chosen = _match(files.opened.name)
    if len(sets) > 1 and chosen is None:
        raise DatasetError(
            QT_TRANSLATE_NOOP("core", "There are several datasets in “{name}”: {sets}."),
            QT_TRANSLATE_NOOP("core", "Open the file of training images of one of them."),
            name=files.opened.name,
            sets=", ".join(name.strip("-_. ") or "train" for name in sets),
        )
    wanted = chosen["set"] if chosen else sets[0]
    parts: dict[str, PackedPart] = {}
    for match in found:
        split = _SPLITS.get(match["split"].lower(), Split.VAL)
        # The plain file comes before the packed one of the same name.
        if match["set"] == wanted and (match["split"] not in parts or not match["packed"]):
            parts[match["split"]] = _part(files, match, split, stop)
    if all(part.split is not Split.TRAIN for part in parts.values()):
        raise no_training(files.opened.name)
    return Packed(tuple(parts.values()), _names(files, wanted))


def _part(
    files: FolderOfFiles, match: re.Match[str], split: Split, stop: StopToken | None
) -> PackedPart:
    name = match.string
    shape, offset, _ = _header(files.file(name), stop)
    if len(shape) == 3:
        count, height, width, channels, order = *shape, 1, PixelOrder.PIXELS
    elif len(shape) == 4 and shape[3] in (1, 3):
        count, height, width, channels, order = *shape, PixelOrder.PIXELS
    elif len(shape) == 4 and shape[1] in (1, 3):
        (count, channels, height, width), order = shape, PixelOrder.PLANES
    else:
        raise no_pixels(name)
    if not 0 < max(height, width) <= MAX_SIDE_PX or min(height, width) < 1:
        raise no_pixels(name)
    if _TRANSPOSED in match["set"].lower() and channels == 1:
        order = PixelOrder.COLUMNS
    size = height * width * channels
    key = match["split"].lower()
    block = PixelBlock(key, files.file(name), offset, size, count, height, width, channels, order)
    return PackedPart(split, block, _labels(files, match, count, stop))


def _labels(
    files: FolderOfFiles, match: re.Match[str], images: int, stop: StopToken | None
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    stem = f"{match['set']}{match['split']}{match['middle'].lower().replace('images', 'labels')}"
    candidates = sorted(name for name in files.files if name.lower().startswith(stem.lower()))
    if not candidates:
        end = match["end"].replace("idx3", "idx1").replace("idx4", "idx1")
        raise no_labels(match.string, f"{stem}{end}")
    name = candidates[0]  # the plain one comes before the packed one
    shape, offset, place = _header(files.file(name), stop)
    if len(shape) != 1 or shape[0] != images:
        raise unequal(match.string, images, shape[0])
    data = place.read(offset, images)
    return np.frombuffer(data, np.uint8).astype(np.int64)


def _header(file: DataFile, stop: StopToken | None) -> tuple[tuple[int, ...], int, Place]:
    """The sizes, where the numbers begin, and where the file lies; as long as they say."""
    start = file.head(_MAX_HEADER)
    if len(start) < 4 or start[:2] != b"\0\0":
        raise damaged(file.name)
    if start[2] != _UINT8 or not 1 <= start[3] <= 4:
        raise no_pixels(file.name)
    offset = 4 + 4 * start[3]
    if len(start) < offset:
        raise damaged(file.name)
    shape = struct.unpack(f">{start[3]}I", start[4:offset])
    end = offset + math.prod(shape)
    if shape[0] > MAX_IMAGES:
        raise damaged(file.name)
    place = file.place(stop, max_bytes=end)
    if end > place.size_bytes:
        raise damaged(file.name)
    return shape, offset, place


def _names(files: FolderOfFiles, wanted: str) -> list[str]:
    """The names in a list, or in EMNIST's mapping: a label a line, and the characters for it."""
    if listed := files.names_in("class_names.txt"):
        return listed
    mappings = (name for name in files.files if name.startswith(wanted) and "mapping" in name)
    names = {}
    for line in files.text_lines(next(mappings, "")):
        numbers = [int(word) for word in line.split() if word.isdecimal() and len(word) < 8]
        if len(numbers) >= 2 and numbers[0] < _MAX_LABELS and max(numbers) <= sys.maxunicode:
            names[numbers[0]] = "".join(map(chr, numbers[1:]))
    return [names.get(label, str(label)) for label in range(max(names) + 1)] if names else []


FORMAT = PackedFormat("idx", _recognises, _read)

"""CIFAR's Python version, and whatever is packed the same way: a pickled dict a file.

A dict has the images (``data``, uint8 ``[N, 3072]``) and their labels; another one has the names of
the classes. The pickles are read on paper (`symbolic_pickle`): nothing in them is imported or run.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from tlstudio.core.data.dataset import Split
from tlstudio.core.errors import DatasetError
from tlstudio.core.runs.events import StopToken
from tlstudio.core.texts import QT_TRANSLATE_NOOP
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
from tlstudio.engine.symbolic_pickle import (
    BytesInFile,
    GlobalRef,
    NotInertError,
    SymbolicObject,
    read_pickle_of_data,
)

_PART = re.compile(
    r"(?P<split>data_batch|train|test|val|valid|validation)(_batch|_?\d+)?(\.(pkl|pickle|p))?"
)
_SPLITS = {"data_batch": Split.TRAIN, "train": Split.TRAIN, "test": Split.TEST}  # else validation
_NAMES = re.compile(r"(batches\.)?meta(\.(pkl|pickle|p))?")
_LABELS = ("labels", "fine_labels", "targets")
_CLASSES = ("label_names", "fine_label_names", "classes")
_ARRAYS = {"_reconstruct", "_frombuffer"}
_INTEGERS = {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"}
_COLOURS = (1, 3)


def _recognises(names: frozenset[str]) -> bool:
    parts = {name for name in names if _PART.fullmatch(name)}
    return bool(parts) and (
        any(_NAMES.fullmatch(name) or name.startswith("data_batch") for name in names)
        or all("." in name for name in parts)
    )


def _read(files: FolderOfFiles, stop: StopToken | None) -> Packed:
    parts = []
    for name in files.files:
        if match := _PART.fullmatch(name):
            split = _SPLITS.get(match["split"], Split.VAL)
            parts.append(_part(files, name, split, stop))
    if all(part.split is not Split.TRAIN for part in parts):
        raise no_training(files.opened.name)
    return Packed(tuple(parts), _names(files, stop))


def _names(files: FolderOfFiles, stop: StopToken | None) -> list[str]:
    for name in files.files:
        if _NAMES.fullmatch(name):
            found, place = _dict_in(files, name, stop)
            names = _first(found, _CLASSES)
            if isinstance(names, list):
                return [_text(value, place) for value in names]
    return []


def _part(files: FolderOfFiles, name: str, split: Split, stop: StopToken | None) -> PackedPart:
    found, place = _dict_in(files, name, stop)
    shape, numbers = _array(found.get("data"), {"u1"}) or ((), None)
    if not isinstance(numbers, BytesInFile) or math.prod(shape) != numbers.size_bytes:
        raise no_pixels(name)
    sides = _sides(shape)
    if sides is None:
        raise no_pixels(name)
    count, (height, width, channels, order) = shape[0], sides
    values = _first(found, _LABELS)
    if values is None:
        raise no_labels(name, name)
    labels = _label_array(values, place)
    if labels is None:
        raise no_labels(name, name)
    if len(labels) != count:
        raise unequal(name, count, len(labels))
    size = height * width * channels
    block = PixelBlock(
        name, files.file(name), numbers.offset, size, count, height, width, channels, order
    )
    return PackedPart(split, block, labels)


def _dict_in(
    files: FolderOfFiles, name: str, stop: StopToken | None
) -> tuple[dict[str, object], Place]:
    """Return the pickled dict with its keys as text, and where the pickle lies."""
    place = files.file(name).place(stop)
    try:
        with place.open() as file:
            found = read_pickle_of_data(file, place.size_bytes)
    except NotInertError as error:
        raise _unreadable(name) from error
    if not isinstance(found, dict):
        raise _unreadable(name)
    return {_text(key, place): value for key, value in found.items()}, place


def _unreadable(name: str) -> DatasetError:
    return DatasetError(
        QT_TRANSLATE_NOOP("core", "“{name}” is no pickle of images and labels, or is damaged."),
        QT_TRANSLATE_NOOP(
            "core", "It was only looked at: nothing in it was run. Download or copy it again."
        ),
        name=name,
    )


def _first(found: dict[str, object], keys: tuple[str, ...]) -> object:
    return next((found[key] for key in keys if key in found), None)


def _text(value: object, place: Place) -> str:
    """Python 2 wrote bytes, Python 3 either."""
    if isinstance(value, BytesInFile):
        value = place.read(value.offset, min(value.size_bytes, 1000))
    if isinstance(value, str):  # bytes of Python 2 look so, one character each
        try:
            return value.encode("latin-1").decode("utf-8", "replace")
        except UnicodeEncodeError:
            return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _label_array(value: object, place: Place) -> NDArray[np.int64] | None:
    """Labels from a list of whole numbers, or from an array of them."""
    if isinstance(value, list):
        is_whole = all(isinstance(n, int) and 0 <= n < MAX_IMAGES for n in value)
        return np.array(value, np.int64) if is_whole else None
    found = _array(value, _INTEGERS)
    if found is None or len(found[0]) != 1:
        return None
    (count,), data = found
    kind = np.dtype(_kind(value))
    if isinstance(data, BytesInFile):
        data = place.read(data.offset, data.size_bytes)
    if not isinstance(data, bytes) or len(data) != count * kind.itemsize:
        return None
    return np.frombuffer(data, kind).astype(np.int64)


def _array(value: object, kinds: set[str]) -> tuple[tuple[int, ...], object] | None:
    """The shape and the numbers of a numpy array, as numpy pickles it, in rows; None for else."""
    if not isinstance(value, SymbolicObject) or _kind(value).lstrip("<|=") not in kinds:
        return None
    if _maker(value) == "_frombuffer":  # since protocol 5
        data, _, shape, order = value.arguments
        is_by_column = order != "C"
    else:
        _, shape, _, is_by_column, data = value.state  # type: ignore[misc]
    if is_by_column or not isinstance(shape, tuple) or not 1 <= len(shape) <= 4:
        return None
    if not all(isinstance(n, int) and 0 < n <= MAX_IMAGES for n in shape):
        return None
    if isinstance(data, str):  # bytes of Python 2
        data = data.encode("latin-1", "replace")
    return shape, data


def _kind(value: object) -> str:
    """The kind of numbers of an array, such as ``<i8``; empty for what is no array."""
    if not isinstance(value, SymbolicObject):
        return ""
    described: object = None
    if _maker(value) == "_frombuffer" and len(value.arguments) == 4:
        described = value.arguments[1]
    elif _maker(value) == "_reconstruct" and _length(value.state) == 5:
        described = value.state[2]  # type: ignore[index]
    if not isinstance(described, SymbolicObject) or _maker(described) != "dtype":
        return ""
    name = described.arguments[0] if described.arguments else ""
    order = described.state[1] if _length(described.state) > 1 else "|"  # type: ignore[index]
    return f"{_plain(order)}{_plain(name)}"


def _length(value: object) -> int:
    return len(value) if isinstance(value, tuple) else 0


def _plain(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _maker(value: SymbolicObject) -> str:
    """The name of what numpy would have called; the module it lies in has moved over the years."""
    maker = value.maker
    if not isinstance(maker, GlobalRef) or maker.module.split(".")[0] != "numpy":
        return ""
    return maker.name


def _sides(shape: tuple[int, ...]) -> tuple[int, int, int, PixelOrder] | None:
    """Height, width, channels and order of the images in an array; None where they are none."""
    match shape[1:]:
        case (numbers,):
            for channels in _COLOURS:
                side = math.isqrt(numbers // channels)
                if side * side * channels == numbers:
                    break
            else:
                return None
            found = side, side, channels, PixelOrder.PLANES
        case (height, width):
            found = height, width, 1, PixelOrder.PIXELS
        case (height, width, channels) if channels in _COLOURS:
            found = height, width, channels, PixelOrder.PIXELS
        case (channels, height, width) if channels in _COLOURS:
            found = height, width, channels, PixelOrder.PLANES
        case _:
            return None
    return found if max(found[:2]) <= MAX_SIDE_PX else None


FORMAT = PackedFormat("CIFAR, Python version", _recognises, _read)

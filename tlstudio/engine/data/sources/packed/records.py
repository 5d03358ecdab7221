"""Binary files of equal records: CIFAR's binary version, and STL-10.

https://www.cs.toronto.edu/~kriz/cifar.html: a record has the label (CIFAR-100: the coarse one, then
the fine one) and 3072 numbers, red, green, blue. https://cs.stanford.edu/~acoates/stl10: images of
96 x 96 column by column, and their labels from 1 on in another file.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tlstudio.core.data.dataset import Split
from tlstudio.core.runs.events import StopToken
from tlstudio.engine.data.pixels import PixelBlock, PixelOrder
from tlstudio.engine.data.sources.packed.listing import (
    FolderOfFiles,
    Packed,
    PackedFormat,
    PackedPart,
    no_labels,
    no_training,
    unequal,
)
from tlstudio.engine.data.trees import Place
from tlstudio.engine.data.unpacked import damaged

_CIFAR_SIDE, _STL_SIDE, _COLOURS = 32, 96, 3
_CIFAR_BYTES = _CIFAR_SIDE * _CIFAR_SIDE * _COLOURS
_STL_BYTES = _STL_SIDE * _STL_SIDE * _COLOURS
_READ_BYTES = 1 << 24

_CIFAR_PART = re.compile(r"(?P<split>data_batch|test_batch|train|test)(_\d+)?\.bin")
_CIFAR_NAMES = ("batches.meta.txt", "fine_label_names.txt")
_STL_SPLITS = {"train": Split.TRAIN, "test": Split.TEST}


def _is_cifar(names: frozenset[str]) -> bool:
    return any(name.startswith("data_batch") and name.endswith(".bin") for name in names) or (
        "train.bin" in names and not names.isdisjoint(_CIFAR_NAMES)
    )


def _read_cifar(files: FolderOfFiles, stop: StopToken | None) -> Packed:
    parts = []
    label_bytes = 2 if "fine_label_names.txt" in files.files else 1
    stride = label_bytes + _CIFAR_BYTES
    for name in files.files:
        match = _CIFAR_PART.fullmatch(name)
        if match is None:
            continue
        place = files.file(name).place(stop)
        if not place.size_bytes or place.size_bytes % stride:
            raise damaged(name)
        split = Split.TEST if match["split"].startswith("test") else Split.TRAIN
        block = PixelBlock(
            name.removesuffix(".bin"),
            files.file(name),
            label_bytes,
            stride,
            place.size_bytes // stride,
            _CIFAR_SIDE,
            _CIFAR_SIDE,
            _COLOURS,
            PixelOrder.PLANES,
        )
        parts.append(PackedPart(split, block, _labels_between(place, label_bytes - 1, stride)))
    if all(part.split is not Split.TRAIN for part in parts):
        raise no_training(files.opened.name)
    names = next((found for name in _CIFAR_NAMES if (found := files.names_in(name))), [])
    return Packed(tuple(parts), names)


def _labels_between(place: Place, first: int, stride: int) -> NDArray[np.int64]:
    """The byte at `first` of each record."""
    found = []
    step = _READ_BYTES // stride * stride
    for start in range(0, place.size_bytes, step):
        data = np.frombuffer(place.read(start, step), np.uint8)
        found.append(data[first::stride].astype(np.int64))
    return np.concatenate(found)


def _is_stl(names: frozenset[str]) -> bool:
    return "train_X.bin" in names


def _read_stl(files: FolderOfFiles, stop: StopToken | None) -> Packed:
    parts, left_out = [], 0
    for name in files.files:
        if not name.endswith("_X.bin"):
            continue
        place = files.file(name).place(stop)
        if not place.size_bytes or place.size_bytes % _STL_BYTES:
            raise damaged(name)
        count = place.size_bytes // _STL_BYTES
        split = _STL_SPLITS.get(name.removesuffix("_X.bin"))
        if split is None:
            left_out += count
            continue
        wanted = name.replace("_X", "_y")
        if wanted not in files.files:
            raise no_labels(name, wanted)
        stored = files.file(wanted).place(stop)
        if stored.size_bytes != count:
            raise unequal(name, count, stored.size_bytes)
        labels = np.frombuffer(stored.read(0, count), np.uint8)
        if not labels.all():  # they count from one
            raise damaged(wanted)
        block = PixelBlock(
            name.removesuffix("_X.bin"),
            files.file(name),
            0,
            _STL_BYTES,
            count,
            _STL_SIDE,
            _STL_SIDE,
            _COLOURS,
            PixelOrder.COLUMNS,
        )
        parts.append(PackedPart(split, block, labels.astype(np.int64) - 1))
    return Packed(tuple(parts), files.names_in("class_names.txt"), left_out)


CIFAR = PackedFormat("CIFAR, binary version", _is_cifar, _read_cifar)
STL10 = PackedFormat("STL-10", _is_stl, _read_stl)

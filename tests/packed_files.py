"""Writers of packed datasets: tiny files in the formats of CIFAR, MNIST and STL-10."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def pixels(count: int, side: int = 32, channels: int = 3, seed: int = 0) -> Pixels:
    """Random images, uint8 ``[N, side, side, channels]``; without the last for one channel."""
    values = np.random.default_rng(seed).integers(0, 256, (count, side, side, channels), np.uint8)
    return values[..., 0] if channels == 1 else values


def planes(images: Pixels) -> Pixels:
    """As CIFAR has them: uint8 ``[N, 3 * side * side]``."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1)


def write_idx(path: Path, values: NDArray[np.uint8]) -> Path:
    """An idx file; packed where its name ends so."""
    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    data = head + values.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return path


def write_idx_pair(folder: Path, start: str, images: Pixels, labels: object, end: str = "") -> None:
    """Images and labels, as ``{start}-images-idx3-ubyte{end}`` and so on."""
    write_idx(folder / f"{start}-images-idx{images.ndim}-ubyte{end}", images)
    write_idx(folder / f"{start}-labels-idx1-ubyte{end}", np.asarray(labels, np.uint8))


def write_pickle(path: Path, value: object, protocol: int = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def python2_pickle(data: Pixels, labels: list[int], key: str = "labels") -> bytes:
    """A CIFAR batch as Python 2 wrote it: its strings are bytes, its array a string of them."""

    def text(value: bytes) -> bytes:
        return b"U" + bytes([len(value)]) + value

    def number(value: int) -> bytes:
        return b"J" + struct.pack("<i", value)

    raw = data.tobytes()
    shape = b"".join(number(size) for size in data.shape)
    dtype = b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R(K\x03" + text(b"|") + b"NNNJ"
    dtype += b"\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text(b"b")
    array += b"\x87R(K\x01(" + shape + b"t" + dtype + b"\x89T" + struct.pack("<I", len(raw)) + raw
    listed = b"](" + b"".join(number(label) for label in labels) + b"e"
    items = text(b"data") + array + b"tb" + text(key.encode()) + listed
    return b"\x80\x02}(" + items + text(b"batch_label") + text(b"one") + b"u."


def write_cifar10(folder: Path, per_batch: int = 6, seed: int = 0) -> dict[str, Pixels]:
    """CIFAR-10's Python version with two batches and a test batch; returns their images."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for number, name in enumerate(("data_batch_1", "data_batch_2", "test_batch")):
        made[name] = pixels(per_batch, seed=seed + number)
        labels = [n % 3 for n in range(per_batch)]
        (folder / name).write_bytes(python2_pickle(planes(made[name]), labels))
    names = ["airplane", "automobile", "bird"]
    write_pickle(folder / "batches.meta", {"label_names": names, "num_vis": 3072})
    (folder / "readme.html").write_text("<html>")
    return made


def write_cifar10_binary(folder: Path, per_batch: int = 6, seed: int = 0) -> None:
    """CIFAR-10's binary version of the images of `write_cifar10`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(("data_batch_1", "data_batch_2", "test_batch")):
        labels = np.arange(per_batch, dtype=np.uint8)[:, None] % 3
        records = np.concatenate([labels, planes(pixels(per_batch, seed=seed + number))], 1)
        (folder / f"{name}.bin").write_bytes(records.tobytes())
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\nbird\n\n")
    (folder / "readme.html").write_text("<html>")


def write_cifar10_png(folder: Path, per_batch: int = 6, seed: int = 0) -> None:
    """The images of `write_cifar10` as others pass them on: ``train/bird/0002.png``."""
    for number, split in enumerate(("train", "train", "test")):
        for place, image in enumerate(pixels(per_batch, seed=seed + number)):
            path = folder / split / ("airplane", "automobile", "bird")[place % 3]
            path.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path / f"{number * per_batch + place:04d}.png")

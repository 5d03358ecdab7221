"""A third real dataset: Zalando's Fashion-MNIST, small pictures of clothes, as a folder of images.

    python -m tests.benchmarks.real_clothes IDX_FOLDER DIR [--train 600] [--val 400]

IDX_FOLDER holds the four files of the dataset (MIT licence, Xiao et al. 2017,
https://arxiv.org/abs/1708.07747), packed or not; Debian's package ``dataset-fashion-mnist`` brings
them. As many of each class are taken, by a fixed seed.
"""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = (
    *("tshirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "boot"),
)


def write_clothes(source: Path, folder: Path, train: int, val: int) -> None:
    """PNG files of 28 x 28 pixels below ``train/`` and ``val/``, one folder for each class."""
    for split, prefix, count in (("train", "train", train), ("val", "t10k", val)):
        images = _read(source / f"{prefix}-images-idx3-ubyte")[16:].reshape(-1, 28, 28)
        targets = _read(source / f"{prefix}-labels-idx1-ubyte")[8:]
        random = np.random.default_rng(0)
        for index, name in enumerate(CLASSES):
            place = folder / split / name
            place.mkdir(parents=True, exist_ok=True)
            own = random.permutation(np.flatnonzero(targets == index))
            for chosen in own[: count // len(CLASSES)]:
                Image.fromarray(images[chosen]).save(place / f"{chosen:05d}.png")


def _read(path: Path) -> np.ndarray:
    packed = path.with_name(path.name + ".gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    return np.frombuffer(data, dtype=np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, metavar="IDX_FOLDER")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--train", type=int, default=600)
    parser.add_argument("--val", type=int, default=400)
    options = parser.parse_args()
    write_clothes(options.source, options.folder, options.train, options.val)


if __name__ == "__main__":
    main()

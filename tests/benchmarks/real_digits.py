"""A second real dataset: scikit-learn's scans of handwritten digits as a folder of images.

    python -m tests.benchmarks.real_digits DIR [--train 600] [--val 400]

Ten classes of 8 x 8 pixels, as they are; which go where is decided by a fixed seed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

_DARKEST = 16  # of the scans' grey values


def write_digits(folder: Path, train: int, val: int) -> None:
    """PNG files below ``train/`` and ``val/``, one folder for each digit."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    parts = train_test_split(
        np.arange(len(digits.target)),
        train_size=train,
        test_size=val,
        random_state=0,
        stratify=digits.target,
    )
    for split, part in zip(("train", "val"), parts, strict=True):
        for index in part:
            place = folder / split / str(digits.target[index])
            place.mkdir(parents=True, exist_ok=True)
            grey = np.round(digits.images[index] * (255 / _DARKEST)).astype(np.uint8)
            Image.fromarray(grey).save(place / f"{index:04d}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--train", type=int, default=600)
    parser.add_argument("--val", type=int, default=400)
    options = parser.parse_args()
    write_digits(options.folder, options.train, options.val)


if __name__ == "__main__":
    main()
